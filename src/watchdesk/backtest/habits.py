"""How each rule behaves, by its stored matches: how many, from which source, by which word, since when."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from watchdesk.backtest.alone import Group, groups
from watchdesk.backtest.window import Window
from watchdesk.model import Article, RuleLabel, Span
from watchdesk.model.archive import Archived
from watchdesk.rules import Query, Rule, RuleSet
from watchdesk.rules.language import syntax

FEW_ARTICLES = 100
"""Fewer articles than this are too few to judge a rule."""
BROAD = 0.1
"""A rule that matches a larger share of all articles than this is too broad."""


class Narrowing(StrEnum):
    """A way to make a query find less."""

    NEAR = "near"
    """It has words near each other, at any distance."""
    DISTANT = "distant"
    """It has a distance that can be made smaller."""
    TITLE = "title"
    """It has words in the title only."""


class Oddity(StrEnum):
    """Behaviour that is worth a look."""

    SILENT = "silent"
    BROAD = "broad"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a rule's matches: those of one source, or those that one word alone finds."""

    name: str
    matches: int
    share: float
    """Of the rule's matches, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Habit:
    """The behaviour of one rule in a window."""

    rule: RuleLabel
    in_files: bool
    """False for a rule that has only stored matches left."""
    matches: int
    a_day: float
    share: float
    """Of all articles, from 0 to 1."""
    noisiest: Part | None
    """The source of most matches."""
    alone: Part | None
    """The word of an OR group or list that alone finds the most; they would be lost without it."""
    last_matched: datetime | None
    """Among all stored matches, not only those of the window."""
    oddity: Oddity | None
    asks: frozenset[Narrowing] = frozenset()
    """The ways its query already uses."""
    folder: str = ""
    """Of rules/, that it stands in; empty for a rule of a file directly in rules/."""
    owner: tuple[str, ...] = ()
    """Channels of those who look after it."""


@dataclass
class _Ledger:
    """Counts one rule's matches."""

    label: RuleLabel
    in_files: bool
    groups: tuple[Group, ...] = ()
    asks: frozenset[Narrowing] = frozenset()
    folder: str = ""
    owner: tuple[str, ...] = ()
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

    @property
    def by_word(self) -> Counter[str]:
        """The matches that each word alone brought."""
        found: Counter[str] = Counter()
        for (_, name), count in self.alone.items():
            found[name] = max(found[name], count)
        return found

    def habit(self, window: Window, articles: int, last: datetime | None, *, is_read: bool) -> Habit:
        """The result, with what is odd about it. Unless `is_read`, no article could match."""
        share = self.matches / articles if articles else 0.0
        return Habit(
            rule=self.label,
            in_files=self.in_files,
            matches=self.matches,
            a_day=self.matches / window.days,
            share=share,
            noisiest=_largest(self.sources, self.matches),
            alone=_largest(self.by_word, self.matches),
            last_matched=last,
            oddity=oddity_of(self.matches, share, articles) if self.in_files and is_read else None,
            asks=self.asks,
            folder=self.folder,
            owner=self.owner,
        )


def habits(
    matched: Iterable[Archived],
    rules: RuleSet,
    window: Window,
    articles: int,
    last_matches: Mapping[str, datetime],
    unread: Set[str] = frozenset(),
) -> tuple[Habit, ...]:
    """Every rule in the order of the files, then those that have only stored matches left.

    `matched`: the matched articles of the window. `articles`: the number of articles in it, matched or not.
    `unread`: ids of rules in whose languages there was no article.
    """
    ledgers = {
        rule.id: _Ledger(
            rule.label,
            in_files=True,
            groups=groups(rule.query),
            asks=_asked(rule.query),
            folder=rule.folder,
            owner=rule.owner,
        )
        for rule in rules.rules
    }
    for rule_id in sorted(set(last_matches) - set(ledgers)):
        ledgers[rule_id] = _Ledger(RuleLabel(rule_id, rule_id), in_files=False)
    for archived in matched:
        for rule_id, spans in archived.spans.items():
            if rule_id in ledgers:
                ledgers[rule_id].enter(archived.article, spans)
    return tuple(
        ledger.habit(window, articles, last_matches.get(rule_id), is_read=rule_id not in unread)
        for rule_id, ledger in ledgers.items()
    )


def brought(
    rule: Rule, matched: Iterable[tuple[Article, Sequence[Span]]]
) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """What brought some matches of one rule: the sources, and the words that alone did; most first."""
    ledger = _Ledger(rule.label, True, groups(rule.query))
    for article, spans in matched:
        ledger.enter(article, spans)
    return _parts(ledger.sources, ledger.matches), _parts(ledger.by_word, ledger.matches)


def _asked(query: Query) -> frozenset[Narrowing]:
    found: set[Narrowing] = set()
    for node, _ in syntax.walk(query.node):
        found |= _narrowings(node)
    return frozenset(found)


def _narrowings(node: syntax.Node) -> set[Narrowing]:
    match node:
        case syntax.Near(distance=distance):
            return {Narrowing.NEAR, Narrowing.DISTANT} if distance > 1 else {Narrowing.NEAR}
        case syntax.Same():
            return {Narrowing.NEAR, Narrowing.DISTANT}
        case syntax.Within(field="title"):
            return {Narrowing.TITLE}
        case syntax.TextOperator():
            return set()
        case syntax.BooleanOperator() | syntax.Words() | syntax.Pattern() | syntax.Listed() | syntax.Fact():
            return set()
        case _:
            assert_never(node)


def _largest(counted: Counter[str], matches: int) -> Part | None:
    if not counted:
        return None
    return _parts(counted, matches)[0]


def _parts(counted: Counter[str], matches: int) -> tuple[Part, ...]:
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Part(name, count, count / matches) for name, count in ordered)


def oddity_of(matches: int, share: float, articles: int) -> Oddity | None:
    """What is odd about a rule with so many matches of so many articles."""
    if articles < FEW_ARTICLES:
        return None
    if share > BROAD:
        return Oddity.BROAD
    return None if matches else Oddity.SILENT
