"""The articles of the last 48 hours by their terms: which are about what a new one is about.

Postings are arrays that only grow; articles that are too old or taken back are left out where they are met,
and dropped once they are half of all.
"""

from array import array
from collections import defaultdict
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from watchdesk.stories.members import Member
from watchdesk.stories.thresholds import EVENT_WINDOW, LOSS_A_DAY

Scores = NDArray[np.float64]
Places = NDArray[np.int64]
_DAY = 86400.0
_PAIR = np.dtype("V8")
"""Place and weight."""
_WINDOW = EVENT_WINDOW.total_seconds()
_KEPT = _WINDOW * 1.5
_LEAST = 1000
"""Places from which it is worth while to drop old ones."""


class Events:
    """An index of terms. Each member knows its place in it, which changes when old ones are dropped."""

    def __init__(self) -> None:
        self._members: list[Member | None] = []
        self._seen = array("d")
        self._happened = array("d")
        self._postings: defaultdict[str, bytearray] = defaultdict(bytearray)
        """By term, place and weight of each article that has it, one pair of floats after the other."""

    def add(self, member: Member) -> None:
        """From now on it is found."""
        member.place = len(self._members)
        self._members.append(member)
        self._seen.append(member.seen)
        self._happened.append(member.happened)
        pairs = np.empty((len(member.vector_terms), 2), dtype=np.float32)
        pairs[:, 0] = member.place
        pairs[:, 1] = member.vector_weights
        postings = self._postings
        for term, pair in zip(member.vector_terms, pairs.view(_PAIR)[:, 0].tolist(), strict=True):
            postings[term] += pair

    def remove(self, member: Member) -> None:
        """Forgets it, if it is there."""
        if member.place >= 0:
            self._members[member.place] = None
            self._seen[member.place] = -np.inf
            member.place = -1

    def member(self, place: int) -> Member:
        """The one at a place that `near` found."""
        found = self._members[place]
        assert found is not None, "what is removed was seen at no time"
        return found

    def near(self, member: Member, common: Collection[str]) -> tuple[Places, Scores]:
        """The places of articles near to one, and how near every article is, by its place.

        `common`: terms that by themselves bring up no article. Only what was first seen within 48 hours of
        it is near.
        """
        size = len(self._members)
        rare: list[tuple[bytearray, float]] = []
        rest: list[tuple[bytearray, float]] = []
        find = self._postings.get
        for term, weight in zip(member.vector_terms, member.vector_weights.tolist(), strict=True):
            if posting := find(term):
                (rest if term in common else rare).append((posting, weight))
        if not rare:
            return np.empty(0, dtype=np.int64), np.zeros(size)
        postings, weights = zip(*rare, *rest, strict=True)
        pairs = np.frombuffer(b"".join(postings), dtype=np.float32).reshape(-1, 2)
        places = pairs[:, 0].astype(np.int64)
        lengths = [len(posting) // _PAIR.itemsize for posting in postings]
        factors = np.repeat(np.array(weights), lengths)
        scores: Scores = np.bincount(places, pairs[:, 1] * factors, size).astype(np.float64, copy=False)
        reached = np.zeros(size, dtype=np.bool_)
        reached[places[: sum(lengths[: len(rare)])]] = True
        scores[np.abs(np.frombuffer(self._seen) - member.seen) > _WINDOW] = 0.0
        scores -= np.abs(np.frombuffer(self._happened) - member.happened) * (LOSS_A_DAY / _DAY)
        np.maximum(scores, 0.0, out=scores)
        found: Places = (reached & (scores > 0.0)).nonzero()[0].astype(np.int64, copy=False)
        return found, scores

    def drop_before(self, now: float) -> Sequence[Member]:
        """Drops articles that are too old for one that is seen now, once half are; gives them back."""
        size, oldest = len(self._members), now - _KEPT
        if size < _LEAST or self._seen[size // 2] >= oldest:
            return ()
        every = [member for member in self._members if member]
        dropped = [member for member in every if member.seen < oldest]
        for member in dropped:
            member.place = -1
        self._members, self._seen, self._happened = [], array("d"), array("d")
        self._postings.clear()
        for member in every:
            if member.seen >= oldest:
                self.add(member)
        return dropped
