"""The outside world → entries: `web` asks, `feeds` reads feeds, one module reads each other kind.

The doors are `HttpFetcher`, `KINDS` (kind of source → reader) and `discover`. `scheduling` decides when to
ask.
"""

from collections.abc import Callable, Mapping

from watchdesk.model import Fetched, ParsedFeed, Source
from watchdesk.sources.discover import Discovered, Discovery, discover
from watchdesk.sources.feeds.feed import read_feed
from watchdesk.sources.health import Origin, ReadStatus, health, origins
from watchdesk.sources.learning import Seen, after_reading, is_gap, scheduled
from watchdesk.sources.listing import read_listing
from watchdesk.sources.reach import refusal
from watchdesk.sources.schedule import NEVER_AGAIN, by_request, due, due_at, least_known
from watchdesk.sources.sitemap import read_sitemap
from watchdesk.sources.web.client import Forbidden
from watchdesk.sources.web.hosts import Hosts
from watchdesk.sources.web.http import HttpFetcher
from watchdesk.sources.web.locations import host_of
from watchdesk.sources.web.source_state import (
    MOVED_AFTER,
    address_of,
    body_hash,
    has_moved,
    remember,
    valid_state,
    validators_of,
)

KINDS: Mapping[str, Callable[[Fetched, Source], ParsedFeed]] = {
    "feed": read_feed,
    "sitemap": read_sitemap,
    "page": read_listing,
}
"""Kind of source → the function that reads its document; it raises `UnreadableInput`."""

__all__ = [
    "KINDS",
    "MOVED_AFTER",
    "NEVER_AGAIN",
    "Discovered",
    "Discovery",
    "Forbidden",
    "Hosts",
    "HttpFetcher",
    "Origin",
    "ReadStatus",
    "Seen",
    "address_of",
    "after_reading",
    "body_hash",
    "by_request",
    "discover",
    "due",
    "due_at",
    "has_moved",
    "health",
    "host_of",
    "is_gap",
    "least_known",
    "origins",
    "refusal",
    "remember",
    "scheduled",
    "valid_state",
    "validators_of",
]
