"""How each rule behaves, from its stored matches: how many, from where, by which word, since when."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from watchdesk.backtest.alone import Group, groups
from watchdesk.backtest.window import Window
from watchdesk.model import Article, RuleLabel, Span
from watchdesk.rules import Query, RuleSet
from watchdesk.rules.language import syntax

FEW_ARTICLES = 100
"""Of fewer articles than this nothing can be said."""
BROAD = 0.1
"""A rule that matches a larger share of all articles than this hardly chooses."""


class Narrowing(StrEnum):
    """A way for a query to find less."""

    NEAR = "near"
    """Words near each other, at any distance."""
    DISTANT = "distant"
    """At a distance that can be made smaller."""
    TITLE = "title"
    """Words in the title only."""


class Oddity(StrEnum):
    """What is worth a look."""

    SILENT = "silent"
    BROAD = "broad"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a rule's matches: those of one source, or those that one word alone brings."""

    name: str
    matches: int
    share: float
    """Of the rule's matches, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Habit:
    """One rule over a window."""

    rule: RuleLabel
    in_files: bool
    """False for a rule of which only stored matches are left."""
    matches: int
    a_day: float
    share: float
    """Of all articles, from 0 to 1."""
    noisiest: Part | None
    """The source that most matches come from."""
    alone: Part | None
    """The word of an OR group or a list that alone brings the most: without it they would be lost."""
    last_matched: datetime | None
    """Of all that is stored, whatever the window."""
    oddity: Oddity | None
    asks: frozenset[Narrowing] = frozenset()
    """What its query does already to find less."""


@dataclass
class _Ledger:
    """One rule's matches, while they are counted."""

    label: RuleLabel
    in_files: bool
    groups: tuple[Group, ...] = ()
    asks: frozenset[Narrowing] = frozenset()
    matches: int = 0
    sources: Counter[str] = field(default_factory=Counter)
    alone: Counter[tuple[int, str]] = field(default_factory=Counter)

    def enter(self, article: Article, spans: Sequence[Span]) -> None:
        """Counts a match."""
        self.matches += 1
        self.sources[article.source_id] += 1
        for number, group in enumerate(self.groups):
            name = group.only_one(article, spans)
            if name is not None:
                self.alone[number, name] += 1

    def habit(self, window: Window, articles: int, last: datetime | None) -> Habit:
        """What has been counted, and whether it is odd."""
        share = self.matches / articles if articles else 0.0
        alone: Counter[str] = Counter()
        for (_, name), count in self.alone.items():
            alone[name] = max(alone[name], count)
        return Habit(
            rule=self.label,
            in_files=self.in_files,
            matches=self.matches,
            a_day=self.matches / window.days,
            share=share,
            noisiest=_largest(self.sources, self.matches),
            alone=_largest(alone, self.matches),
            last_matched=last,
            oddity=_oddity(self.matches, share, articles) if self.in_files else None,
            asks=self.asks,
        )


def habits(
    matched: Iterable[tuple[Article, Mapping[str, Sequence[Span]]]],
    rules: RuleSet,
    window: Window,
    articles: int,
    last_matches: Mapping[str, datetime],
) -> tuple[Habit, ...]:
    """Every rule in the order of the files, then those of which only matches are left.

    `matched`: articles of the window, each with rule id → spans of its match. `articles`: how many the
    window holds, matched or not.
    """
    ledgers = {
        rule.id: _Ledger(rule.label, True, groups(rule.query), _asked(rule.query)) for rule in rules.rules
    }
    for rule_id in sorted(set(last_matches) - set(ledgers)):
        ledgers[rule_id] = _Ledger(RuleLabel(rule_id, rule_id), in_files=False)
    for article, matches in matched:
        for rule_id, spans in matches.items():
            if rule_id in ledgers:
                ledgers[rule_id].enter(article, spans)
    return tuple(
        ledger.habit(window, articles, last_matches.get(rule_id)) for rule_id, ledger in ledgers.items()
    )


def _asked(query: Query) -> frozenset[Narrowing]:
    found: set[Narrowing] = set()
    for node, _ in syntax.walk(query.node):
        if isinstance(node, syntax.Near | syntax.Same):
            found.add(Narrowing.NEAR)
        if isinstance(node, syntax.Same) or (isinstance(node, syntax.Near) and node.distance > 1):
            found.add(Narrowing.DISTANT)
        if isinstance(node, syntax.Within) and node.field == "title":
            found.add(Narrowing.TITLE)
    return frozenset(found)


def _largest(counted: Counter[str], matches: int) -> Part | None:
    if not counted:
        return None
    name, count = min(counted.items(), key=lambda item: (-item[1], item[0]))
    return Part(name, count, count / matches)


def _oddity(matches: int, share: float, articles: int) -> Oddity | None:
    if articles < FEW_ARTICLES:
        return None
    if share > BROAD:
        return Oddity.BROAD
    return None if matches else Oddity.SILENT
