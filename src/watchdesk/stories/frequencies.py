"""In how many articles of the last weeks each term is: the rarer, the more it says.

Recent days alone count, each less than the next: so the names of a running affair lose their weight, and
what sets one of its days apart from another keeps its own.
"""

import json
import math
import operator
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import repeat

from watchdesk.rules.text.document_frequency import usual_frequency
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
        self._past: dict[str, float] = {}
        self._today: Counter[str] = Counter()
        self._number = 0
        for past in sorted(before, key=lambda one: one.day):  # in one order: sums come out the same
            age = day - past.day
            if 0 < age <= TERM_DAYS:
                weight = 0.5 ** (age / HALF_LIFE)
                self._articles += weight * past.articles
                for term, count in past.term_counts().items():
                    self._past[term] = self._past.get(term, 0.0) + weight * count

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
        if len(_GENERAL) > _MOST_KNOWN:
            _GENERAL.clear()
        every = list(terms)
        # By maps: for each article, hundreds of terms are asked, and the calls would cost more than the sums.
        seen: Iterable[float] = map(self._today.get, every, repeat(0))
        if self._past:
            seen = map(operator.add, map(self._past.get, every, repeat(0.0)), seen)
        counted = map(operator.add, seen, map(_GENERAL.__getitem__, every))
        number = self._articles + self._number + GENERAL
        return dict(zip(every, map(math.log, map(operator.truediv, repeat(number), counted)), strict=True))

    def common_rarity(self) -> float:
        """The rarity below which a term is in so many articles that by itself it says nothing."""
        number = self._articles + self._number
        return math.log((number + GENERAL) / (max(FEW, COMMON * number) + 1.0))


_MOST_KNOWN = 20_000
"""Terms whose general frequency is remembered."""


class _General(dict[str, float]):
    """In how many articles of general news a term is, or the plural that it stands for; and one more."""

    def __missing__(self, term: str) -> float:
        found = self[term] = GENERAL * max(usual_frequency(term), usual_frequency(f"{term}s")) + 1.0
        return found


_GENERAL = _General()
