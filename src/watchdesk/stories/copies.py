"""The articles of the last two weeks by their shingles: which hold the passages of a new one."""

from collections.abc import Iterator, Sequence

import numpy as np

from watchdesk.stories.members import Member
from watchdesk.stories.postings import Postings
from watchdesk.stories.shingles import fewer
from watchdesk.stories.thresholds import COPY_WINDOW, LEAST_HITS, MOST_ARTICLES

_WINDOW = COPY_WINDOW.total_seconds()


class Copies:
    """An index of shingles. An article's place in it is how many came before it."""

    def __init__(self) -> None:
        self._members: dict[int, Member] = {}
        self._place_of: dict[Member, int] = {}
        self._alive = bytearray()
        self._postings = Postings()

    def __len__(self) -> int:
        return len(self._members)

    def add(self, *members: Member) -> None:
        """From now on they are found."""
        places = range(len(self._alive), len(self._alive) + len(members))
        self._alive += b"\1" * len(members)
        for place, member in zip(places, members, strict=True):
            self._members[place] = member
            self._place_of[member] = place
        self._postings.add(places, [member.shingles for member in members])
        self._postings.merge(np.frombuffer(self._alive, dtype=np.bool_))

    def remove(self, member: Member) -> None:
        """Forgets it, if it is there."""
        place = self._place_of.pop(member, None)
        if place is not None:
            del self._members[place]
            self._alive[place] = False

    def sharing(self, member: Member) -> Iterator[tuple[float, Member]]:
        """Articles that share passages with it, and which part of the shorter text that is."""
        found = self._postings.find(member.shingles).places
        if len(found) < LEAST_HITS:
            return
        places, hits = np.unique(found, return_counts=True)
        enough = hits >= LEAST_HITS
        for place, count in zip(places[enough].tolist(), hits[enough].tolist(), strict=True):
            other = self._members.get(place)
            if other is None or abs(member.seen - other.seen) > _WINDOW:
                continue
            every = max(member.every, other.every)
            shorter = min(fewer(member.shingles, every), other.shingles_of_one_in(every))
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
