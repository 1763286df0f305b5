"""The articles of the last 48 hours by their terms: which are about what a new one is about.

Articles that are too old or taken back are left out where they are met; their places go once they are many.
"""

from array import array
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from watchdesk.stories.frequencies import hashes_of_terms
from watchdesk.stories.members import Member
from watchdesk.stories.postings import Postings
from watchdesk.stories.thresholds import EVENT_KEPT, EVENT_WINDOW, LOSS_A_DAY

Scores = NDArray[np.float64]
Places = NDArray[np.int64]
_DAY = 86400.0
_WINDOW = EVENT_WINDOW.total_seconds()
_KEPT = EVENT_KEPT.total_seconds()
_LEAST = 1000
"""Places from which it is worth while to number them anew."""
_MOST_GONE = 8
"""One in so many places is of an article that was dropped before all are numbered anew."""


class Events:
    """An index of terms. Each member knows its place in it, which changes when old ones are dropped."""

    def __init__(self) -> None:
        self._members: list[Member | None] = []
        self._seen = array("d")
        self._happened = array("d")
        self._postings = Postings()
        """By the hashes of terms, which no two terms share in practice: they have 64 bits."""
        self._gone = 0
        """Places of articles that were too old."""

    def add(self, *members: Member) -> None:
        """From now on they are found."""
        hashes, weights = [], []
        for place, member in enumerate(members, len(self._members)):
            member.place = place
            self._members.append(member)
            self._seen.append(member.seen)
            self._happened.append(member.happened)
            of_terms = hashes_of_terms(member.vector_terms)
            order = of_terms.argsort()
            hashes.append(of_terms[order])
            weights.append(member.vector_weights[order])
        self._postings.add([member.place for member in members], hashes, weights)
        self._postings.merge(np.frombuffer(self._seen) > -np.inf)

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
        terms, weights = member.vector_terms, member.vector_weights.astype(np.float64)
        is_common = np.fromiter((term in common for term in terms), np.bool_, len(terms))
        order = np.argsort(is_common, kind="stable")  # those that bring articles up first
        hashes, weights, brought_up = (
            hashes_of_terms(terms)[order],
            weights[order],
            len(terms) - is_common.sum(),
        )
        found = self._postings.find(hashes)
        reached = np.zeros(size, dtype=np.bool_)
        reached[found.places[found.number < brought_up]] = True
        if not reached.any():
            return np.empty(0, dtype=np.int64), np.zeros(size)
        summed = np.bincount(found.places, found.weights * weights[found.number], size)
        scores: Scores = summed.astype(np.float64, copy=False)
        scores[np.abs(np.frombuffer(self._seen) - member.seen) > _WINDOW] = 0.0
        scores -= np.abs(np.frombuffer(self._happened) - member.happened) * (LOSS_A_DAY / _DAY)
        np.maximum(scores, 0.0, out=scores)
        places: Places = (reached & (scores > 0.0)).nonzero()[0].astype(np.int64, copy=False)
        return places, scores

    def drop_before(self, now: float) -> Sequence[Member]:
        """Drops articles that are too old for one that is seen now, and gives them back."""
        seen = np.frombuffer(self._seen)
        old = ((seen < now - _KEPT) & (seen > -np.inf)).nonzero()[0].tolist()
        dropped = [self.member(place) for place in old]
        for member in dropped:
            self.remove(member)
        self._gone += len(dropped)
        if len(self._members) >= _LEAST and self._gone * _MOST_GONE > len(self._members):
            self._number_anew()
        return dropped

    def _number_anew(self) -> None:
        kept = [member for member in self._members if member]
        new_places = np.full(len(self._members), -1, dtype=np.int32)
        new_places[[member.place for member in kept]] = np.arange(len(kept), dtype=np.int32)
        self._postings.renumber(new_places)
        self._members = list(kept)
        self._seen = array("d", [member.seen for member in kept])
        self._happened = array("d", [member.happened for member in kept])
        for place, member in enumerate(kept):
            member.place = place
        self._gone = 0
