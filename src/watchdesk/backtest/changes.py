"""The result of a backtest, rule by rule."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from watchdesk.backtest.window import Window
from watchdesk.model import Article, Match, RuleLabel


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of matches."""

    kept: int = 0
    """Stored, and found now."""
    new: int = 0
    """Found now, but not stored."""
    lost: int = 0
    """Stored, but not found now."""

    @property
    def then(self) -> int:
        """Stored matches."""
        return self.kept + self.lost

    @property
    def now(self) -> int:
        """Matches of the current rule."""
        return self.kept + self.new

    @property
    def all(self) -> int:
        """Matches of either kind."""
        return self.kept + self.new + self.lost

    @classmethod
    def sum(cls, tallies: Collection["Tally"]) -> "Tally":
        """The sum of several."""
        return cls(sum(t.kept for t in tallies), sum(t.new for t in tallies), sum(t.lost for t in tallies))


@dataclass(frozen=True, slots=True)
class New:
    """A match of the current rule, in full: one that only it finds, unless it is among the kept."""

    article: Article
    match: Match


@dataclass(frozen=True, slots=True)
class Lost:
    """A stored match that the current rule does not find."""

    article: Article
    because: str
    corrected: bool
    """Whether the article no longer has the text of the stored snippet."""


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule: its stored matches against those of the current rule."""

    rule: RuleLabel
    in_files: bool
    """False for a rule that has only stored matches left."""
    total: Tally = Tally()
    by_day: Mapping[date, Tally] = field(default_factory=dict)
    """By the day on which an article was first seen, in the desk's zone. Has no days without a match."""
    by_source: Mapping[str, Tally] = field(default_factory=dict)
    """By source id, with the most matches first."""
    newest_new: tuple[New, ...] = ()
    newest_lost: tuple[Lost, ...] = ()
    newest_kept: tuple[New, ...] = ()
    """Empty where only changes were asked for."""

    @property
    def changed(self) -> bool:
        """Whether the current rule finds anything else."""
        return bool(self.total.new or self.total.lost)


@dataclass(frozen=True, slots=True)
class Backtest:
    """The result for all chosen rules."""

    window: Window
    articles: int
    """Articles of the window."""
    read: int
    """Those that the rules may match, or have matched; no rule matches any other."""
    rules: tuple[RuleChange, ...]
