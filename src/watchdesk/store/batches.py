"""Splits long lists of query parameters into parts."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")

AT_ONCE = 500
"""Keys in one query: both databases allow many more, with no gain."""


def batched(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """The items in order, in parts of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
