"""When to poll next: watchdesk's own rule, and those it is measured against."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from pacing.publishers import Publisher, moment
from watchdesk.model import NotModified, Source, SourceState
from watchdesk.scheduling import believable, learned, next_poll

SOURCE = Source("publisher", "https://publisher.example/feed")
"""With the settings that a source has when nobody sets any: every 15 min, from 2 min to 12 h."""


@dataclass(frozen=True, slots=True)
class Poll:
    """What a poll found; entries by their number, times in seconds."""

    now: float
    last: float | None
    """The poll before; None at the first."""
    first: int
    """The oldest entry of the document that is new."""
    until: int
    """The first that is not published yet."""
    gap: bool

    @property
    def new(self) -> int:
        return self.until - self.first


class Schedule(Protocol):
    """One publisher's schedule."""

    def after(self, poll: Poll) -> float:
        """Seconds from the start to the next poll."""


Maker = Callable[[Publisher, random.Random], Schedule]


class Fixed:
    """Always after so many seconds."""

    def __init__(self, interval: float) -> None:
        self._interval = interval

    def after(self, poll: Poll) -> float:
        return poll.now + self._interval


class Exponential:
    """The wait grows by half when nothing is new, and is halved when something is."""

    def __init__(self) -> None:
        self._wait = SOURCE.every.total_seconds()

    def after(self, poll: Poll) -> float:
        wait = self._wait * (0.5 if poll.new else 1.5)
        self._wait = min(max(wait, SOURCE.fastest.total_seconds()), SOURCE.slowest.total_seconds())
        return poll.now + self._wait


class Own:
    """watchdesk's, called as the service calls it: learn, then ask for the next poll."""

    def __init__(self, publisher: Publisher, rng: random.Random) -> None:
        self._publisher = publisher
        self._rng = rng
        self._state = SourceState(SOURCE.id)

    def after(self, poll: Poll) -> float:
        now = moment(poll.now)
        since = None if poll.last is None else moment(poll.last)
        rhythm = learned(self._state.rhythm, self._arrivals(poll, since, now), since, now, gap=poll.gap)
        self._state = replace(
            self._state,
            rhythm=rhythm,
            window=min(self._publisher.window, poll.until),
            last_success=now,
            last_gap=now if poll.gap else self._state.last_gap,
        )
        due = next_poll(SOURCE, self._state, NotModified(), now, self._rng)
        return poll.now + (due - now).total_seconds()

    def _arrivals(self, poll: Poll, since: datetime | None, now: datetime) -> list[datetime]:
        told = [self._publisher.told(index, poll.now) for index in range(poll.first, poll.until)]
        if since is None:
            return [at for at in told if at is not None]
        return [believable(at, since, now) for at in told]


def fixed(interval: timedelta) -> Maker:
    """The same for all publishers."""
    return lambda _publisher, _rng: Fixed(interval.total_seconds())


def exponential(_publisher: Publisher, _rng: random.Random) -> Schedule:
    """A plain rule that many readers have."""
    return Exponential()


def openings(count: int, rng: random.Random) -> list[float]:
    """Seconds to each publisher's first poll: within an hour, so that no schedule is bound to the clock."""
    return [rng.uniform(0, 3600) for _ in range(count)]
