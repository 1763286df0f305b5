"""The tree of a query: frozen nodes, each knowing which characters of the query it was read from.

To add an operator, add its node here, of the kind that it is, and answer the questions below that the type
checker asks. `parse` makes a tree of text; `evaluate` looks for it in an article.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from watchdesk.rules.language.leaves import COMPARED_WHOLE as COMPARED_WHOLE
from watchdesk.rules.language.leaves import At as At
from watchdesk.rules.language.leaves import Fact as Fact
from watchdesk.rules.language.leaves import FactField as FactField
from watchdesk.rules.language.leaves import How as How
from watchdesk.rules.language.leaves import Leaf as Leaf
from watchdesk.rules.language.leaves import Listed as Listed
from watchdesk.rules.language.leaves import Part as Part
from watchdesk.rules.language.leaves import Pattern as Pattern
from watchdesk.rules.language.leaves import TextField as TextField
from watchdesk.rules.language.leaves import Words as Words


class BooleanOperator:
    """Joins or turns what is true of an article; itself it stands nowhere in the text."""

    __slots__ = ()


class TextOperator:
    """About where words stand, or how much they weigh. It has words of the text below it."""

    __slots__ = ()


class MeasuringOperator(TextOperator):
    """Measures between its operands, or counts them, so that each needs a place in the text."""

    __slots__ = ()


class PairOperator(MeasuringOperator):
    """How a left and a right operand stand to each other."""

    __slots__ = ()


class ApartOperator(PairOperator):
    """The left operand where it has no right one about it."""

    __slots__ = ()
    left: "Node"


class StretchOperator(TextOperator):
    """Keeps its operand to a part of the article."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class And(BooleanOperator):
    """All of them."""

    children: tuple["Node", ...]
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class Or(BooleanOperator):
    """Any of them."""

    children: tuple["Node", ...]
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class Not(BooleanOperator):
    """The article has none of it."""

    child: "Node"
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class Near(PairOperator):
    """Both, at most `distance` words apart; `ordered`: the left one first."""

    left: "Node"
    right: "Node"
    distance: int
    ordered: bool
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class NotNear(ApartOperator):
    """The left one, with no right one within `distance` words."""

    left: "Node"
    right: "Node"
    distance: int
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class Same(PairOperator):
    """Both in one sentence (`S`) or one paragraph (`P`)."""

    left: "Node"
    right: "Node"
    unit: str
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class NotSame(ApartOperator):
    """The left one, in no sentence (`S`) or paragraph (`P`) with a right one."""

    left: "Node"
    right: "Node"
    unit: str
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class Within(StretchOperator):
    """Only in a field."""

    field: TextField
    child: "Node"
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class First(StretchOperator):
    """Among the first `count` words of the body."""

    count: int
    child: "Node"
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class Last(StretchOperator):
    """Among the last `count` words of the body."""

    count: int
    child: "Node"
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class AtLeast(MeasuringOperator):
    """At least `count` occurrences that do not overlap."""

    count: int
    child: "Node"
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class About(MeasuringOperator):
    """In the title, in the lead, or in many sentences of the text."""

    child: "Node"
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class Weighted(TextOperator):
    """What it finds counts `weight` times in the score."""

    child: "Node"
    weight: float
    at: At = dataclasses.field(compare=False)


Pair = Near | NotNear | Same | NotSame
Stretch = Within | First | Last
TextNode = Pair | Stretch | AtLeast | About | Weighted
Node = Leaf | And | Or | Not | TextNode

COUNTED: Mapping[str, Callable[[int, Node, At], Node]] = {"FIRST": First, "LAST": Last, "ATLEAST": AtLeast}
"""Operators that are written `NAME/n operand`."""

UNNUMBERED: Mapping[str, Callable[[Node, At], Node]] = {"ABOUT": About}
"""Operators that are written `NAME operand`."""


def sign(node: TextNode) -> str:  # noqa: PLR0911  one spelling an operator
    """How an operator is written, as in `NEAR/5` or `title:`."""
    match node:
        case Near():
            return f"{'ONEAR' if node.ordered else 'NEAR'}/{node.distance}"
        case NotNear():
            return f"NOT NEAR/{node.distance}"
        case Same():
            return f"SAME/{node.unit}"
        case NotSame():
            return f"NOT SAME/{node.unit}"
        case Within():
            return f"{node.field}:"
        case First():
            return f"FIRST/{node.count}"
        case Last():
            return f"LAST/{node.count}"
        case AtLeast():
            return f"ATLEAST/{node.count}"
        case About():
            return "ABOUT"
        case Weighted():
            return f"^{node.weight:g}"
        case _:
            assert_never(node)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes right below."""
    match node:
        case And() | Or():
            return node.children
        case PairOperator():
            return (node.left, node.right)
        case Not() | StretchOperator() | AtLeast() | About() | Weighted():
            return (node.child,)
        case Words() | Pattern() | Listed() | Fact():
            return ()
        case _:
            assert_never(node)


def wanted(node: Node) -> tuple[Node, ...]:
    """The nodes right below whose words count for it: not those that must be absent."""
    match node:
        case Not():
            return ()
        case ApartOperator():
            return (node.left,)
        case And() | Or() | TextOperator() | Words() | Pattern() | Listed() | Fact():
            return children(node)
        case _:
            assert_never(node)


def bare(node: Node) -> Node:
    """The node without its weight."""
    while isinstance(node, Weighted):
        node = node.child
    return node


def walk(node: Node) -> Iterator[tuple[Node, int]]:
    """Every node and its depth, without recursion."""
    waiting = [(node, 1)]
    while waiting:
        here, depth = waiting.pop()
        yield here, depth
        waiting.extend((child, depth + 1) for child in reversed(children(here)))
