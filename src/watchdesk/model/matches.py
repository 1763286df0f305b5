"""Rules as digests know them, and what they found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from watchdesk.model.standings import Released, Standing


class Priority(StrEnum):
    """The order of rules in a digest; high may break quiet hours."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class RuleLabel:
    """What a digest needs to know of a rule; kept with the digest, so that it outlives an edit."""

    id: str
    title: str
    priority: Priority = Priority.NORMAL
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Span:
    """Where a part of a query was found: characters `start` to `end` of the field's text."""

    field: str
    """`title`, `body` (`Article.text`), or a data field: source, author, url, lang, category."""
    start: int
    end: int
    term: str
    """The part of the query that found it, as the rule writes it."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A few words around the best spans; `marks` are (start, end) in `text`."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """An article that a rule asked for, and why."""

    rule: str
    """The rule's id."""
    score: float
    spans: tuple[Span, ...]
    snippet: Snippet
    title_marks: tuple[tuple[int, int], ...] = ()
    """Where the title holds matched words."""


@dataclass(frozen=True, slots=True)
class StoredMatch:
    """A match in the archive, with what it was part of."""

    article_id: int
    match: Match
    matched_at: datetime
    digests: Mapping[str, str | None] = field(default_factory=dict)
    """Digest name → id of the digest it went out in; None while it waits."""
    standing: Standing | None = None
    """Whether it may alert; None: it may not, and why was not recorded when it was decided."""
    released: Mapping[str, Released] = field(default_factory=dict)
    """Digest name → when and why it stopped waiting for it."""
