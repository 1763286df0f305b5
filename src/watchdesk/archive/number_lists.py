"""Many short lists of numbers in one array."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]


class Lists:
    """Lists of numbers, one after the other; a list by its place."""

    def __init__(self) -> None:
        self._flat = np.empty(1 << 12, np.int32)
        self._ends = np.zeros(1 << 10, np.int64)
        self.count = 0

    def add(self, lists: Sequence[Sequence[int]]) -> None:
        """Adds lists."""
        begin = int(self._ends[self.count])
        flat = np.array([one for each in lists for one in each], np.int32)
        self._flat = _room(self._flat, begin + len(flat))
        self._ends = _room(self._ends, self.count + len(lists) + 1)
        self._flat[begin : begin + len(flat)] = flat
        sizes = np.array([len(each) for each in lists], np.int64)
        self._ends[self.count + 1 : self.count + 1 + len(lists)] = begin + np.cumsum(sizes)
        self.count += len(lists)

    def only(self, places: Numbers, numbers: Numbers) -> "Lists":
        """The lists at these places. `numbers`: what each number is from now on."""
        found, sizes = self.of(places)
        kept = Lists()
        kept._flat = _room(kept._flat, len(found))
        kept._ends = _room(kept._ends, len(sizes) + 1)
        kept._flat[: len(found)] = numbers[found]
        kept._ends[1 : 1 + len(sizes)] = np.cumsum(sizes)
        kept.count = len(sizes)
        return kept

    def of(self, places: Numbers) -> tuple[Numbers, Numbers]:
        """The numbers in the lists at these places, and how many are in each."""
        begins, ends = self._ends[places], self._ends[places + 1]
        sizes = ends - begins
        shift = begins - (np.cumsum(sizes) - sizes)
        return self._flat[np.repeat(shift, sizes) + np.arange(int(sizes.sum()))].astype(np.int64), sizes


def _room(array: NDArray[Any], size: int) -> NDArray[Any]:
    """The array, or a longer one with what was in it."""
    if size <= len(array):
        return array
    longer = np.zeros(max(size, 2 * len(array)), array.dtype)
    longer[: len(array)] = array
    return longer
