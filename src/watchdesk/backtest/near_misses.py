"""Articles that a rule misses by one part alone, and by which.

A part is what the rule joins with AND, the distance of a NEAR, what must be absent, `exclude`, `sources`,
`languages` or `at_least`. Of an article that has nothing of the query at all, no part is near.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import assert_never

from watchdesk.archive.condition import condition_of
from watchdesk.model import Article
from watchdesk.model.archive import ArchivePage, LookBack
from watchdesk.model.conditions import Condition, all_of
from watchdesk.rules import Rule, RuleSet
from watchdesk.rules.explaining.verdict import Verdict, judge
from watchdesk.rules.language import syntax
from watchdesk.rules.language.syntax import Node
from watchdesk.rules.language.wording import wording
from watchdesk.rules.matching.evaluate import Outcome
from watchdesk.rules.matching.reading import Reading

MOST = 10
"""Near misses that are looked for."""
MOST_READ = 2_000
"""Articles that are asked for them: each costs as much as an explanation."""
_MERELY_THERE = (syntax.And, syntax.Or, syntax.Weighted, syntax.Words, syntax.Listed)
"""Of these alone: an article that has all words of the query matches."""
_MANY_PARTS = 12
"""For a query of more parts than this, only its first ones may be the one that is missing."""


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An article, and the one part that it fails by."""

    article: Article
    part: str
    """As the query has it, or the key of the rule: `exclude`, `sources`, `languages`, `at_least`."""
    because: str


class NearMisses:
    """Those of one rule, found round by round.

    Each round leaves room for the next, so that a part which most articles lack does not hide the others.
    """

    def __init__(self, rule: Rule, most: int = MOST, read: int = MOST_READ) -> None:
        """`read`: articles after which no more are looked for."""
        self._rule = rule
        self._most = most
        self._most_read = read
        self._alone = RuleSet((rule,))
        self._until = self._left = 0
        self._seen: set[int | None] = set()
        self.found: list[NearMiss] = []
        """Those of the first round first; of each the newest first."""
        self.is_whole = True
        """Whether all articles were asked that may be one."""

    def looking(self, pages: Callable[[LookBack], Iterable[ArchivePage]], since: datetime) -> Iterator[None]:
        """Asks the archive, of which `pages` reads what it is asked: a step for each article."""
        for asked in self._rounds(since):
            for page in pages(asked):
                yield from self._taking(page)
                if self._round_is_over:
                    break

    def _rounds(self, since: datetime) -> Iterator[LookBack]:
        """The articles to ask: those that have all words of the query, then those that lack one part."""
        conditions = list(_conditions(self._rule))
        for number, condition in enumerate(conditions):
            rest = len(conditions) - number
            self._until = len(self.found) + ceil((self._most - len(self.found)) / rest)
            self._left = self._most_read // len(conditions)
            yield LookBack(since, condition=condition)

    @property
    def read(self) -> int:
        """Articles that were asked, each counted once, in however many rounds."""
        return len(self._seen)

    @property
    def _round_is_over(self) -> bool:
        """Whether the next round is to begin."""
        return len(self.found) >= self._until or self._left <= 0

    def _taking(self, page: ArchivePage) -> Iterator[None]:
        """Asks the articles of a page, one by one. One that matches is soon told apart by the engine."""
        for archived in page.articles:
            if self._round_is_over:
                self.is_whole = False
                return
            article = archived.article
            self._left -= 1
            if article.id not in self._seen:
                self._seen.add(article.id)
                if not self._alone.matching(article) and (found := near_miss(self._rule, article)):
                    self.found.append(found)
            yield


def near_miss(rule: Rule, article: Article) -> NearMiss | None:
    """The near miss; None where the rule matches, or fails by more than one part."""
    return near_miss_of(judge(rule, Reading(article)))


def near_miss_of(verdict: Verdict) -> NearMiss | None:
    """The same of a rule that was asked before."""
    because = verdict.because
    if because is None:
        return None
    failed = list(_failed(verdict))
    if len(failed) != 1 or not _has_any(verdict.outcome):
        return None
    return NearMiss(verdict.reading.article, failed[0], because)


def _conditions(rule: Rule) -> Iterator[Condition | None]:
    """Of each round; none for a rule of one part: its words are there, or nothing is."""
    query = rule.query.node
    has_keys = bool(rule.exclude or rule.only or rule.never or rule.languages or rule.at_least)
    if has_keys or not all(isinstance(node, _MERELY_THERE) for node, _ in syntax.walk(query)):
        yield condition_of(query)
    yield from _with_one_missing(query)


def _failed(verdict: Verdict) -> Iterator[str]:
    rule, outcome = verdict.rule, verdict.outcome
    if verdict.obstacle:
        yield "sources" if rule.reads(verdict.reading.article.language) else "languages"
    yield from _parts_failed(outcome, rule.query.text)
    if verdict.excluded and verdict.excluded.ok:
        yield "exclude"
    if outcome.ok and verdict.score.total < rule.at_least:
        yield "at_least"


def _parts_failed(  # noqa: PLR0911  one answer a kind of node
    outcome: Outcome, query: str
) -> Sequence[str]:
    """The parts that failed; of alternatives those of the one that has the fewest."""
    if outcome.ok:
        return []
    node, children = outcome.node, outcome.children
    whole = [wording(query, node.at)]
    match node:
        case syntax.And():
            return [part for child in children for part in _parts_failed(child, query)]
        case syntax.Or():
            near = [_parts_failed(child, query) for child in children if _has_any(child)]
            return min(near, key=len) if near else whole
        case syntax.ApartOperator():
            return _parts_failed(children[0], query) or whole
        case syntax.PairOperator() | syntax.Weighted():
            return [part for child in children for part in _parts_failed(child, query)] or whole
        case syntax.StretchOperator():
            found = [part for child in children for part in _parts_failed(child, query)]
            return found if len(found) > 1 else whole
        case syntax.Not() | syntax.MeasuringOperator() | syntax.TextOperator():
            return whole
        case syntax.Words() | syntax.Pattern() | syntax.Listed() | syntax.Fact():
            return whole
        case _:
            assert_never(node)


def _has_any(outcome: Outcome) -> bool:
    """Whether something that the query asks for is there; what must be absent does not count."""
    if isinstance(outcome.node, syntax.Not):
        return False
    if not outcome.children:
        return outcome.ok
    return any(_has_any(child) for child in outcome.children)


def _with_one_missing(node: Node) -> list[Condition]:
    """For each part of the query the condition of the others, where they have one."""
    conditions = [condition_of(part) for part in _parts(node)]
    others = [
        all_of(condition for place, condition in enumerate(conditions) if place != missing)
        for missing in range(min(len(conditions), _MANY_PARTS))
    ]
    return [condition for condition in others if condition is not None]


def _parts(node: Node) -> Iterator[Node]:
    """What must all be found."""
    match node:
        case syntax.And():
            for child in node.children:
                yield from _parts(child)
        case syntax.PairOperator() if not isinstance(node, syntax.ApartOperator):
            for child in syntax.children(node):
                yield from _parts(child)
        case syntax.Weighted():
            yield from _parts(node.child)
        case syntax.Or() | syntax.Not() | syntax.TextOperator():
            yield node
        case syntax.Words() | syntax.Pattern() | syntax.Listed() | syntax.Fact():
            yield node
        case _:
            assert_never(node)
