"""The archive as commands look back at it: what they ask of it, and what it gives, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from watchdesk.model.articles import Article
from watchdesk.model.conditions import Condition
from watchdesk.model.matches import Match, Span
from watchdesk.model.standings import Standing


@dataclass(frozen=True, slots=True)
class Archived:
    """A stored article, and the rules that matched it when it came."""

    article: Article
    """Without its clutter and its keys, which rules do not read."""
    matched: Mapping[str, str] = field(default_factory=dict)
    """Rule id → the snippet that was shown of the match."""
    spans: Mapping[str, Sequence[Span]] = field(default_factory=dict)
    """Rule id → where the match was found."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Which articles some rules can match at all; rather too many than too few."""

    languages: frozenset[str] | None = None
    """ISO 639-1; an article of uncertain language is always included. None: every language."""
    sources: frozenset[str] | None = None
    """Source ids. None: every source."""
    never: frozenset[str] = frozenset()
    """Source ids that are out of reach."""

    @property
    def is_empty(self) -> bool:
        """Whether no article is within it."""
        return self.sources is not None and self.sources <= self.never


NOTHING = Reach(sources=frozenset())


@dataclass(frozen=True, slots=True)
class LookBack:
    """Which articles are asked for: those that may match now, and those with a stored match."""

    since: datetime | None = None
    """First seen at this moment or later; None: however old."""
    reach: Reach = Reach()
    condition: Condition | None = None
    """What the index must find in an article within reach; None: it cannot say which articles may match.

    Rather too many are given than too few: also what the index does not have.
    """
    matched_by: frozenset[str] | None = frozenset()
    """Rules whose stored matches count; None: of every rule, also of those that are no longer in the files.

    Articles that these matched are given whatever else is asked; stored matches of other rules are not.
    """
    before: tuple[datetime, int] | None = None
    """Only what stands after this article in the archive, by when it was first seen and by its id."""

    @property
    def counts_matches(self) -> bool:
        """Whether stored matches of any rule count."""
        return self.matched_by is None or bool(self.matched_by)


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """Some of the articles asked for, and how far back they reach."""

    articles: Sequence[Archived]
    """The newest first; all of them first seen earlier than those of the pages before."""
    read: int
    """How many articles were read so far, with those of this page."""
    scanned: int
    """How many of these were read without the help of the index."""


class IndexCoverage(NamedTuple):
    """How much of the archive the index has."""

    indexed: int
    """Articles in it, with those that were pruned or rewritten since."""
    pending: int
    """Articles that came or were rewritten since it was last added to."""
    unindexed: int
    """At most so many older ones are still to be put into it."""


class RuleMatch(NamedTuple):
    """An article that one rule found."""

    article: Article
    """As it is now; without its clutter and its keys."""
    match: Match
    matched_at: datetime
    standing: Standing | None
    """As of `StoredMatch`."""


class NumberedMatch(NamedTuple):
    """A match with its place among all that were ever stored."""

    number: int
    found: RuleMatch
