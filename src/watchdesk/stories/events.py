"""The articles of the last 48 hours by their terms: which are about what a new one is about.

Postings are arrays that only grow; articles that are too old or taken back are left out where they are met,
and dropped once they are half of all.
"""

from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from watchdesk.stories.members import Member, Weights
from watchdesk.stories.thresholds import EVENT_WINDOW, LOSS_A_DAY

Scores = NDArray[np.float64]
Places = NDArray[np.int64]
_DAY = 86400.0
_WINDOW = EVENT_WINDOW.total_seconds()
_KEPT = _WINDOW * 1.5
_LEAST = 1000
"""Places from which it is worth while to drop old ones."""


@dataclass(frozen=True, slots=True)
class _Posting:
    places: "array[int]"
    weights: "array[float]"


class Events:
    """An index of terms. Each member knows its place in it, which changes when old ones are dropped."""

    def __init__(self) -> None:
        self._members: list[Member | None] = []
        self._seen = array("d")
        self._happened = array("d")
        self._postings: dict[str, _Posting] = {}

    def add(self, member: Member) -> None:
        """From now on it is found."""
        member.place = len(self._members)
        self._members.append(member)
        self._seen.append(member.seen)
        self._happened.append(member.happened)
        for term, weight in zip(member.vector_terms, member.vector_weights.tolist(), strict=True):
            posting = self._postings.get(term)
            if posting is None:
                posting = self._postings[term] = _Posting(array("i"), array("f"))
            posting.places.append(member.place)
            posting.weights.append(weight)

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

    def near(
        self, terms: Sequence[str], weights: Weights, common: Collection[str], at: Member
    ) -> tuple[Places, Scores]:
        """The places of articles near to these terms, and how near every article is, by its place.

        `common`: those of the terms that bring up no article by themselves. `at`: the article that they
        are of; only what was first seen within 48 hours of it is near.
        """
        size = len(self._members)
        rare: list[tuple[_Posting, float]] = []
        rest: list[tuple[_Posting, float]] = []
        for term, weight in zip(terms, weights.tolist(), strict=True):
            if posting := self._postings.get(term):
                (rest if term in common else rare).append((posting, weight))
        scores = _summed(rare, size)
        reached = scores > 0.0
        if rest:
            scores = _summed([*rare, *rest], size)
        scores[np.abs(np.frombuffer(self._seen) - at.seen) > _WINDOW] = 0.0
        days = np.abs(np.frombuffer(self._happened) - at.happened) / _DAY
        scores *= np.maximum(0.0, 1.0 - LOSS_A_DAY * days)
        return np.flatnonzero(reached & (scores > 0.0)), scores

    def drop_before(self, now: float) -> Sequence[Member]:
        """Drops articles that are too old for one that is seen now, once half are; gives them back."""
        size, oldest = len(self._members), now - _KEPT
        if size < _LEAST or self._seen[size // 2] >= oldest:
            return ()
        every = [member for member in self._members if member]
        dropped = [member for member in every if member.seen < oldest]
        for member in dropped:
            member.place = -1
        self._members, self._seen, self._happened, self._postings = [], array("d"), array("d"), {}
        for member in every:
            if member.seen >= oldest:
                self.add(member)
        return dropped


def _summed(postings: Sequence[tuple[_Posting, float]], size: int) -> Scores:
    """By place, the sum of the products of weights; each place's in the order of the postings."""
    if not postings:
        return np.zeros(size)
    places = np.concatenate([np.frombuffer(posting.places, dtype=np.int32) for posting, _ in postings])
    products = np.concatenate(
        [
            np.frombuffer(posting.weights, dtype=np.float32) * np.float64(weight)
            for posting, weight in postings
        ]
    )
    return np.bincount(places, products, size).astype(np.float64, copy=False)
