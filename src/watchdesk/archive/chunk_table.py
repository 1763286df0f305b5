"""Which place a short chunk of text has, found for many chunks at once: a hash table in numpy."""

import numpy as np
from numpy.typing import NDArray

_WORDS = 3
LONGEST = 8 * _WORDS
"""Bytes of a chunk that the table has."""
_FIRST_SLOTS = 12
"""Bits of the number of a slot, at first."""
_FACTORS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)
_LAST_FACTOR = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)
_MASKS = np.array([(1 << (8 * count)) - 1 for count in range(9)], np.uint64)

Numbers = NDArray[np.int64]


def words_of(raw: NDArray[np.uint8], begins: Numbers, sizes: Numbers) -> NDArray[np.uint64]:
    """Chunks as three numbers of eight bytes each."""
    everywhere = np.ndarray(len(raw) - 7, "<u8", raw.data, strides=(1,)).copy()
    words = np.empty((len(begins), _WORDS), np.uint64)
    for word in range(_WORDS):
        left = np.clip(sizes - 8 * word, 0, 8)
        words[:, word] = everywhere[begins + 8 * word] & _MASKS[left]
    return words


class ChunkTable:
    """Short chunks, as numbers, with their places."""

    def __init__(self) -> None:
        self._resize(_FIRST_SLOTS)

    def by_place(self, count: int) -> NDArray[np.uint64]:
        """The chunks at the first places; anything where none is known."""
        words = np.empty((count, _WORDS), np.uint64)
        filled = self._places >= 0
        words[self._places[filled]] = self._slots[filled]
        return words

    def _hash(self, words: NDArray[np.uint64]) -> Numbers:
        mixed = words[:, 0] * _FACTORS[0]
        mixed ^= words[:, 1] * _FACTORS[1]
        mixed ^= words[:, 2] * _FACTORS[2]
        mixed ^= mixed >> _HALF
        mixed *= _LAST_FACTOR
        slots: Numbers = (mixed >> self._shift).astype(np.int64)
        return slots

    def find(self, words: NDArray[np.uint64]) -> Numbers:
        """The place of each chunk, or -1."""
        slots = self._hash(words)
        found = self._places.take(slots)
        there = self._slots.take(slots, axis=0)
        other = there[:, 0] != words[:, 0]
        other |= there[:, 1] != words[:, 1]
        other |= there[:, 2] != words[:, 2]
        other &= found >= 0
        open_ = np.flatnonzero(other)
        slots = slots[open_]
        while len(open_):
            slots = (slots + 1) & self._last_slot
            places = self._places[slots]
            same = (self._slots[slots] == words[open_]).all(axis=1)
            ended = same | (places < 0)
            found[open_[ended]] = places[ended]
            open_, slots = open_[~ended], slots[~ended]
        return found

    def _resize(self, bits: int) -> None:
        self._slots = np.zeros((1 << bits, _WORDS), np.uint64)
        self._places = np.full(1 << bits, -1, np.int64)
        self._shift = np.uint64(64 - bits)
        self._last_slot = (1 << bits) - 1
        self._filled = 0

    def insert(self, words: NDArray[np.uint64], places: Numbers) -> None:
        """Adds chunks, none of which is known."""
        bits = 64 - int(self._shift)
        if 2 * (self._filled + len(words)) > 1 << bits:
            known = self._places >= 0
            words, places = (
                np.concatenate((self._slots[known], words)),
                np.concatenate((self._places[known], places)),
            )
            while 2 * len(words) > 1 << bits:
                bits += 1
            self._resize(bits)
        self._filled += len(words)
        slots = self._hash(words)
        left = np.arange(len(words))
        while len(left):
            at = slots[left]
            free = self._places[at] < 0
            _, first = np.unique(at, return_index=True)
            chosen = np.zeros(len(left), np.bool_)
            chosen[first] = True
            chosen &= free
            put = left[chosen]
            self._slots[slots[put]] = words[put]
            self._places[slots[put]] = places[put]
            left = left[~chosen]
            slots[left] = (slots[left] + 1) & self._last_slot
