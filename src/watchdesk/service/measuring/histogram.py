"""Counters and histograms as Prometheus has them, without its client: they cost a lock and an addition."""

import threading
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import inf


class Counter:
    """Counts by the value of one label. Safe to use from many threads."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()

    def add(self, label: str, by: int = 1) -> None:
        """Counts so many more."""
        with self._lock:
            self._counts[label] = self._counts.get(label, 0) + by

    def add_all(self, labels: Iterable[str]) -> None:
        """Counts one more of each."""
        with self._lock:
            counts = self._counts
            for label in labels:
                counts[label] = counts.get(label, 0) + 1

    @property
    def counts(self) -> Mapping[str, int]:
        """By label; those never counted are left out."""
        with self._lock:
            return dict(self._counts)


@dataclass(frozen=True, slots=True)
class Observed:
    """What a histogram holds."""

    cumulative: tuple[tuple[float, int], ...]
    """For each bound how many values are at most that; the last bound is infinite."""
    total: float
    """The sum of all values."""

    @property
    def count(self) -> int:
        """How many values there are."""
        return self.cumulative[-1][1]

    def since(self, before: "Observed") -> "Observed":
        """What came after `before`, of the same histogram."""
        both = zip(self.cumulative, before.cumulative, strict=True)
        return Observed(
            tuple((bound, now - then) for (bound, now), (_, then) in both), self.total - before.total
        )

    def quantile(self, share: float) -> float | None:
        """The value below which this share of them is, as Prometheus' histogram_quantile estimates it.

        Beyond the last bound that is finite, that bound; None where there are no values.
        """
        if self.count == 0:
            return None
        rank, below, before = share * self.count, 0.0, 0
        for bound, count in self.cumulative:
            if count >= rank and count > before:
                return below if bound == inf else below + (bound - below) * (rank - before) / (count - before)
            below, before = (bound if bound != inf else below), count
        return below


class Histogram:
    """Counts values by size. Safe to use from many threads."""

    def __init__(self, bounds: Sequence[float]) -> None:
        """`bounds`: ascending; a value that equals one belongs to it, as Prometheus' `le` says."""
        self._bounds = (*bounds, inf)
        self._counts = [0] * len(self._bounds)
        self._total = 0.0
        self._lock = threading.Lock()

    def observe(self, value: float) -> None:
        """Counts a value; one below 0, as when a clock was put back, counts as 0."""
        self.observe_all((value,))

    def observe_all(self, values: Iterable[float]) -> None:
        """Counts several at once."""
        with self._lock:
            for value in values:
                at_least = max(value, 0.0)
                self._counts[bisect_left(self._bounds, at_least)] += 1
                self._total += at_least

    @property
    def observed(self) -> Observed:
        """As it is now."""
        with self._lock:
            counts, total = list(self._counts), self._total
        return Observed(tuple(zip(self._bounds, accumulate(counts), strict=True)), total)
