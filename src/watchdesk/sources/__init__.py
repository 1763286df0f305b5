"""The outside world → entries. The doors are `HttpFetcher` and, by kind of source, `KINDS`."""

from collections.abc import Callable, Mapping

from watchdesk.model import Fetched, ParsedFeed, Source
from watchdesk.sources.feed import read_feed
from watchdesk.sources.health import PATIENCE, health
from watchdesk.sources.http import HttpFetcher
from watchdesk.sources.learning import Seen, is_gap, read, scheduled
from watchdesk.sources.memory import MOVED_AFTER, as_of, body_hash, remember, validators_of
from watchdesk.sources.schedule import due
from watchdesk.sources.sharing import by_request, least_known
from watchdesk.sources.troubles import troubles

KINDS: Mapping[str, Callable[[Fetched, Source], ParsedFeed]] = {"feed": read_feed}
"""Kind of source → what reads its document; raises `UnreadableInput`."""

__all__ = [
    "KINDS",
    "MOVED_AFTER",
    "PATIENCE",
    "HttpFetcher",
    "Seen",
    "as_of",
    "body_hash",
    "by_request",
    "due",
    "health",
    "is_gap",
    "least_known",
    "read",
    "remember",
    "scheduled",
    "troubles",
    "validators_of",
]
