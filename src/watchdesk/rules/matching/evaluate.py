"""A query's tree × an article's reading → what each node finds.

Every node yields an `Outcome`; scores, spans and explanations are read off that tree, so that they
cannot disagree with the match.
"""

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Protocol, assert_never

from watchdesk.model import Article
from watchdesk.rules.language import syntax
from watchdesk.rules.language.syntax import Leaf, Node, Pair, Part, Stretch, TextField, Words
from watchdesk.rules.matching.facts import fact_hits
from watchdesk.rules.matching.limits import MOST_HITS, Work
from watchdesk.rules.matching.occurrences import (
    Hit,
    Occurrence,
    Range,
    apart,
    count_disjoint,
    near,
    separate,
    together,
)
from watchdesk.rules.matching.patterns import pattern_hits
from watchdesk.rules.matching.prominence import DENSE_FROM, prominence
from watchdesk.rules.matching.reading import Reading


class Positions(Protocol):
    """What `evaluate` asks of an article: the positions of words. Both `Reading` and the engine answer."""

    @property
    def article(self) -> Article:
        """The article itself."""

    @property
    def work(self) -> Work:
        """The work that the rule has left."""

    @property
    def whole(self) -> Reading:
        """The whole reading, for what needs characters."""

    def phrase(self, parts: tuple[Part, ...]) -> Sequence[Range]:
        """Where the words of a term are found in their order."""

    def listed(self, entries: tuple[Words, ...]) -> Sequence[Range]:
        """Where the entries of a list are found, in order, no place twice."""

    def hit(self, leaf: Leaf, found: Range) -> Hit:
        """A leaf, found at a range."""

    def ranges(self, field: TextField) -> tuple[Range, ...]:
        """Where a text field is: title, lead, heading or body."""

    def words_of_body(self, chosen: slice) -> tuple[Range, ...]:
        """Where the chosen words of the body are, such as the first ten: `slice(10)`."""

    def sentence_of(self, position: int) -> int:
        """The number of the sentence at a position."""

    def block_of(self, position: int) -> int:
        """The number of the title, heading or paragraph at a position."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a node found. `occurrences` is empty for AND, OR and NOT, whose children hold them."""

    node: Node
    ok: bool
    occurrences: Sequence[Occurrence] = ()
    children: tuple["Outcome", ...] = ()


def evaluate(  # noqa: PLR0911  one answer a kind of node
    node: Node, reading: Positions, scope: tuple[Range, ...] | None = None
) -> Outcome:
    """What a node and all nodes below it find; `scope`: only within these positions."""
    match node:
        case syntax.Words() | syntax.Pattern() | syntax.Listed() | syntax.Fact():
            hits = _leaf_hits(node, reading, scope)
            found = [Occurrence(hit.start, hit.end, (hit,)) for hit in hits]
            return Outcome(node, bool(found), found)
        case syntax.And():
            children = tuple(evaluate(child, reading, scope) for child in node.children)
            return Outcome(node, all(child.ok for child in children), (), children)
        case syntax.Or():
            children = tuple(evaluate(child, reading, scope) for child in node.children)
            return Outcome(node, any(child.ok for child in children), (), children)
        case syntax.Not():
            child = evaluate(node.child, reading, scope)
            return Outcome(node, not child.ok, (), (child,))
        case syntax.PairOperator():
            return _pair(node, reading, scope)
        case syntax.Within() | syntax.First() | syntax.Last():
            return _around(node, evaluate(node.child, reading, _narrowed(scope, _stretch(node, reading))))
        case syntax.Weighted():
            return _around(node, evaluate(node.child, reading, scope))
        case syntax.AtLeast():
            return _counted(node, evaluate(node.child, reading, scope))
        case syntax.About():
            return _main(node, evaluate(node.child, reading, scope), reading)
        case _:
            assert_never(node)


def holds(  # noqa: PLR0911  one answer a kind of node
    node: Node, reading: Positions, scope: tuple[Range, ...] | None = None
) -> bool:
    """Whether `evaluate` would say ok, with as little work as possible: most rules do not match."""
    match node:
        case syntax.Words() if scope is None:
            return bool(reading.phrase(node.parts))
        case syntax.And():
            return all(holds(child, reading, scope) for child in node.children)
        case syntax.Or():
            return any(holds(child, reading, scope) for child in node.children)
        case syntax.Not():
            return not holds(node.child, reading, scope)
        case syntax.Near() | syntax.Same():
            sides = holds(node.left, reading, scope) and holds(node.right, reading, scope)
            return sides and evaluate(node, reading, scope).ok
        case syntax.ApartOperator():
            return holds(node.left, reading, scope) and evaluate(node, reading, scope).ok
        case syntax.Words() | syntax.Pattern() | syntax.Listed() | syntax.Fact() | syntax.TextOperator():
            return evaluate(node, reading, scope).ok
        case _:
            assert_never(node)


