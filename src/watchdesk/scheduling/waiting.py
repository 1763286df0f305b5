"""How long to wait after a success, by a source's rhythm and its window. Pure.

The next poll is due when the entries expected by then will together have waited for a fixed budget of
entry-hours. At a steady rate r that is after √(2 · budget / r): for a given number of requests to many
sources, entries then wait the least.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchdesk.model import Rhythm, Source, SourceState
from watchdesk.scheduling.clocks import SLOTS, hours_of, in_hours
from watchdesk.scheduling.rates import PRIOR_RATE, SPURT_MEMORY, Rates

_TRUSTED = 12
"""A wait is at most this fraction of the time for which the source was observed, or `every`."""

_BUSY = 3.0
"""An ordinary publisher's busiest rate, relative to its mean rate."""

_SUDDEN = 15.0
"""Entries an hour that any publisher may suddenly publish, even if it never had a burst …"""

_SUDDEN_HOURS = 120.0
"""… but a quiet source no more than it usually publishes in this many hours."""

_FORGOTTEN = 1.5
"""What really came in ten minutes, relative to the highest count, which decays while it counts."""

_SMALL = 0.3
"""A burst of at most this share of the window does no harm."""


def ordinary_wait(source: Source, state: SourceState, now: datetime) -> timedelta:
    """How long to wait for the next poll, from `fastest` to `slowest`, without publishers' wishes."""
    rhythm = state.rhythm
    if rhythm is None:
        return source.every
    every, rates = in_hours(source.every), Rates(rhythm)
    longest = min(
        in_hours(source.slowest),
        max(every, rhythm.watched / _TRUSTED),
        rhythm.ceiling,
        _unburst(rhythm, rates.mean, state.window),
    )
    limits = _Limits(PRIOR_RATE * every**2 / 2, _bearable(state.window), hours_of(now) + longest)
    hours = _Wait(rates, hours_of(now)).until(limits)
    return min(max(timedelta(hours=hours), source.fastest), source.slowest)


def _unburst(rhythm: Rhythm, mean: float, window: int) -> float:
    """Hours in which a burst, whenever it begins, fills at most half the window.

    For a source that never had a burst, that is a burst that any source might have, or its busiest hour: if
    half the window has room for several such hours, more of them in a row are ever less likely. A source that
    once published much more in an hour than chance explains is expected to do so again, and for longer, at
    its steepest rate.
    """
    if not window:
        return math.inf
    room, busy = _room(window), _BUSY * mean
    chance = busy + 3 * math.sqrt(busy) + 2
    sudden = min(_SUDDEN, _SUDDEN_HOURS * mean)
    if rhythm.peak <= min(room, max(chance, _SMALL * window)):
        return min((room / max(rhythm.peak, 1e-6)) ** 2, room / sudden)
    return room * SPURT_MEMORY / max(_FORGOTTEN * rhythm.steepest, 1e-6)


def _bearable(window: int) -> float:
    """How many entries may be expected so that hardly ever more than half a window come.

    The difference is two standard deviations of a Poisson distribution.
    """
    return (math.sqrt(_room(window) + 1) - 1) ** 2 if window else math.inf


def _room(window: int) -> float:
    return max(window / 2, 1.0)


@dataclass(frozen=True, slots=True)
class _Limits:
    """The limits that end a wait."""

    budget: float
    """Entry-hours that all entries together may have waited."""
    most: float
    """Entries that may be expected."""
    end: float
    """The last moment, in hours since 1970."""


class _Wait:
    """A growing wait: how many entries are expected by its end, and how long they will have waited."""

    __slots__ = ("_at", "_expected", "_rates", "_start", "_waited")

    def __init__(self, rates: Rates, start: float) -> None:
        self._rates = rates
        self._start = self._at = start
        self._expected = self._waited = 0.0

    def until(self, limits: _Limits) -> float:
        """Hours to the first limit.

        Takes whole hours in one step, and steps of five minutes only where the wait may end.
        """
        while self._at < limits.end:
            hour = math.floor(self._at)
            rate = self._rates.ahead(hour, self._start)
            if self._at == hour and hour + 1 <= limits.end:
                expected = self._expected + rate
                waited = self._waited + self._expected + rate * self._rates.lateness
                if expected < limits.most and waited < limits.budget:
                    self._at, self._expected, self._waited = hour + 1.0, expected, waited
                    continue
            if self._ended_within(hour, rate, limits):
                break
        return self._at - self._start

    def _ended_within(self, hour: int, rate: float, limits: _Limits) -> bool:
        """Advances to the hour's end; True if the wait ended before it."""
        first = int((self._at - hour) * SLOTS)
        for slot in range(min(first, SLOTS - 1), SLOTS):
            till = min(hour + (slot + 1) / SLOTS, limits.end)
            here = rate * self._rates.slots[slot]
            left = self._left(here, limits)
            ended = left < till - self._at
            step = left if ended else till - self._at
            self._waited += self._expected * step + here * step**2 / 2
            self._expected += here * step
            self._at = self._at + step if ended else till
            if ended or till >= limits.end:
                return True
        return False

    def _left(self, rate: float, limits: _Limits) -> float:
        """Hours to go at that rate until the budget or the number of entries is reached."""
        missing = limits.budget - self._waited
        to_budget = 2 * missing / (self._expected + math.sqrt(self._expected**2 + 2 * rate * missing))
        return min(to_budget, (limits.most - self._expected) / rate)
