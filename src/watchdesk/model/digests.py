"""Digests: what waits for one, what it holds, how it reads."""

from dataclasses import dataclass
from datetime import datetime

from watchdesk.model.articles import Article
from watchdesk.model.matches import Match, RuleLabel
from watchdesk.model.sources import SourceHealth


@dataclass(frozen=True, slots=True)
class WaitingMatch:
    """A stored match that waits for a digest."""

    id: int
    """Of its place in this digest's queue."""
    rule_id: str
    article: Article
    story_id: int
    match: Match
    matched_at: datetime
    revised: bool = False
    """The article was already known; a newer version of it brought this match."""


@dataclass(frozen=True, slots=True)
class DigestStory:
    """A story under a rule: its best article, and the copies of it elsewhere."""

    story_id: int
    best: WaitingMatch
    others: tuple[WaitingMatch, ...] = ()


@dataclass(frozen=True, slots=True)
class DigestPart:
    """One rule's part of a digest, best story first."""

    rule: RuleLabel
    stories: tuple[DigestStory, ...]
    left_out: int = 0
    """Stories over the digest's `most`, counted and not shown."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What one digest holds, ready to be rendered."""

    name: str
    title: str
    composed_at: datetime
    since: datetime | None
    """Start of the window covered; None for a digest that never went out before."""
    parts: tuple[DigestPart, ...]
    quiet_rules: tuple[RuleLabel, ...] = ()
    """Rules of this digest that found nothing."""
    health: tuple[SourceHealth, ...] = ()
    id: str = ""
    """Stable and unique; every delivery's identity derives from it."""

    @property
    def story_count(self) -> int:
        """Stories in it; one that several rules found counts once."""
        return len({story.story_id for part in self.parts for story in part.stories})

    @property
    def left_out(self) -> int:
        """Stories that are counted but not shown."""
        return sum(part.left_out for part in self.parts)


@dataclass(frozen=True, slots=True)
class DigestMark:
    """What is remembered of a digest between its goings out."""

    name: str
    known_since: datetime
    """When the service first knew of it: schedules before this are not caught up."""
    last_composed: datetime | None = None
    last_scheduled: datetime | None = None
    """The scheduled time that the last cron digest stood for."""
    waiting: int = 0
    oldest_waiting: datetime | None = None
    waiting_rules: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rendered:
    """A digest in the three forms that channels send."""

    subject: str
    html: str
    text: str
    json: str
    """The versioned document of the webhook, as JSON text."""