def occurrences(outcome: Outcome) -> Sequence[Occurrence]:
    """Where a node is found: its own occurrences, or those of its children that are found, by start."""
    if not outcome.ok:
        return ()
    match outcome.node:
        case syntax.Words() | syntax.Pattern() | syntax.Listed() | syntax.Fact() | syntax.TextOperator():
            return outcome.occurrences
        case syntax.Not():
            return ()
        case syntax.And() | syntax.Or():
            return _merged(outcome.children)
        case _:
            assert_never(outcome.node)


def _merged(outcomes: Iterable[Outcome]) -> Sequence[Occurrence]:
    merged: dict[tuple[int, int], Occurrence] = {}
    for child in outcomes:
        for one in occurrences(child):
            known = merged.get((one.start, one.end))
            hits = one.hits if known is None else known.hits + one.hits
            merged[one.start, one.end] = Occurrence(one.start, one.end, hits)
    return sorted(merged.values(), key=lambda one: (one.start, one.end))


def _pair(node: Pair, reading: Positions, scope: tuple[Range, ...] | None) -> Outcome:
    children = (evaluate(node.left, reading, scope), evaluate(node.right, reading, scope))
    left, right = occurrences(children[0]), occurrences(children[1])
    match node:
        case syntax.Near():
            found = near(left, right, node.distance, reading.work, ordered=node.ordered)
        case syntax.NotNear():
            found = apart(left, right, node.distance, reading.work)
        case syntax.Same():
            found = together(left, right, _unit(node, reading), reading.work)
        case syntax.NotSame():
            found = separate(left, right, _unit(node, reading), reading.work)
        case _:
            assert_never(node)
    return Outcome(node, bool(found), found, children)


def _unit(node: syntax.Same | syntax.NotSame, reading: Positions) -> Callable[[int], int]:
    """Position → the number of its sentence or paragraph."""
    return reading.sentence_of if node.unit == "S" else reading.block_of


def _stretch(node: Stretch, reading: Positions) -> tuple[Range, ...]:
    """The part of the article that a node limits its child to."""
    match node:
        case syntax.Within():
            return reading.ranges(node.field)
        case syntax.First():
            return reading.words_of_body(slice(node.count))
        case syntax.Last():
            return reading.words_of_body(slice(-node.count, None))
        case _:
            assert_never(node)


def _around(node: Node, child: Outcome) -> Outcome:
    """A node that is found where its child is found."""
    return Outcome(node, child.ok, occurrences(child), (child,))


def _counted(node: syntax.AtLeast, child: Outcome) -> Outcome:
    found = occurrences(child)
    ok = count_disjoint(found) >= node.count
    return Outcome(node, ok, found if ok else (), (child,))


def _main(node: syntax.About, child: Outcome, reading: Positions) -> Outcome:
    found = occurrences(child)
    ok = _is_main({one.start for one in found}, reading)
    return Outcome(node, ok, found if ok else (), (child,))


def _is_main(starts: Set[int], reading: Positions) -> bool:
    """Whether an article is about what begins at these positions.

    Sentences are counted only where title and lead do not settle it, as that takes the whole reading.
    """
    prominent = (*reading.ranges("title"), *reading.ranges("lead"))
    if any(_inside((start, start), prominent) for start in starts):
        return True
    return len(starts) >= DENSE_FROM and prominence(starts, reading.whole).is_dense


def _narrowed(scope: tuple[Range, ...] | None, ranges: tuple[Range, ...]) -> tuple[Range, ...]:
    if scope is None:
        return ranges
    both = ((max(a[0], b[0]), min(a[1], b[1])) for a in scope for b in ranges)
    return tuple((first, last) for first, last in both if first <= last)


def _leaf_hits(node: syntax.Leaf, reading: Positions, scope: tuple[Range, ...] | None) -> Sequence[Hit]:
    match node:
        case syntax.Fact():
            return fact_hits(node, reading.article)
        case syntax.Pattern():
            hits = pattern_hits(node, reading.whole)
            return hits if scope is None else [hit for hit in hits if _inside((hit.start, hit.end), scope)]
        case syntax.Listed():
            ranges = reading.listed(node.entries)
        case syntax.Words():
            ranges = reading.phrase(node.parts)
        case _:
            assert_never(node)
    if scope is not None:
        ranges = [found for found in ranges if _inside(found, scope)]
    if len(ranges) > MOST_HITS:
        reading.work.cut_short = True
    return [reading.hit(node, found) for found in ranges[:MOST_HITS]]


def _inside(found: Range, scope: tuple[Range, ...]) -> bool:
    return any(first <= found[0] and found[1] <= last for first, last in scope)
