"""The outside world → entries. The doors are `HttpFetcher` and, by kind of source, `KINDS`."""

from collections.abc import Callable, Mapping

from watchdesk.model import Fetched, ParsedFeed, Source
from watchdesk.sources.feed import read_feed
from watchdesk.sources.health import health
from watchdesk.sources.http import HttpFetcher
from watchdesk.sources.memory import read, remember
from watchdesk.sources.schedule import due

KINDS: Mapping[str, Callable[[Fetched, Source], ParsedFeed]] = {"feed": read_feed}
"""Kind of source → what reads its document; raises `UnreadableInput`."""

__all__ = ["KINDS", "HttpFetcher", "due", "health", "read", "remember"]
