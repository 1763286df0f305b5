"""Digests: what waits for one, what it holds, and how it is rendered."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from watchdesk.model.articles import Article
from watchdesk.model.coverage import Coverage, NotWanted
from watchdesk.model.matches import Match, RuleLabel
from watchdesk.model.sources import SourceHealth
from watchdesk.model.standings import Standing
from watchdesk.model.stories import Membership

TOO_WIDE = 100
"""Stories of one rule in one digest, or in one day, from which it is too wide to be read."""
TOO_MANY = 200
"""Stories of one digest that are more than anyone reads, however many rules found them."""


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
    membership: Membership | None = None
    """Why it is in its story; None for an article from before reasons were kept."""


@dataclass(frozen=True, slots=True)
class DigestStory:
    """A story under a rule: its best article, and the copies of it elsewhere."""

    story_id: int
    best: WaitingMatch
    others: tuple[WaitingMatch, ...] = ()
    told_at: datetime | None = None
    """When an earlier digest of this name last held the story; None: it is new to the reader."""
    coverage: Coverage | None = None
    """Who tells it, in the archive; None: not known."""


@dataclass(frozen=True, slots=True)
class DigestPart:
    """One rule's part of a digest, best story first."""

    rule: RuleLabel
    stories: tuple[DigestStory, ...]
    more: tuple[DigestStory, ...] = ()
    """Stories over the digest's `most`, best first: named and linked as far as there is room, and counted."""
    held_back: tuple[DigestStory, ...] = ()
    """What the rule found while it was silenced; listed once the silence is over."""
    held_until: datetime | None = None
    """When the silence that held them back ended; None: not shown."""
    history: tuple[int, ...] = ()
    """What the rule found in each of 14 spans, the digest's own last; those before are days."""
    history_since: datetime | None = None
    """When the last of them began; None: with the reader's day."""
    updates: tuple[DigestStory, ...] = ()
    """News of stories that this digest told before, and that it lists by headline alone."""

    @property
    def left_out(self) -> int:
        """Stories over the digest's `most`."""
        return len(self.more)

    @property
    def count(self) -> int:
        """All stories of the part."""
        return len(self.stories) + len(self.more) + len(self.updates) + len(self.held_back)

    @property
    def every(self) -> tuple[DigestStory, ...]:
        """All stories of the part, shown or not, in the order of reading."""
        return (*self.stories, *self.more, *self.updates, *self.held_back)


class Waited(NamedTuple):
    """When an article that waits for a digest happened, and when it was matched."""

    happened_at: datetime
    matched_at: datetime


@dataclass(frozen=True, slots=True)
class Spike:
    """A rule of which one hour holds many times what is usual for the hour and the weekday."""

    rule_id: str
    found: int
    """In that hour."""
    usual: float
    """In such an hour."""
    until: datetime | None = None
    """When the hour ended: long before the digest, where that had to wait; None: it is the last hour."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A rule that is muted for a while: what it finds is held back, and listed when it is over."""

    id: int
    rule_id: str
    since: datetime
    until: datetime
    """When it ends, or ended: a person may end it early."""


