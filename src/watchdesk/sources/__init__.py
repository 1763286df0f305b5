"""The outside world → entries. The doors are `HttpFetcher`, `KINDS` by kind of source, `discover`."""

from collections.abc import Callable, Mapping

from watchdesk.model import Fetched, ParsedFeed, Source
from watchdesk.sources.discover import Discovered, Discovery, discover
from watchdesk.sources.feed import read_feed
from watchdesk.sources.health import health
from watchdesk.sources.http import HttpFetcher
from watchdesk.sources.memory import read, remember
from watchdesk.sources.page import read_listing
from watchdesk.sources.reach import refusal
from watchdesk.sources.schedule import due
from watchdesk.sources.sitemap import read_sitemap

KINDS: Mapping[str, Callable[[Fetched, Source], ParsedFeed]] = {
    "feed": read_feed,
    "sitemap": read_sitemap,
    "page": read_listing,
}
"""Kind of source → what reads its document; raises `UnreadableInput`."""

__all__ = [
    "KINDS",
    "Discovered",
    "Discovery",
    "HttpFetcher",
    "discover",
    "due",
    "health",
    "read",
    "refusal",
    "remember",
]
