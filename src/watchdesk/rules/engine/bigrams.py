"""Two words next to each other: which of the pairs that rules ask for stand in an article.

All neighbours of an article are looked up at once in a table of bits that tells nearly all of those away
that no rule asks for; the few left are looked up one by one.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_ROOM = 8
"""Places of the table for each pair in it, at least: one look in eight is in vain."""

_FACTORS = 0x9E3779B1, 0x85EBCA77
"""Odd numbers with bits all over, so that neighbouring numbers are scattered."""

_WORD_BITS = 32


class Pairs:
    """Pairs of atoms, each with the number of its leaf."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self._table: NDArray[np.bool_] = np.zeros(1 << 10, np.bool_)

    def __bool__(self) -> bool:
        return bool(self._numbers)

    def get(self, left: int, right: int) -> int | None:
        """The leaf of a pair, if a rule asks for it."""
        return self._numbers.get(left << _WORD_BITS | right)

    def add(self, left: int, right: int, leaf: int) -> None:
        """Takes in a pair that is not there."""
        self._numbers[left << _WORD_BITS | right] = leaf
        if len(self._numbers) * _ROOM > len(self._table):
            self._table = self._spread(2 * len(self._table))
        else:
            words = np.array((left, right), np.int32)
            self._table[_places(words[:1], words[1:], len(self._table))] = True

    def found(self, words: NDArray[np.int32]) -> tuple[Sequence[int], Sequence[int]]:
        """Of the pairs that stand in a text: the place of the left word of each, and its leaf."""
        table, numbers = self._table, self._numbers
        likely = table.take(_places(words[:-1], words[1:], len(table))).nonzero()[0]
        lefts, rights = words.take(likely).tolist(), words.take(likely + 1).tolist()
        places: list[int] = []
        leaves: list[int] = []
        for place, left, right in zip(likely.tolist(), lefts, rights, strict=True):
            leaf = numbers.get(left << _WORD_BITS | right)
            if leaf is not None:
                places.append(place)
                leaves.append(leaf)
        return places, leaves

    def _spread(self, size: int) -> NDArray[np.bool_]:
        """A table of all pairs."""
        table = np.zeros(size, np.bool_)
        pairs = np.fromiter(self._numbers, np.int64, len(self._numbers))
        lefts, rights = pairs >> _WORD_BITS, pairs & ((1 << _WORD_BITS) - 1)
        table[_places(lefts.astype(np.int32), rights.astype(np.int32), size)] = True
        return table


def _places(lefts: NDArray[np.int32], rights: NDArray[np.int32], size: int) -> NDArray[np.uint32]:
    """Where pairs stand in a table of `size`, a power of two."""
    mixed = lefts.view(np.uint32) * np.uint32(_FACTORS[0]) + rights.view(np.uint32) * np.uint32(_FACTORS[1])
    return mixed >> np.uint32(33 - size.bit_length())
