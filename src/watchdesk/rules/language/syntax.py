"""The tree of a query: frozen nodes, each knowing which characters of the query it was read from.

How text becomes a tree is left to `parse`, what a tree finds to `evaluate`.
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

At = tuple[int, int]
"""First character of the query, and the one after the last."""


class How(StrEnum):
    """How a word of a query is compared with a word of an article."""

    FOLDED = "folded"
    EXACT = "exact"
    STEM = "stem"
    WILDCARD = "wildcard"


@dataclass(frozen=True, slots=True)
class Part:
    """One word of a term: `offset` positions after the term's first. A wildcard's text is an expression."""

    how: How
    text: str
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Words:
    """A word, or a phrase of several."""

    parts: tuple[Part, ...]
    written: str
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression (RE2) on the folded text."""

    expression: str
    written: str
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class Listed:
    """Any entry of a list."""

    name: str
    entries: tuple[Words, ...]
    written: str
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class Fact:
    """About the article's data: source, tag (of its source), author, url, lang, category."""

    field: str
    value: str
    written: str
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    children: tuple["Node", ...]
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    """Any of them."""

    children: tuple["Node", ...]
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """The article has none of it."""

    child: "Node"
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class Near:
    """Both, at most `distance` words apart; `ordered`: the left one first."""

    left: "Node"
    right: "Node"
    distance: int
    ordered: bool
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class NotNear:
    """The left one, with no right one within `distance` words."""

    left: "Node"
    right: "Node"
    distance: int
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class Same:
    """Both in one sentence (`S`) or one paragraph (`P`)."""

    left: "Node"
    right: "Node"
    unit: str
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class Within:
    """Only in a field: title, lead, heading or body."""

    field: str
    child: "Node"
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class First:
    """Among the first `count` words of the body."""

    count: int
    child: "Node"
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `count` occurrences that do not overlap."""

    count: int
    child: "Node"
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class Weighted:
    """What it finds counts `weight` times in the score."""

    child: "Node"
    weight: float
    at: At = dataclasses.field(compare=False)


Leaf = Words | Pattern | Listed | Fact
Node = Leaf | And | Or | Not | Near | NotNear | Same | Within | First | AtLeast | Weighted


def children(node: Node) -> tuple[Node, ...]:
    """The nodes right below."""
    match node:
        case And() | Or():
            return node.children
        case Near() | NotNear() | Same():
            return (node.left, node.right)
        case Not() | Within() | First() | AtLeast() | Weighted():
            return (node.child,)
        case _:
            return ()


def walk(node: Node) -> Iterator[tuple[Node, int]]:
    """Every node and its depth, without recursion."""
    waiting = [(node, 1)]
    while waiting:
        here, depth = waiting.pop()
        yield here, depth
        waiting.extend((child, depth + 1) for child in reversed(children(here)))
