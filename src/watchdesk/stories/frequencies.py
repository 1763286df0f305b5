"""In how many articles of the last weeks each term is: the rarer, the more it says.

Recent days alone count, each less than the next: so the names of a running affair lose their weight, and
what sets one of its days apart from another keeps its own.
"""

import json
import math
import operator
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from watchdesk.rules.text.document_frequency import usual_frequencies
from watchdesk.stories.thresholds import COMMON, FEW, GENERAL, HALF_LIFE, TERM_DAYS


@dataclass(frozen=True, slots=True)
class TermDay:
    """A day that is over: how many articles it had, and in how many each term was."""

    day: int
    """Days since 1970."""
    articles: int
    counts: bytes

    @classmethod
    def of(cls, day: int, articles: Iterable[frozenset[str]]) -> "TermDay":
        """Counted from the terms of each article."""
        counts: dict[str, int] = {}
        number = 0
        for terms in articles:
            number += 1
            for term in terms:
                counts[term] = counts.get(term, 0) + 1
        return cls.counted(day, number, counts)

    @classmethod
    def counted(cls, day: int, number: int, counts: Mapping[str, int]) -> "TermDay":
        """Of so many articles, with the number of those that each term is in."""
        written = json.dumps(counts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return cls(day, number, zlib.compress(written.encode()))

    def term_counts(self) -> Mapping[str, int]:
        """By term."""
        found: dict[str, int] = json.loads(zlib.decompress(self.counts))
        return found


class Frequencies:
    """Of one day, and of those before it as they were on that day."""

    def __init__(self, day: int = 0, before: Iterable[TermDay] = ()) -> None:
        self.day = day
        self._articles = 0.0
        self._past = _Sums()
        self._today: Counter[str] = Counter()
        self._number = 0
        for past in sorted(before, key=lambda one: one.day):  # in one order: sums come out the same
            age = day - past.day
            if 0 < age <= TERM_DAYS:
                weight = 0.5 ** (age / HALF_LIFE)
                self._articles += weight * past.articles
                self._past.add(past.term_counts(), weight)

    def add(self, terms: frozenset[str]) -> None:
        """Counts an article of today."""
        self._number += 1
        self._today.update(terms)

    def remove(self, terms: frozenset[str]) -> None:
        """Takes it back."""
        self._number -= 1
        for term in terms:
            self._today[term] -= 1

    def closed(self) -> TermDay:
        """Its day as it is kept once the day is over."""
        counts = {term: count for term, count in self._today.items() if count}
        return TermDay.counted(self.day, self._number, counts)

    def rarities(self, terms: Iterable[str]) -> Mapping[str, float]:
        """The inverse document frequency of each: 0 for one in every article, more for a rarer one."""
        every = list(terms)
        # By maps: for each article, hundreds of terms are asked, and the calls would cost more than the sums.
        seen: Iterable[float] = map(self._today.get, every, repeat(0))
        if self._past:
            seen = map(operator.add, self._past.of(every), seen)
        counted = map(operator.add, seen, map(_general().get, every, repeat(1.0)))
        number = self._articles + self._number + GENERAL
        return dict(zip(every, map(math.log, map(operator.truediv, repeat(number), counted)), strict=True))

    def common_rarity(self) -> float:
        """The rarity below which a term is in so many articles that by itself it says nothing."""
        number = self._articles + self._number
        return math.log((number + GENERAL) / (max(FEW, COMMON * number) + 1.0))


class _Sums:
    """Weighted counts of terms, in a tenth of what a dictionary of them takes."""

    def __init__(self) -> None:
        self._hashes: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        """Of terms, in ascending order; no two share one in practice, for they have 64 bits."""
        self._sums: NDArray[np.float64] = np.empty(0, dtype=np.float64)

    def __bool__(self) -> bool:
        return len(self._hashes) > 0

    def add(self, counts: Mapping[str, int], weight: float) -> None:
        """Adds the counts of one day."""
        hashes = np.concatenate([self._hashes, hashes_of_terms(counts)])
        sums = np.concatenate([self._sums, weight * np.fromiter(counts.values(), np.float64, len(counts))])
        self._hashes, places = np.unique(hashes, return_inverse=True)
        self._sums = np.bincount(places, sums, len(self._hashes)).astype(np.float64, copy=False)

    def of(self, terms: Sequence[str]) -> list[float]:
        """Of each term; 0 for one that was not counted."""
        hashes = hashes_of_terms(terms)
        places = self._hashes.searchsorted(hashes)
        sums = self._sums.take(places, mode="clip")
        sums[self._hashes.take(places, mode="clip") != hashes] = 0.0
        found: list[float] = sums.tolist()
        return found


def hashes_of_terms(terms: Collection[str]) -> NDArray[np.int64]:
    """The hashes of terms as this process has them; those of another differ."""
    return np.fromiter(map(hash, terms), np.int64, len(terms))


@cache
def _general() -> Mapping[str, float]:
    """In how many articles of general news a term is, or the plural that it stands for, and one more.

    A term that is not in it is in none of them.
    """
    shares: dict[str, float] = {}
    for word, share in usual_frequencies().items():
        for term in {word, word.removesuffix("s")}:
            shares[term] = max(share, shares.get(term, 0.0))
    return {term: GENERAL * share + 1.0 for term, share in shares.items()}
