"""What lint finds out about nodes of a query, remembered: lists and parentheses are met again and again.

Nodes count by identity, as comparing trees costs more than most answers; a list is one wherever it is named.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from watchdesk.rules.language.syntax import Listed, Node

_Answer = TypeVar("_Answer")


class ByNode(Generic[_Answer]):
    """The answers to one question about nodes."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Node, _Answer]] = {}

    def of(self, node: Node, answer: Callable[[], _Answer]) -> _Answer:
        """The answer, found out once."""
        known = self._known.get(identity(node))
        if known is None:
            # The node is kept with it: else another could take its place in memory, and its identity.
            known = self._known[identity(node)] = (node, answer())
        return known[1]


class ByPair(Generic[_Answer]):
    """The answers to one question about pairs of nodes."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[Node, Node, _Answer]] = {}

    def of(self, wide: Node, narrow: Node, answer: Callable[[], _Answer]) -> _Answer:
        """The answer, found out once."""
        pair = identity(wide), identity(narrow)
        known = self._known.get(pair)
        if known is None:
            known = self._known[pair] = (wide, narrow, answer())
        return known[2]


def identity(node: Node) -> int:
    """Equal for nodes that are the same, not for all that mean the same."""
    return id(node.entries) if isinstance(node, Listed) else id(node)
