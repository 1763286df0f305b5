"""What a backtest comes to, rule by rule."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from watchdesk.backtest.window import Window
from watchdesk.model import Article, Match, RuleLabel


@dataclass(frozen=True, slots=True)
class Tally:
    """Matches, counted."""

    kept: int = 0
    """Found then and now."""
    new: int = 0
    """Found now, and not then."""
    lost: int = 0
    """Found then, and not now."""

    @property
    def then(self) -> int:
        """Matches that are stored."""
        return self.kept + self.lost

    @property
    def now(self) -> int:
        """Matches of the rule as it is."""
        return self.kept + self.new

    @property
    def all(self) -> int:
        """Matches of either."""
        return self.kept + self.new + self.lost

    @classmethod
    def sum(cls, tallies: Collection["Tally"]) -> "Tally":
        """All of them in one."""
        return cls(sum(t.kept for t in tallies), sum(t.new for t in tallies), sum(t.lost for t in tallies))


@dataclass(frozen=True, slots=True)
class New:
    """A match that the rule as it is brings."""

    article: Article
    match: Match


@dataclass(frozen=True, slots=True)
class Lost:
    """A stored match that the rule as it is does not bring."""

    article: Article
    because: str
    corrected: bool
    """The article no longer says what was shown of it when it matched."""


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule, then and now."""

    rule: RuleLabel
    in_files: bool
    """False for a rule of which only stored matches are left."""
    total: Tally = Tally()
    by_day: Mapping[date, Tally] = field(default_factory=dict)
    """By the day an article was first seen, in the desk's zone; days without a match are left out."""
    by_source: Mapping[str, Tally] = field(default_factory=dict)
    """By source id, the source with the most matches first."""
    newest_new: tuple[New, ...] = ()
    newest_lost: tuple[Lost, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether it finds anything else than it did."""
        return bool(self.total.new or self.total.lost)


@dataclass(frozen=True, slots=True)
class Backtest:
    """All rules that were asked for."""

    window: Window
    articles: int
    """Articles of the window that were read: those that the rules can match, or did."""
    rules: tuple[RuleChange, ...]
