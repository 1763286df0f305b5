"""Who tells a story, what of it waits for a digest, and why a match waits although its digest goes out."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Telling:
    """That a source tells a story."""

    source_id: str
    seen: datetime
    """When its first article of the story was first seen."""
    first: datetime
    """When that happened: published, else first seen."""
    last: datetime
    """The same of its latest article."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The sources that tell a story, by when they were first seen to tell it.

    Only articles that surely belong to it count: whose membership could hold another back.
    """

    tellings: tuple[Telling, ...]

    @property
    def count(self) -> int:
        """How many sources tell it."""
        return len(self.tellings)

    @property
    def since(self) -> datetime:
        """When the first article of it happened."""
        return min(telling.first for telling in self.tellings)

    @property
    def last(self) -> datetime:
        """When the latest did."""
        return max(telling.last for telling in self.tellings)

    def joined_after(self, moment: datetime) -> tuple[str, ...]:
        """Ids of the sources that began to tell it after then."""
        return tuple(telling.source_id for telling in self.tellings if telling.seen > moment)

    def told_by(self, number: int) -> datetime | None:
        """When so many sources told it; None: they are fewer."""
        return self.tellings[number - 1].seen if 0 < number <= self.count else None


@dataclass(frozen=True, slots=True)
class Spread:
    """A story's coverage in short: `Coverage` without its sources, which may be thousands."""

    count: int
    """How many sources tell it; at least one."""
    since: datetime
    """When the first article of it happened."""
    last: datetime
    """When the latest did."""


@dataclass(frozen=True, slots=True)
class Queued:
    """A match that waits for a digest, as far as its story decides when it goes out."""

    id: int
    """Of its place in the digest's queue."""
    rule_id: str
    article_id: int
    story_id: int
    matched_at: datetime
    is_sure: bool
    """Its membership of the story may hold it back."""


@dataclass(frozen=True, slots=True)
class MoreSources:
    """A match waits for more sources to tell its story."""

    found: int
    wanted: int
    until: datetime
    """Then it is let go."""


@dataclass(frozen=True, slots=True)
class HeldUpdate:
    """A match of a story that its digest told before: listed by its headline when the digest goes out."""

    told_at: datetime


@dataclass(frozen=True, slots=True)
class NotWanted:
    """What a digest let go because too few sources told its stories, since some time."""

    articles: int
    wanted: int
    """How many sources it asks for."""
