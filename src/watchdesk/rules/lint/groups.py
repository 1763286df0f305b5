"""The groups of a query: everything that one AND or one OR joins, parentheses within it taken away."""

from collections.abc import Iterator
from typing import NamedTuple

from watchdesk.rules.language.syntax import And, MeasuringOperator, Node, Or, children


class Group(NamedTuple):
    """What one kind of operator joins."""

    node: And | Or
    members: tuple[Node, ...]
    measured: bool
    """Whether the places where it is found count, as for a NEAR around it, and not only that it is found."""


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
