"""The articles of the last two weeks by their shingles: which hold the passages of a new one.

Postings are kept as sorted arrays, eight bytes each: a few large ones, and smaller ones for what came last.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from watchdesk.stories.members import Member
from watchdesk.stories.shingles import Hashes, fewer
from watchdesk.stories.thresholds import COPY_WINDOW, LEAST_HITS, MOST_ARTICLES

_WINDOW = COPY_WINDOW.total_seconds()
_PARTS = 4
"""How many times as large as the next a part is at least."""


@dataclass(frozen=True, slots=True)
class _Part:
    hashes: Hashes
    """In ascending order; of one shingle in several articles, by place."""
    places: NDArray[np.int32]


class Copies:
    """An index of shingles. An article's place in it is how many came before it."""

    def __init__(self) -> None:
        self._members: dict[int, Member] = {}
        self._place_of: dict[Member, int] = {}
        self._alive = bytearray()
        self._parts: list[_Part] = []
        """The largest first."""

    def __len__(self) -> int:
        return len(self._members)

    def add(self, member: Member) -> None:
        """From now on it is found."""
        place = len(self._alive)
        self._alive.append(True)
        self._members[place] = member
        self._place_of[member] = place
        if len(member.shingles):
            self._parts.append(_Part(member.shingles, np.full(len(member.shingles), place, dtype=np.int32)))
            self._merge()

    def remove(self, member: Member) -> None:
        """Forgets it, if it is there."""
        place = self._place_of.pop(member, None)
        if place is not None:
            del self._members[place]
            self._alive[place] = False

    def sharing(self, member: Member) -> Iterator[tuple[float, Member]]:
        """Articles that share passages with it, and which part of the shorter text that is."""
        found = self._found(member.shingles)
        if len(found) < LEAST_HITS:
            return
        places, hits = np.unique(found, return_counts=True)
        enough = hits >= LEAST_HITS
        for place, count in zip(places[enough].tolist(), hits[enough].tolist(), strict=True):
            other = self._members.get(place)
            if other is None or abs(member.seen - other.seen) > _WINDOW:
                continue
            every = max(member.every, other.every)
            shorter = min(fewer(member.shingles, every), fewer(other.shingles, every))
            yield count / shorter, other

    def drop_before(self, now: float) -> Sequence[Member]:
        """Drops what is too old for an article that is seen now, and what is too much; gives it back."""
        oldest = now - _WINDOW * 1.1
        old: list[Member] = []
        for member in self._members.values():  # in the order of their coming
            if member.seen >= oldest and len(self._members) - len(old) <= MOST_ARTICLES:
                break
            old.append(member)
        for member in old:
            self.remove(member)
        return old

    def _found(self, shingles: Hashes) -> NDArray[np.int32]:
        """The place of an article once for each of the shingles that it has."""
        found = [np.empty(0, dtype=np.int32)]
        for part in self._parts:
            first = part.hashes.searchsorted(shingles, "left")
            held = part.hashes.take(first, mode="clip") == shingles
            if not held.any():
                continue
            last = part.hashes.searchsorted(shingles[held], "right")
            spans = zip(first[held].tolist(), last.tolist(), strict=True)
            found += [part.places[start:end] for start, end in spans]
        return np.concatenate(found)

    def _merge(self) -> None:
        """Merges the last parts until each is much larger than the next: so there are few."""
        while len(self._parts) > 1 and len(self._parts[-2].hashes) < _PARTS * len(self._parts[-1].hashes):
            last, before = self._parts.pop(), self._parts.pop()
            hashes = np.concatenate([before.hashes, last.hashes])
            places = np.concatenate([before.places, last.places])
            kept = np.frombuffer(self._alive, dtype=bool)[places]
            order = np.argsort(hashes[kept], kind="stable")
            self._parts.append(_Part(hashes[kept][order], places[kept][order]))
