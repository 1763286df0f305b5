"""Made-up publishers with the rhythms of real ones, and what their feeds hold.

300 of them over 30 days from a Monday, of nine kinds (`KINDS`). Zones are spread over the world. Ordinary
ones publish at random by a rate that follows their day and week; bursts come without warning. Each was
publishing for 90 days before, so that its first document is full. One in ten has a clock or a habit of
dating that cannot be trusted; one in three has pages of older entries, from which a gap is filled later.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = 30
BEFORE = 90
"""Days of publishing before the first poll."""

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_ZONES = (-8, -5, -3, 0, 0, 1, 1, 1, 2, 3, 5.5, 8, 9, 10)


@dataclass(frozen=True, slots=True)
class Publisher:
    """One feed. Times are seconds from the start."""

    kind: str
    times: tuple[float, ...]
    """When entries appear in the feed, in order."""
    window: int
    """The newest entries that it holds."""
    dating: str
    """true; or none, ahead (by some hours, of a wrong zone), midnight (a day only), built (all dated now)."""
    pages: bool

    def told(self, index: int, now: float) -> datetime | None:
        """When the entry was published, as the document fetched at `now` says."""
        at = self.times[index]
        match self.dating:
            case "none":
                return None
            case "ahead":
                return moment(at + 3 * _HOUR)
            case "midnight":
                return moment(at // _DAY * _DAY)
            case "built":
                return moment(now)
            case _:
                return moment(at)


def moment(seconds: float) -> datetime:
    """That long after the start."""
    return START + timedelta(seconds=seconds)


def publishers(seed: int) -> Sequence[Publisher]:
    """All of them, the same for the same seed."""
    rng = random.Random(f"publishers {seed}")
    made = []
    for kind, (number, make) in KINDS.items():
        for _ in range(number):
            times, window = make(rng)
            dating = rng.choice(("none", "ahead", "midnight", "built")) if rng.random() < 0.1 else "true"
            made.append(Publisher(kind, tuple(sorted(times)), window, dating, rng.random() < 1 / 3))
    return made


Made = tuple[list[float], int]
Rate = Callable[[float], float]


def _newspaper(rng: random.Random) -> Made:
    """20 to 80 a day, nearly none at night, half as many at weekends."""
    return list(_random(rng, _waking(rng, rng.uniform(20, 80)))), rng.randint(20, 50)


def _blog(rng: random.Random) -> Made:
    """One in two days to five a day, by day."""
    return list(_random(rng, _waking(rng, rng.uniform(0.5, 5)))), rng.choice((10, 10, 15, 20))


def _weekly(rng: random.Random) -> Made:
    """One to three on some weekday, within half an hour or so of their hour."""
    first = rng.randrange(7) * _DAY + rng.uniform(6, 20) * _HOUR
    return [
        first + day * _DAY + rng.gauss(0, 20 * _MINUTE)
        for day in range(-BEFORE // 7 * 7, DAYS, 7)
        for _ in range(rng.randint(1, 3))
    ], 10


def _newsletter(rng: random.Random) -> Made:
    """One at its hour each working day, ten minutes sooner or later."""
    hour = rng.uniform(3, 20) * _HOUR
    days = (day for day in range(-BEFORE, DAYS) if day % 7 < 5)
    return [day * _DAY + hour + rng.gauss(0, 8 * _MINUTE) for day in days], rng.randint(10, 20)


def _cron(rng: random.Random) -> Made:
    """At a minute of every hour, mostly the first, what was written since: none to three."""
    minute = rng.choice((0, 0, 0, 0, 15, 30, rng.randrange(60))) * _MINUTE
    chance = rng.uniform(0.4, 1)
    return [
        hour * _HOUR + minute + rng.uniform(5, 90)
        for hour in range(-BEFORE * 24, DAYS * 24)
        if rng.random() < chance
        for _ in range(rng.randint(1, 3))
    ], rng.randint(20, 50)


def _wire(rng: random.Random) -> Made:
    """150 to 250 a day round the clock, busier by day, with bursts; a feed of 15 entries."""
    rate = _waking(rng, rng.uniform(120, 200), night=0.3, weekend=0.7)
    return [*_random(rng, rate), *_bursts(rng, apart=1.5, size=(8, 20), minutes=(20, 60))], 15


def _bursty(rng: random.Random) -> Made:
    """Two or three a day, and every few days many in less than an hour; a feed of 15 to 25 entries."""
    quiet = _random(rng, _waking(rng, rng.uniform(1, 4)))
    return [*quiet, *_bursts(rng, apart=4, size=(6, 25), minutes=(15, 60))], rng.choice((15, 20, 25))


def _dead(rng: random.Random) -> Made:
    """Nothing for at least a month."""
    last = rng.uniform(-BEFORE, -30) * _DAY
    return [last - number * rng.uniform(0.5, 3) * _DAY for number in range(10)], 10


def _changing(rng: random.Random) -> Made:
    """A newspaper that within the month begins to publish ten times as much, or a tenth."""
    less, more = _waking(rng, rng.uniform(3, 8)), _waking(rng, rng.uniform(30, 80))
    before, after = rng.choice(((less, more), (more, less)))
    change = rng.uniform(8, 22) * _DAY
    return list(_random(rng, lambda at: before(at) if at < change else after(at))), rng.randint(15, 30)


KINDS: dict[str, tuple[int, Callable[[random.Random], Made]]] = {
    "newspaper": (80, _newspaper),
    "blog": (50, _blog),
    "weekly": (25, _weekly),
    "newsletter": (25, _newsletter),
    "hourly cron": (30, _cron),
    "wire": (25, _wire),
    "bursty": (25, _bursty),
    "dead": (25, _dead),
    "changing": (15, _changing),
}


def _waking(rng: random.Random, a_day: float, night: float = 0.02, weekend: float = 0.5) -> Rate:
    """Entries a second of a desk that works from morning to evening in some zone."""
    zone, begins, ends = rng.choice(_ZONES), rng.uniform(5, 8), rng.uniform(18, 23)
    quiet = night * a_day / _DAY
    busy = (a_day - quiet * (24 - ends + begins) * _HOUR) / ((ends - begins) * _HOUR)

    def rate(at: float) -> float:
        local = at / _HOUR + zone
        part = weekend if local // 24 % 7 >= 5 else 1.0
        return part * (busy if begins <= local % 24 < ends else quiet)

    return rate


def _random(rng: random.Random, rate: Rate) -> Iterator[float]:
    """A Poisson process by thinning, in steps of an hour within which no rate rises by half."""
    for hour in range(-BEFORE * 24, DAYS * 24):
        at = hour * _HOUR
        most = max(rate(at), rate(at + _HOUR - 1)) or 1e-12
        while (at := at + rng.expovariate(most)) < (hour + 1) * _HOUR:
            if rng.random() * most <= rate(at):
                yield at


def _bursts(
    rng: random.Random, apart: float, size: tuple[int, int], minutes: tuple[int, int]
) -> Iterator[float]:
    """Bursts some days apart."""
    at = -BEFORE * _DAY
    while (at := at + rng.expovariate(1 / (apart * _DAY))) < DAYS * _DAY:
        length = rng.uniform(*minutes) * _MINUTE
        for _ in range(rng.randint(*size)):
            yield at + rng.random() * length
