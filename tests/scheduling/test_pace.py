"""What is far below a source's usual pace, and what is a quiet night, a weekend or a busy desk's holiday."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from watchdesk.model import Rhythm
from watchdesk.scheduling import learned
from watchdesk.scheduling.pace import DAYS, LOOKED_BACK, fell_to, is_silent, missing, usual_in_days

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
Rate = Callable[[datetime], float]


def always(moment: datetime) -> float:
    """A wire."""
    return 3.0


def office(moment: datetime) -> float:
    """A ministry: 9 to 17, Monday to Friday."""
    return 1.5 if moment.weekday() < 5 and 9 <= moment.hour < 17 else 0.0


def daily(moment: datetime) -> float:
    """One each morning, but not on Sundays."""
    return 1.0 if moment.hour == 6 and moment.weekday() < 6 else 0.0


@dataclass
class Watched:
    """A source that is polled each hour, as its rhythm is learned from it."""

    rng: random.Random
    now: datetime = MONDAY
    rhythm: Rhythm | None = None
    last_new: datetime | None = None
    arrivals: list[datetime] = field(default_factory=list)

    def hours(self, number: int, rate: Rate) -> None:
        for _ in range(number):
            before, self.now = self.now, self.now + HOUR
            expected = rate(before)
            count = int(expected) + (self.rng.random() < expected % 1)
            came = sorted(before + HOUR * self.rng.uniform(0.01, 0.99) for _ in range(count))
            self.rhythm = learned(self.rhythm, came, before, self.now)
            self.arrivals += came
            self.last_new = self.now if came else self.last_new

    @property
    def lately(self) -> Sequence[datetime]:
        return [at for at in self.arrivals if at >= self.now - LOOKED_BACK]

    @property
    def is_silent(self) -> bool:
        assert self.rhythm
        assert self.last_new
        return is_silent(self.rhythm, self.last_new, self.now, self.lately)

    def fell(self, *, was_slow: bool = False) -> tuple[int, int] | None:
        assert self.rhythm
        if not usual_in_days(self.rhythm, self.now) and not was_slow:
            return None
        return fell_to(self.now, self.lately, was_slow=was_slow)

    def hours_until_silent(self, most: int) -> int | None:
        for number in range(most):
            if self.is_silent:
                return number
            self.hours(1, lambda _: 0.0)
        return None


@pytest.mark.parametrize(
    ("rate", "soonest", "latest"), [(always, 6, 9), (office, 24, 120), (daily, 12 * 24, 18 * 24)]
)
def test_a_source_that_falls_silent_is_found_by_its_own_measure(
    rate: Rate, soonest: int, latest: int
) -> None:
    source = Watched(random.Random(1))
    source.hours(5 * 168, rate)
    found = source.hours_until_silent(latest + 1)
    assert found is not None
    assert soonest <= found <= latest
    source.hours(48, lambda _: 0.0)
    assert source.is_silent  # for as long as nothing comes, whatever the rhythm has forgotten
    source.hours(1, lambda _: 1.0)
    assert not source.is_silent


@pytest.mark.parametrize("rate", [always, office, daily])
@pytest.mark.parametrize("seed", [1, 2])
def test_nights_weekends_and_chance_are_no_silence(rate: Rate, seed: int) -> None:
    source = Watched(random.Random(seed))
    for _ in range(6 * 168 // 7):
        source.hours(7, rate)
        if source.last_new:
            assert not source.is_silent, source.now
            assert source.fell() is None, source.now


def test_a_source_that_wavers_is_given_twice_its_longest_lull() -> None:
    source = Watched(random.Random(3))
    for pause in (120, 72, 160, 96):  # after a campaign of two days
        source.hours(48, lambda _: 4.0)
        source.hours(pause, lambda _: 0.0)
    source.hours(48, lambda _: 4.0)
    source.hours(7 * 24, lambda _: 0.0)
    assert not source.is_silent
    source.hours(14 * 24, lambda _: 0.0)
    assert source.is_silent


def test_a_young_source_is_silent_only_after_more_than_a_long_weekend() -> None:
    source = Watched(random.Random(4))
    source.hours(4 * 24, lambda moment: 2.0 if 8 <= moment.hour < 18 else 0.0)
    source.hours(3 * 24, lambda _: 0.0)
    assert not source.is_silent
    source.hours(2 * 24, lambda _: 0.0)
    assert source.is_silent


def test_a_pace_that_breaks_down_is_found_and_is_over_when_half_is_back_or_it_is_the_rule() -> None:
    source = Watched(random.Random(5))
    source.hours(5 * 168, always)
    source.hours(24, lambda _: 0.15)
    assert source.fell() is None
    source.hours(60, lambda _: 0.15)
    brought, usual = source.fell() or (999, 0)
    assert brought < 40
    assert 180 <= usual <= 240
    again = Watched(random.Random(6), source.now, source.rhythm, source.last_new, list(source.arrivals))
    again.hours(24, always)
    assert again.fell(was_slow=True) is not None  # a day of three
    again.hours(36, always)
    assert again.fell(was_slow=True) is None
    source.hours(5 * 168, lambda _: 0.15)
    assert source.fell(was_slow=True) is None


def test_nothing_is_missing_while_it_was_not_read() -> None:
    source = Watched(random.Random(7))
    source.hours(5 * 168, always)
    assert source.rhythm
    assert source.last_new
    assert missing(source.rhythm, source.last_new, source.last_new) == 0
    assert DAYS < LOOKED_BACK
