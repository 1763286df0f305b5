"""The outside world → entries. The doors are `HttpFetcher` and, by kind of source, `KINDS`."""

from collections.abc import Callable, Mapping

from watchdesk.model import Fetched, ParsedFeed, Source
from watchdesk.sources.feed import read_feed
from watchdesk.sources.health import health
from watchdesk.sources.hosts import Hosts
from watchdesk.sources.http import HttpFetcher
from watchdesk.sources.locations import host_of
from watchdesk.sources.memory import address_of, as_of, read, remember
from watchdesk.sources.schedule import due

KINDS: Mapping[str, Callable[[Fetched, Source], ParsedFeed]] = {"feed": read_feed}
"""Kind of source → what reads its document; raises `UnreadableInput`."""

__all__ = [
    "KINDS",
    "Hosts",
    "HttpFetcher",
    "address_of",
    "as_of",
    "due",
    "health",
    "host_of",
    "read",
    "remember",
]
