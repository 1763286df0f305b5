"""What a poll came to."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from watchdesk.model import Article, Match


class PollOutcome(StrEnum):
    """What a poll came to, as `once --json` says it."""

    NEW = "new"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class FoundMatch:
    """A match that a poll brought, and the digests it waits for."""

    article: Article
    match: Match
    digests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PollReport:
    """One poll of one source. Updated articles are not new, but may bring matches."""

    source_id: str
    outcome: PollOutcome
    status: int | None = None
    new_articles: int = 0
    updated_articles: int = 0
    error: str | None = None
    matches: tuple[FoundMatch, ...] = field(default=())
    match_seconds: tuple[float, ...] = ()
    """What it took to put the rules to each article that they were put to."""
    unreached: bool = False
    """Nothing came from the server, so that the fault may be in this machine's own network."""
    next_poll: datetime | None = None
    """None: it is not polled again, for its publisher said that it is gone."""
