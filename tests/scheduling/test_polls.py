import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdesk.model import Failed, Fetched, FetchOutcome, Gone, NotModified, Source, SourceState, Throttled
from watchdesk.scheduling import GIVE_UP_AFTER, JITTER, LONGEST, GiveUp, first_polls, next_attempt, next_poll
from watchdesk.scheduling.attempts import FEWEST, MOST

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SOURCE = Source("a", "http://e.org", every=timedelta(minutes=15))
HOUR = timedelta(hours=1)


def wait(outcome: FetchOutcome, failures: int = 0) -> timedelta:
    state = SourceState("a", failures=failures)
    return next_poll(SOURCE, state, outcome, NOW, random.Random(1)) - NOW


@pytest.mark.parametrize(
    ("outcome", "failures", "expected"),
    [
        (Fetched(b"", "u"), 0, timedelta(minutes=15)),
        (NotModified(), 0, timedelta(minutes=15)),
        (Fetched(b"", "u"), 9, timedelta(minutes=15)),
        (Failed("down"), 0, timedelta(minutes=15)),
        (Failed("down"), 2, HOUR),
        (Failed("down"), 50, timedelta(days=1)),
        (Gone(), 0, timedelta(hours=12)),
        (Throttled(429, HOUR), 0, HOUR),
        (Throttled(503, None), 1, timedelta(minutes=30)),
        (Throttled(429, timedelta(days=400)), 0, timedelta(days=1)),
    ],
)
def test_the_wait_fits_what_happened(outcome: FetchOutcome, failures: int, expected: timedelta) -> None:
    assert expected * (1 - JITTER) <= wait(outcome, failures) <= expected * (1 + JITTER)


@given(st.integers(0, 10_000), st.sampled_from([Failed("x"), Fetched(b"", "u"), Throttled(429), Gone()]))
def test_no_poll_is_sooner_than_fastest(failures: int, outcome: FetchOutcome) -> None:
    assert wait(outcome, failures) >= SOURCE.fastest


def test_the_first_polls_begin_at_once_and_follow_in_a_row() -> None:
    due = first_polls(10, NOW, SOURCE.every, random.Random(1))
    assert due[0] == NOW
    assert list(due) == sorted(due)
    assert due[-1] <= NOW + timedelta(seconds=10)


@given(st.integers(1, 5_000), st.timedeltas(timedelta(seconds=1), timedelta(days=1)), st.integers())
def test_however_many_sources_there_are_all_are_polled_within_every(
    count: int, every: timedelta, seed: int
) -> None:
    due = first_polls(count, NOW, every, random.Random(seed))
    assert len(due) == count
    assert min(due) == NOW
    assert max(due) <= NOW + every


def test_what_a_receiver_asks_for_is_obeyed() -> None:
    due = next_attempt(1, NOW, NOW, random.Random(1), after=HOUR)
    assert isinstance(due, datetime)
    assert due >= NOW + HOUR


def test_a_delivery_is_tried_for_three_days_and_then_given_up() -> None:
    now, attempts, rng = NOW, 1, random.Random(3)
    waits = []
    while isinstance(due := next_attempt(attempts, NOW, now, rng), datetime):
        waits.append(due - now)
        now, attempts = due, attempts + 1
    assert isinstance(due, GiveUp)
    assert now == NOW + GIVE_UP_AFTER
    assert timedelta(seconds=4) < waits[0] < timedelta(seconds=6)
    assert max(waits) <= timedelta(hours=6) * (1 + JITTER)
    assert 20 < attempts < 40


def test_a_clock_that_was_put_forward_does_not_cost_a_delivery_its_attempts() -> None:
    later, rng = NOW + timedelta(days=400), random.Random(1)
    due = next_attempt(2, NOW, later, rng)
    assert isinstance(due, datetime)
    assert later < due < later + timedelta(minutes=1)
    assert isinstance(next_attempt(FEWEST, NOW, later, rng), GiveUp)


def test_a_delivery_that_seems_to_come_from_the_future_is_given_up_all_the_same() -> None:
    now, attempts, rng = NOW, 1, random.Random(3)
    laid = NOW + timedelta(days=400)
    while isinstance(due := next_attempt(attempts, laid, now, rng), datetime):
        now, attempts = due, attempts + 1
    assert NOW + GIVE_UP_AFTER <= now <= NOW + 2 * GIVE_UP_AFTER


def test_a_delivery_of_this_very_moment_is_not_given_up_however_often_it_was_tried() -> None:
    assert isinstance(next_attempt(MOST, NOW, NOW, random.Random(1)), datetime)
    assert isinstance(next_attempt(MOST, NOW + timedelta(seconds=1), NOW, random.Random(1)), GiveUp)
    assert isinstance(next_attempt(MOST - 1, NOW + timedelta(days=1), NOW, random.Random(1)), datetime)


@given(
    st.integers(1, 10_000),
    st.timedeltas(timedelta(days=-36_500), timedelta(days=36_500)),
    st.timedeltas(timedelta(0)),
)
def test_no_attempt_is_put_off_for_longer_than_the_longest(
    attempts: int, age: timedelta, after: timedelta
) -> None:
    due = next_attempt(attempts, NOW - age, NOW, random.Random(1), after)
    assert isinstance(due, GiveUp) or due <= NOW + LONGEST
