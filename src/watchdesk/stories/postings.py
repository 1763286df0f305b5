"""Which members have a key, be it a term or a shingle, in a few bytes each.

Postings are sorted arrays in parts: a few large ones, and smaller ones for what came last. A key's postings
of one part are in the order in which their members came.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int32]
Weights = NDArray[np.float32]
Keys = NDArray[Any]
"""Whole numbers of one type."""

_GROWTH = 4
"""How many times as large as the next a part is at least."""
_NO_WEIGHTS: Weights = np.empty(0, dtype=np.float32)


class Found(NamedTuple):
    """The postings of some keys; those of one member are in the order of the keys."""

    number: NDArray[np.int64]
    """Of each posting, which of the keys asked for it is of."""
    places: Places
    weights: Weights
    """Empty where none are kept."""


class _Part(NamedTuple):
    keys: Keys
    """In ascending order."""
    places: Places
    weights: Weights


class Postings:
    """Keys → places of members, with weights or without."""

    def __init__(self) -> None:
        self._parts: list[_Part] = []
        """The largest first."""

    def add(self, places: Sequence[int], keys: Sequence[Keys], weights: Sequence[Weights] = ()) -> None:
        """Adds the keys of members, of each distinct and in ascending order.

        Their places ascend, and are greater than those of all before them.
        """
        if len(places) == 1:
            part = _Part(keys[0], np.full(len(keys[0]), places[0], np.int32), *(weights or [_NO_WEIGHTS]))
        else:
            every = np.concatenate(keys)
            order = every.argsort(kind="stable")
            repeated = np.repeat(np.array(places, np.int32), [len(one) for one in keys])
            weighed = np.concatenate(weights)[order] if weights else _NO_WEIGHTS
            part = _Part(every[order], repeated[order], weighed)
        if len(part.keys):
            self._parts.append(part)

    def merge(self, alive: NDArray[np.bool_]) -> None:
        """Merges the last parts until each is much larger than the next, without postings of dead places."""
        while len(self._parts) > 1 and len(self._parts[-2].keys) < _GROWTH * len(self._parts[-1].keys):
            last, before = self._parts.pop(), self._parts.pop()
            merged = _merged(_living(before, alive), _living(last, alive))
            if len(merged.keys):
                self._parts.append(merged)

    def renumber(self, new_places: Places) -> None:
        """Gives each place a new number, in the same order; below 0: it is dropped."""
        parts, self._parts = self._parts, []
        for part in parts:
            places = new_places[part.places]
            kept = places >= 0
            if kept.any():
                self._parts.append(_chosen(part, kept, places))

    def find(self, keys: Keys) -> Found:
        """The postings of the keys: part by part, and in each in the order of the keys."""
        found = [_found(part, keys) for part in self._parts]
        held = [one for one in found if len(one.number)]
        if not held:
            return _NOTHING
        return Found(
            np.concatenate([one.number for one in held]),
            np.concatenate([one.places for one in held]),
            np.concatenate([one.weights for one in held]),
        )


def _found(part: _Part, keys: Keys) -> Found:
    first = part.keys.searchsorted(keys, "left")
    held = (part.keys.take(first, mode="clip") == keys).nonzero()[0]
    if not len(held):
        return _NOTHING
    first = first[held]
    counts = part.keys.searchsorted(keys[held], "right") - first
    ends = counts.cumsum()
    # One run of numbers after the other, each from where the postings of its key begin.
    chosen = np.arange(ends[-1]) + np.repeat(first - (ends - counts), counts)
    weights = part.weights[chosen] if len(part.weights) else part.weights
    return Found(np.repeat(held, counts), part.places[chosen], weights)


def _living(part: _Part, alive: NDArray[np.bool_]) -> _Part:
    """A part without postings of dead places."""
    kept = alive[part.places]
    return part if kept.all() else _chosen(part, kept, part.places)


def _chosen(part: _Part, kept: NDArray[np.bool_], places: Places) -> _Part:
    weights = part.weights[kept] if len(part.weights) else part.weights
    return _Part(part.keys[kept], places[kept], weights)


def _merged(before: _Part, last: _Part) -> _Part:
    """Both in one. The last one is the smaller: sorting both together would take several times the memory."""
    of_last = before.keys.searchsorted(last.keys, "right")
    of_last += np.arange(len(of_last))
    is_before = np.ones(len(before.keys) + len(last.keys), dtype=np.bool_)
    is_before[of_last] = False
    is_weighted = all(len(part.weights) == len(part.keys) for part in (before, last))
    return _Part(
        _together(is_before, of_last, before.keys, last.keys),
        _together(is_before, of_last, before.places, last.places),
        _together(is_before, of_last, before.weights, last.weights) if is_weighted else _NO_WEIGHTS,
    )


def _together(
    is_before: NDArray[np.bool_], of_last: NDArray[np.int64], before: NDArray[Any], last: NDArray[Any]
) -> NDArray[Any]:
    found = np.empty(len(is_before), dtype=before.dtype)
    found[of_last] = last
    found[is_before] = before
    return found


_NOTHING = Found(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int32), _NO_WEIGHTS)
