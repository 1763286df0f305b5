"""Matches stored articles against the current rules and compares with the stored matches."""

from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Literal, TypeVar

from watchdesk.backtest.changes import Backtest, Lost, New, RuleChange, Tally
from watchdesk.backtest.window import Window
from watchdesk.model import Article, Match, RuleLabel
from watchdesk.model.archive import Archived
from watchdesk.rules import Rule, RuleSet
from watchdesk.rules.matching.reading import Reading
from watchdesk.rules.rule import what_matched

SHOWN = 5
"""New and lost matches of each rule that are reported in full."""

_GONE = "the rule is no longer in the files"

Kind = Literal["kept", "new", "lost"]
Place = TypeVar("Place", date, str)


def compare(
    archive: Iterable[Archived],
    rules: RuleSet,
    window: Window,
    articles: int | None = None,
    shown: int = SHOWN,
) -> Backtest:
    """Matches every article against every rule. `archive` has the newest article first.

    `articles`: how many the window has, where `archive` leaves out those that no rule can match. `shown`: how
    many new and lost matches of each rule are reported in full. A rule that is no longer in the files has
    lost all its stored matches.
    """
    comparison = Comparison(rules, window, shown)
    for archived in archive:
        comparison.take(archived)
    return comparison.result(articles)


class Comparison:
    """A backtest under way: take article after article, the newest first."""

    def __init__(
        self, rules: RuleSet, window: Window, shown: int = SHOWN, *, shows_kept: bool = False
    ) -> None:
        """`shows_kept`: kept matches are reported in full as well, `shown` of them."""
        self._rules = rules
        self._window = window
        self._shown = shown
        self._shown_kept = shown if shows_kept else 0
        self._ledgers = {rule.id: _Ledger(rule.label, rules, rule) for rule in rules.rules}
        self._read = 0

    def take(self, archived: Archived) -> None:
        """Matches an article and counts what changed."""
        self.enter(archived, self._rules.matching(archived.article))

    def enter(self, archived: Archived, now: Set[str]) -> None:
        """Counts an article that these rules match now."""
        self._read += 1
        for rule_id in dict.fromkeys([*now, *archived.matched]):
            if rule_id not in self._ledgers:
                self._ledgers[rule_id] = _Ledger(RuleLabel(rule_id, rule_id), self._rules)
            day = self._window.day(archived.article.first_seen)
            self._ledgers[rule_id].enter(archived, day, self._shown, self._shown_kept, now=rule_id in now)

    def result(self, articles: int | None = None) -> Backtest:
        """What was found so far; `articles` as for `compare`."""
        total = self._read if articles is None else max(self._read, articles)
        changes = tuple(ledger.change() for ledger in self._ledgers.values())
        return Backtest(self._window, total, self._read, changes)


@dataclass
class _Ledger:
    """Counts one rule's matches."""

    label: RuleLabel
    rules: RuleSet
    rule: Rule | None = None
    days: Counter[tuple[date, Kind]] = field(default_factory=Counter)
    sources: Counter[tuple[str, Kind]] = field(default_factory=Counter)
    kept: list[New] = field(default_factory=list)
    new: list[New] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)

    def enter(self, archived: Archived, day: date, shown: int, shown_kept: int, *, now: bool) -> None:
        """Counts an article that the rule matches now, or has matched."""
        article, snippet = archived.article, archived.matched.get(self.label.id)
        kind: Kind = "lost" if not now else "new" if snippet is None else "kept"
        self.days[day, kind] += 1
        self.sources[article.source_id, kind] += 1
        if kind == "new" and len(self.new) < shown:
            self.new.append(New(article, self._match(article)))
        elif kind == "kept" and len(self.kept) < shown_kept:
            self.kept.append(New(article, self._match(article)))
        elif kind == "lost" and snippet is not None and len(self.lost) < shown:
            self.lost.append(Lost(article, self._because(article), _corrected(article, snippet)))

    def change(self) -> RuleChange:
        """The result."""
        by_source = _tallies(self.sources)
        most_first = sorted(by_source, key=lambda source: (-by_source[source].all, source))
        by_day = _tallies(self.days)
        return RuleChange(
            rule=self.label,
            in_files=self.rule is not None,
            total=Tally.sum(by_source.values()),
            by_day={day: by_day[day] for day in sorted(by_day)},
            by_source={source: by_source[source] for source in most_first},
            newest_new=tuple(self.new),
            newest_lost=tuple(self.lost),
            newest_kept=tuple(self.kept),
        )

    @cached_property
    def _alone(self) -> RuleSet:
        return replace(self.rules, rules=(self.rule,) if self.rule else ())

    def _match(self, article: Article) -> Match:
        """Of an article that the rule is known to match."""
        match = what_matched(self.rule, Reading(article)) if self.rule else None
        assert match is not None
        return match

    def _because(self, article: Article) -> str:
        if self.rule is None:
            return _GONE
        return self._alone.explain(self.rule.id, article).because or ""


def _tallies(counted: Counter[tuple[Place, Kind]]) -> dict[Place, Tally]:
    places = dict.fromkeys(place for place, _ in counted)
    return {
        place: Tally(counted[place, "kept"], counted[place, "new"], counted[place, "lost"])
        for place in places
    }


def _corrected(article: Article, snippet: str) -> bool:
    """Whether the article no longer has the text of the snippet."""
    return snippet.strip("…") not in article.text
