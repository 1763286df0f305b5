"""Which members have a key, be it a term or a shingle, in a few bytes each.

Postings are sorted arrays in parts: a few large ones, and smaller ones for what came last. A key's postings
of one part are in the order in which their members came.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int32]
Weights = NDArray[np.float32]
Keys = NDArray[Any]
"""Whole numbers of one type."""

_GROWTH = 4
"""How many times as large as the next a part is at least."""
_NO_WEIGHTS: Weights = np.empty(0, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Found:
    """The postings of some keys in one part, key by key."""

    number: NDArray[np.int64]
    """Of each posting, which of the keys asked for it is of."""
    places: Places
    weights: Weights
    """Empty where none are kept."""


@dataclass(frozen=True, slots=True)
class _Part:
    keys: Keys
    """In ascending order."""
    places: Places
    weights: Weights


class Postings:
    """Keys → places of members, with weights or without."""

    def __init__(self) -> None:
        self._parts: list[_Part] = []
        """The largest first."""

    def add(self, place: int, keys: Keys, weights: Weights = _NO_WEIGHTS) -> None:
        """Adds a member's keys, which are distinct and in ascending order.

        Its place is greater than those of all before it.
        """
        if len(keys):
            self._parts.append(_Part(keys, np.full(len(keys), place, dtype=np.int32), weights))

    def merge(self, alive: NDArray[np.bool_]) -> None:
        """Merges the last parts until each is much larger than the next, without postings of dead places."""
        while len(self._parts) > 1 and len(self._parts[-2].keys) < _GROWTH * len(self._parts[-1].keys):
            last, before = self._parts.pop(), self._parts.pop()
            keys = np.concatenate([before.keys, last.keys])
            places = np.concatenate([before.places, last.places])
            weights = np.concatenate([before.weights, last.weights])
            kept = alive[places].nonzero()[0]
            order = kept[keys[kept].argsort(kind="stable")]  # quick: it finds two sorted runs
            if len(order):
                weights = weights[order] if len(weights) else weights
                self._parts.append(_Part(keys[order], places[order], weights))

    def renumber(self, new_places: Places) -> None:
        """Gives each place a new number, in the same order; below 0: it is dropped."""
        parts, self._parts = self._parts, []
        for part in parts:
            places = new_places[part.places]
            kept = (places >= 0).nonzero()[0]
            if len(kept):
                weights = part.weights[kept] if len(part.weights) else part.weights
                self._parts.append(_Part(part.keys[kept], places[kept], weights))

    def find(self, keys: Keys) -> Iterator[Found]:
        """Part by part, the postings of the keys that it has, in the order of the keys."""
        for part in self._parts:
            first = part.keys.searchsorted(keys, "left")
            held = (part.keys.take(first, mode="clip") == keys).nonzero()[0]
            if not len(held):
                continue
            first = first[held]
            counts = part.keys.searchsorted(keys[held], "right") - first
            ends = counts.cumsum()
            # One run of numbers after the other, each from where the postings of its key begin.
            chosen = np.arange(ends[-1]) + np.repeat(first - (ends - counts), counts)
            weights = part.weights[chosen] if len(part.weights) else part.weights
            yield Found(np.repeat(held, counts), part.places[chosen], weights)
