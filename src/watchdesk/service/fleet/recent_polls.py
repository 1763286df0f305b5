"""How a host has polled in the last minutes, as it tells the others with its heartbeat."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from watchdesk.service.measuring.histogram import Histogram, Observed

LATELY = 300.0
"""Seconds that count."""
_STEP = 10.0
"""Seconds between two looks that are kept."""


@dataclass(frozen=True, slots=True)
class Lately:
    """How it polled."""

    pace: float
    """Polls a second."""
    lateness_p50: float | None
    """Seconds after their time at which half of them had begun; None: there were none."""
    lateness_p99: float | None
    """The same of 99 in a hundred."""


class RecentPolls:
    """Looks at a histogram that only grows. For one thread at a time."""

    def __init__(self, lateness: Histogram, ticks: Callable[[], float] = time.monotonic) -> None:
        """`lateness`: of every poll that began since the start."""
        self._lateness, self._ticks = lateness, ticks
        self._kept: deque[tuple[float, Observed]] = deque([(ticks(), lateness.observed)])

    def lately(self) -> Lately:
        """Of the last five minutes, or since the start."""
        now, observed = self._ticks(), self._lateness.observed
        if now - self._kept[-1][0] >= _STEP:
            self._kept.append((now, observed))
        while len(self._kept) > 1 and self._kept[1][0] <= now - LATELY:
            self._kept.popleft()
        began, before = self._kept[0]
        found = observed.since(before)
        pace = found.count / max(now - began, 1.0)
        return Lately(pace, found.quantile(0.5), found.quantile(0.99))
