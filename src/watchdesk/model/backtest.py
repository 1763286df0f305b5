"""Stored articles as rules are asked of them anew."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from watchdesk.model.articles import Article


@dataclass(frozen=True, slots=True)
class Archived:
    """A stored article, and the rules that matched it when it came."""

    article: Article
    """Without what was taken out of it and the keys it is known by: rules read neither."""
    matched: Mapping[str, str] = field(default_factory=dict)
    """Rule id → the snippet that was shown of the match."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Which articles some rules can match at all; wider than the truth where a database cannot tell."""

    languages: frozenset[str] | None = None
    """ISO 639-1; an article whose language is unsure is always within reach. None: every language."""
    sources: frozenset[str] | None = None
    """Source ids. None: every source."""
    never: frozenset[str] = frozenset()
    """Source ids that are out of reach."""
