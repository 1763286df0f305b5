"""The wait itself, against the law that it is to follow."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.examples import tries
from watchdesk.model import Rhythm, Source, SourceState
from watchdesk.scheduling.clocks import hours_of, shares
from watchdesk.scheduling.rates import Rates
from watchdesk.scheduling.waiting import ordinary_wait

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
SOURCE = Source("a", "http://e.org", fastest=timedelta(seconds=1), slowest=timedelta(days=3))
STEP = 1 / 720
"""Hours: five seconds, at most."""


def steady(rate: float) -> Rhythm:
    """Of a source that published at that rate, at any time alike, for months."""
    total = rate * 480
    return Rhythm(
        MONDAY,
        observed=480,
        watched=2_000,
        hours=(total / 24,) * 24,
        days=(total / 7,) * 7,
        minutes=(total / 12,) * 12,
    )


@pytest.mark.parametrize(("rate", "minutes"), [(1 / 16, 60), (0.25, 30), (1, 15), (4, 7.5), (9, 5)])
def test_at_a_steady_rate_the_wait_goes_with_the_root_of_it(rate: float, minutes: float) -> None:
    wait = ordinary_wait(SOURCE, SourceState("a", rhythm=steady(rate)), MONDAY)
    assert wait / timedelta(minutes=minutes) == pytest.approx(1, rel=0.02)


@pytest.mark.parametrize("window", [8, 20])
def test_what_a_quiet_source_publishes_in_five_days_fills_half_its_window(window: int) -> None:
    quiet = replace(steady(1 / 24), watched=9_000)
    state = SourceState("a", rhythm=quiet, window=window)
    wait = ordinary_wait(replace(SOURCE, every=timedelta(hours=8)), state, MONDAY)
    # As if it published as much in every hour of the wait.
    assert 120 * Rates(quiet).mean * (wait / timedelta(hours=1)) == pytest.approx(window / 2, rel=0.001)


def test_every_is_what_a_source_of_one_entry_an_hour_gets() -> None:
    for every in (timedelta(seconds=1), timedelta(minutes=5), timedelta(hours=6)):
        source = replace(SOURCE, every=every)
        wait = ordinary_wait(source, SourceState("a", rhythm=Rhythm(MONDAY)), MONDAY + timedelta(minutes=7))
        assert wait / every == pytest.approx(1)


@settings(max_examples=tries(30))
@given(st.integers(), st.floats(0, 40))
def test_the_entries_expected_until_the_poll_have_waited_for_the_budget(seed: int, recent: float) -> None:
    rng = random.Random(seed)
    uneven = Rhythm(
        MONDAY,
        observed=400,
        watched=2_000,
        recent=recent,
        hours=tuple(rng.choice((0, 0, 5, 40)) for _ in range(24)),
        days=tuple(rng.choice((0, 10, 60)) for _ in range(7)),
        minutes=tuple(rng.choice((0, 5, 50)) for _ in range(12)),
    )
    now = MONDAY + timedelta(minutes=rng.uniform(0, 10_000))
    wait = ordinary_wait(SOURCE, SourceState("a", rhythm=uneven), now)
    assert waited(Rates(uneven), hours_of(now), wait / timedelta(hours=1)) == pytest.approx(1 / 32, rel=0.05)


def waited(rates: Rates, start: float, hours: float) -> float:
    """Entry-hours, summed step by step."""
    total, step = 0.0, min(STEP, hours / 2_000)
    for number in range(round(hours / step)):
        at = start + (number + 0.5) * step
        hour = int(at)
        rate = rates.ahead(hour, start) * rates.slots[int((at - hour) * 12)]
        total += rate * step * (start + hours - at)
    return total


@given(st.floats(0, 10_000), st.floats(0, 500))
def test_every_hour_lies_in_one_cell_of_its_cycle(start: float, length: float) -> None:
    for cells, width in ((24, 1.0), (7, 24.0), (12, 1 / 12)):
        found = shares(start, start + length, cells, width)
        assert len(found) == cells
        assert sum(found) == pytest.approx(length, abs=1e-6)
        assert max(found) - min(found) <= width + 1e-6
