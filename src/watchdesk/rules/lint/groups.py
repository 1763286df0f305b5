"""The groups of a query: all that one AND or one OR joins, without inner parentheses."""

from collections.abc import Iterator
from typing import NamedTuple

from watchdesk.rules.language.syntax import And, MeasuringOperator, Node, Or, children


class Group(NamedTuple):
    """The parts that one AND or OR joins."""

    node: And | Or
    members: tuple[Node, ...]
    measured: bool
    """Whether its places matter, as within a NEAR, and not only whether it is found."""


def groups(root: Node) -> Iterator[Group]:
    """Every group of a query, the outer ones first."""
    waiting = [(root, False)]
    while waiting:
        node, measured = waiting.pop()
        below = children(node)
        if isinstance(node, And | Or):
            below = tuple(_members(node))
            yield Group(node, below, measured)
        measures = isinstance(node, MeasuringOperator)
        waiting.extend((child, measured or measures) for child in reversed(below))


def _members(node: And | Or) -> Iterator[Node]:
    waiting: list[Node] = [node]
    while waiting:
        here = waiting.pop()
        if type(here) is type(node):
            waiting.extend(reversed(children(here)))
        else:
            yield here
