"""What a rhythm leads one to expect: entries an hour, at any coming hour. Pure.

A rate is a mean rate times a factor for the hour of the day, the day of the week and the minutes of the hour.
Each is a count over the time in which it was counted, with a Gamma prior: an unknown source publishes one
entry an hour at any time.
"""

import math

from watchdesk.model import Rhythm
from watchdesk.scheduling.clocks import SLOTS, hours_of, shares, weekday

MEMORY = 14 * 24 / math.log(2)
"""Hours in which a count decays to 1/e: half of it in two weeks."""

SURGE_MEMORY = 1.0
"""The same for `recent`, a burst."""

SPURT_MEMORY = 1 / 6
"""The same for `spurt`, what comes within minutes."""

PRIOR_RATE = 1.0
"""Entries an hour of an unknown source."""

_RATE_SHAPE = 0.5
"""How many entries the prior of the mean rate is worth; then those of an hour, a day, five minutes."""
_HOUR_SHAPE = 0.3
_DAY_SHAPE = 0.5
_SLOT_SHAPE = 0.5
_SURGE_SHAPE = 1.0
_SURGE_BOUNDS = (0.2, 20.0)

_EVEN_AFTER = 28 * 24.0
"""Hours after which every hour of the week has been observed for about the same time."""


class UsualRates:
    """The rates of a rhythm without its bursts. Few hours of a day are ever asked for."""

    __slots__ = ("_by_day", "_by_hour", "_rhythm", "mean")

    def __init__(self, rhythm: Rhythm) -> None:
        self._rhythm = rhythm
        count = sum(rhythm.hours)
        self.mean = (count + _RATE_SHAPE) / (rhythm.observed + _RATE_SHAPE / PRIOR_RATE)
        self._by_hour, self._by_day = _exposures(rhythm)

    def usual(self, hour: int) -> float:
        """Entries to expect in that hour, counted since 1970, by the rhythm alone."""
        clock, day, mean = hour % 24, weekday(hour), self.mean
        by_hour = (self._rhythm.hours[clock] + _HOUR_SHAPE) / (self._by_hour[clock] + _HOUR_SHAPE / mean)
        by_day = (self._rhythm.days[day] + _DAY_SHAPE) / (self._by_day[day] * mean + _DAY_SHAPE)
        return by_hour * by_day


class Rates(UsualRates):
    """The rates of a rhythm as they are now."""

    __slots__ = ("_surge", "lateness", "slots")

    def __init__(self, rhythm: Rhythm) -> None:
        super().__init__(rhythm)
        even = sum(rhythm.minutes) / SLOTS + _SLOT_SHAPE
        self.slots = [(n + _SLOT_SHAPE) / even for n in rhythm.minutes]
        """Each five minutes' rate, relative to the hour's mean rate; their mean is 1."""
        self.lateness = sum(f * (SLOTS - 0.5 - j) for j, f in enumerate(self.slots)) / SLOTS**2
        """Hours that an entry has waited, on average, at the end of the hour in which it came."""
        surge = (rhythm.recent + _SURGE_SHAPE) / (rhythm.foreseen + _SURGE_SHAPE)
        self._surge = min(max(surge, _SURGE_BOUNDS[0]), _SURGE_BOUNDS[1]) - 1

    def ahead(self, hour: int, now: float) -> float:
        """The same for the current or a coming hour, including what is left of a surge."""
        later = max(hour + 0.5 - now, 0.0)
        return self.usual(hour) * (1 + self._surge * math.exp(-later / SURGE_MEMORY))


def _exposures(rhythm: Rhythm) -> tuple[list[float], list[float]]:
    """How many hours each hour of the day and each day of the week was observed."""
    observed = rhythm.observed
    left = 1 - observed / MEMORY
    span = -MEMORY * math.log(left) if left > 1e-9 else math.inf
    if span >= _EVEN_AFTER:
        return [observed / 24] * 24, [observed / 7] * 7
    end = hours_of(rhythm.until)
    kept = observed / span if span else 1.0
    by_hour = [part * kept for part in shares(end - span, end, 24, 1.0)]
    monday = end + 72  # 1970 began on a Thursday, three days after a Monday
    return by_hour, [part * kept for part in shares(monday - span, monday, 7, 24.0)]
