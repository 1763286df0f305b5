"""Stored articles as backtests read them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from watchdesk.model.articles import Article


@dataclass(frozen=True, slots=True)
class Archived:
    """A stored article, and the rules that matched it when it came."""

    article: Article
    """Without its clutter and its keys, which rules do not read."""
    matched: Mapping[str, str] = field(default_factory=dict)
    """Rule id → the snippet that was shown of the match."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Which articles some rules can match at all; rather too many than too few."""

    languages: frozenset[str] | None = None
    """ISO 639-1; an article of uncertain language is always included. None: every language."""
    sources: frozenset[str] | None = None
    """Source ids. None: every source."""
    never: frozenset[str] = frozenset()
    """Source ids that are out of reach."""
