"""Which of two leaves stand near each other, asked for many of them at once."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_POSITION_BITS = 32
_POSITION = (1 << _POSITION_BITS) - 1

_MOST_AT_ONCE = 200_000
"""Looks in one go, so that an article of one word said ten thousand times takes time and no memory."""


class Bounds(NamedTuple):
    """Where the second of two leaves may begin, in words after the beginning of the first."""

    least: int
    most: int
    """Negative: before it."""
    gap_least: int
    gap_most: int
    """Where it may not begin in between; none where least is above most."""

    def turned(self) -> "Bounds":
        """Where the first may begin, in words after the beginning of the second."""
        return Bounds(-self.most, -self.least, -self.gap_most, -self.gap_least)


class Standing:
    """The leaves of an article and their positions, by leaf and position."""

    NOWHERE = -1
    """The place of a leaf that does not stand in the article."""

    def __init__(self, leaves: NDArray[np.int32], positions: NDArray[np.int64]) -> None:
        standing = leaves.astype(np.int64) << _POSITION_BITS | positions
        standing.sort()
        found = standing >> _POSITION_BITS
        begins = np.full(len(standing) + 1, len(standing) > 0)
        np.not_equal(found[1:], found[:-1], out=begins[1:-1])
        self._standing = np.append(standing, np.iinfo(np.int64).max)
        self._starts = np.flatnonzero(begins)
        """Where in `_standing` each leaf begins; and the end."""
        self.leaves = found[self._starts[:-1]]
        """Each once, rising."""
        self.numbers = np.arange(len(self.leaves), dtype=np.int32)

    @cached_property
    def where(self) -> Mapping[int, Sequence[int]]:
        """Leaf → its positions, rising."""
        positions = (self._standing[:-1] & _POSITION).tolist()
        starts = self._starts.tolist()
        leaves = self.leaves.tolist()
        return {
            leaf: positions[start:end] for leaf, (start, end) in zip(leaves, pairwise(starts), strict=True)
        }

    def near(
        self, firsts: NDArray[np.int32], seconds: NDArray[np.int32], bounds: NDArray[np.int32]
    ) -> NDArray[np.bool_]:
        """Whether each second leaf stands within its bounds of its first.

        `firsts` are places in `leaves`, or `NOWHERE`; `bounds` has the four of `Bounds` in each row.
        """
        starts = self._starts.take(firsts)
        counts = np.maximum(self._starts.take(firsts + 1) - starts, 0)  # none of what is nowhere
        looks = int(counts.sum())
        if looks > _MOST_AT_ONCE and len(firsts) > 1:
            middle = len(firsts) // 2
            parts = (slice(None, middle), slice(middle, None))
            return np.concatenate([self.near(firsts[part], seconds[part], bounds[part]) for part in parts])
        asked = np.arange(len(firsts)).repeat(counts)
        first_look = counts.cumsum() - counts
        places = self._standing.take((starts - first_look).take(asked) + np.arange(looks)) & _POSITION
        target = (seconds.astype(np.int64) << _POSITION_BITS).take(asked) + places
        found = np.zeros(len(firsts), np.bool_)
        found[asked.compress(self._stands(target, bounds.take(asked, 0)))] = True
        return found

    def _stands(self, target: NDArray[np.int64], bounds: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Whether something stands within the bounds of each target."""
        least, most, gap_least, gap_most = bounds.T
        standing = self._standing
        offset = standing.take(standing.searchsorted(target + least)) - target
        good: NDArray[np.bool_] = offset <= most
        doubtful = np.flatnonzero(good & (offset >= gap_least) & (offset <= gap_most))
        if len(doubtful):
            after = target[doubtful]
            offset = standing.take(standing.searchsorted(after + gap_most[doubtful] + 1)) - after
            good[doubtful] = offset <= most[doubtful]
        return good