@dataclass(frozen=True, slots=True)
class Past:
    """What came before a digest, as far as the digest mentions it."""

    since: datetime | None = None
    """When the digest before it was composed; None for the first."""
    told: Mapping[int, datetime] = field(default_factory=dict)
    """By story: when this digest last held it."""
    found: Mapping[str, Mapping[datetime, int]] = field(default_factory=dict)
    """By rule: how many articles of each quarter of an hour it found; quarters without any are left out."""
    silences: tuple[Silence, ...] = ()
    """Those of the time since, over or not."""
    articles_seen: int | None = None
    """New articles since then, matched or not; None: not counted."""
    sources_read: int | None = None
    """How many sources were read with success since then; None: not counted."""
    last_read: datetime | None = None
    """When a source was last read with success; None: never."""
    archive_only: Mapping[Standing | None, int] = field(default_factory=dict)
    """Articles since then that the digest's rules found, and that alert nobody, by the reason."""
    coverage: Mapping[int, Coverage] = field(default_factory=dict)
    """By story: who tells it."""
    not_wanted: NotWanted | None = None
    """What the digest let go since then because too few sources told it; None: it asks for no number."""
    waits: int = 0
    """Articles that wait for more sources."""
    unread_rules: frozenset[str] = frozenset()
    """Ids of rules none of whose languages had an article lately: that they found nothing is not told."""


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
    spikes: tuple[Spike, ...] = ()
    """Why a digest with `at: {spike: …}` goes out, the steepest first."""
    silenced: tuple[tuple[RuleLabel, datetime], ...] = ()
    """Rules of this digest that are silent now, and until when."""
    is_test: bool = False
    """Sent by hand to try a channel: it says so, and its matches still wait."""
    articles_seen: int | None = None
    """New articles of the window that were looked at, matched or not; None: not counted."""
    sources_read: int | None = None
    """How many sources were read with success since then; None: not counted."""
    last_read: datetime | None = None
    """When a source was last read with success; None: not known."""
    archive_only: Mapping[Standing | None, int] = field(default_factory=dict)
    """Articles of the window that its rules found, and that alert nobody, by the reason."""
    channels: tuple[str, ...] = ()
    """What it is sent to."""
    ask: tuple[str, ...] = ()
    """Addresses of those whom its readers may ask."""
    not_wanted: NotWanted | None = None
    """What was let go in the window because too few sources told it; None: no number is asked for."""
    waits: int = 0
    """Articles that wait for more sources."""

    @property
    def story_count(self) -> int:
        """Stories shown in full; one that several rules found counts once."""
        return len({story.story_id for part in self.parts for story in part.stories})

    @property
    def new_count(self) -> int:
        """Stories of it that no earlier digest of this name held, shown or not."""
        every = (story for part in self.parts for story in part.every)
        return len({story.story_id for story in every if story.told_at is None})

    @property
    def too_wide(self) -> tuple[DigestPart, ...]:
        """Parts of rules that are too wide to be read, the widest first.

        Where none is so by itself, and there is too much all the same, the widest of all.
        """
        ordered = sorted(self.parts, key=lambda part: (-part.count, part.rule.id))
        wide = tuple(part for part in ordered if part.count >= TOO_WIDE)
        stories = {story.story_id for part in self.parts for story in part.every}
        return wide or (tuple(ordered[:1]) if len(stories) >= TOO_MANY else ())

    @property
    def left_out(self) -> int:
        """Stories that are counted but not shown."""
        return sum(part.left_out for part in self.parts)


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for a digest of one rule."""

    waiting: int
    """Matches."""
    oldest: datetime
    """When the first of them was matched."""


@dataclass(frozen=True, slots=True)
class DigestMark:
    """What is remembered of a digest between its issues."""

    name: str
    known_since: datetime
    """When the service first knew of it: schedules before this are not caught up."""
    last_composed: datetime | None = None
    last_scheduled: datetime | None = None
    """The scheduled time that the last cron digest stood for."""
    queues: Mapping[str, Queue] = field(default_factory=dict)
    """By rule; a rule of which nothing waits has none."""
    held: int = 0
    """Matches besides that do not make the digest due: they wait for more sources, or are updates."""

    @property
    def waiting(self) -> int:
        """Matches that wait for it, of all rules."""
        return sum(queue.waiting for queue in self.queues.values())

    @property
    def oldest_waiting(self) -> datetime | None:
        """When the first of them was matched."""
        return min((queue.oldest for queue in self.queues.values()), default=None)

    def without(self, rule_ids: Collection[str]) -> "DigestMark":
        """As if nothing of these rules waited."""
        return replace(self, queues={id_: q for id_, q in self.queues.items() if id_ not in rule_ids})


@dataclass(frozen=True, slots=True)
class Rendered:
    """A digest in the three forms that channels send."""

    subject: str
    html: str
    text: str
    json: str
    """The versioned document of the webhook, as JSON text."""


class MadeDigest(NamedTuple):
    """A digest or notice that was made for somebody, in brief."""

    id: str
    name: str
    composed_at: datetime
    subject: str
