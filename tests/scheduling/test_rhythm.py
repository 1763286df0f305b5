"""What a source's rhythm does to its polls, and how the rhythm is learned."""

import json
import math
import random
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdesk.model import Failed, Fetched, NotModified, Rhythm, Source, SourceState, Throttled, UpdateHints
from watchdesk.scheduling import believable, learned, next_poll
from watchdesk.store.state_mapping import state_of, state_row

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SOURCE = Source("a", "http://e.org")

moments = st.integers(-(10**9), 10**10).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
counts = st.floats(0, 1e4)


@st.composite
def rhythms(draw: st.DrawFn) -> Rhythm:
    """Any that could be stored, likely or not."""
    return Rhythm(
        until=MONDAY + draw(st.integers(0, 600_000)) * MINUTE,
        observed=draw(st.floats(0, 484)),
        watched=draw(counts),
        recent=draw(counts),
        foreseen=draw(counts),
        peak=draw(counts),
        spurt=draw(counts),
        steepest=draw(counts),
        ceiling=draw(st.floats(0, 168)),
        hours=tuple(draw(st.lists(counts, min_size=24, max_size=24))),
        days=tuple(draw(st.lists(counts, min_size=7, max_size=7))),
        minutes=tuple(draw(st.lists(counts, min_size=12, max_size=12))),
    )


def followed(
    times: Sequence[datetime], until: datetime, window: int = 100
) -> tuple[list[datetime], SourceState]:
    """Every poll of a publisher whose entries come at those times, first polled on that Monday."""
    rng, state, polls = random.Random(1), SourceState("a"), list[datetime]()
    since: datetime | None = None
    now, seen = MONDAY, 0
    while now < until:
        there = bisect_right(times, now)
        new = times[max(seen, there - window) : there]
        gap = since is not None and there - seen >= window
        state = replace(
            state,
            rhythm=learned(state.rhythm, new, since, now, gap=gap),
            window=min(window, there),
            gaps=state.gaps + gap,
        )
        polls.append(now)
        since, seen = now, there
        now = next_poll(SOURCE, state, NotModified(), now, rng)
    return polls, state


def between(moments: Sequence[datetime], start: datetime, end: datetime) -> list[datetime]:
    return [moment for moment in moments if start <= moment < end]


# --- when to poll


def test_a_source_of_which_nothing_is_known_is_polled_at_every() -> None:
    for state in (SourceState("a"), SourceState("a", rhythm=Rhythm(MONDAY))):
        wait = next_poll(SOURCE, state, Fetched(b"", "u"), MONDAY, random.Random(1)) - MONDAY
        assert SOURCE.every <= wait <= SOURCE.every * 1.1


def test_an_hourly_source_is_polled_within_minutes_of_its_minute_and_seldom_else() -> None:
    times = [MONDAY + hour * HOUR + 17 * MINUTE for hour in range(-48, 10 * 24)]
    polls, _ = followed(times, MONDAY + 10 * DAY)
    last = between(polls, MONDAY + 8 * DAY, MONDAY + 10 * DAY)
    delays = [min(poll - at for poll in polls if poll >= at) for at in between(times, last[0], last[-1])]
    assert max(delays) <= 6 * MINUTE
    assert len(last) < 2.6 * 48  # a fixed schedule that is as prompt needs 4 to 8 times as many


def test_a_quiet_night_is_slept_through() -> None:
    times = [MONDAY + day * DAY + hour * HOUR + 30 * MINUTE * half
             for day in range(-7, 14) for hour in range(7, 19) for half in (0, 1)]  # fmt: skip
    polls, _ = followed(times, MONDAY + 14 * DAY)
    day = MONDAY + 12 * DAY
    night = between(polls, day + 20 * HOUR, day + 30 * HOUR)
    office = between(polls, day + 8 * HOUR, day + 18 * HOUR)
    assert len(night) <= 10
    assert len(office) >= 4 * len(night)


def test_a_busy_source_is_polled_more_often_than_a_slow_one_and_a_dead_one_hardly() -> None:
    until = MONDAY + 14 * DAY
    polls = {}
    for name, apart in (("busy", 5 * MINUTE), ("slow", 12 * HOUR), ("dead", 1000 * DAY)):
        times = [MONDAY - 7 * DAY + apart * n for n in range(21 * DAY // apart)]
        polls[name] = len(between(followed(times, until)[0], until - 2 * DAY, until))
    assert polls["busy"] > 3 * polls["slow"] > 6 * polls["dead"]
    assert polls["dead"] <= 12


def test_a_source_is_trusted_to_sleep_only_after_it_was_watched() -> None:
    weekly = [MONDAY - week * 7 * DAY for week in range(1, 9)]
    polls, _ = followed(weekly, MONDAY + 4 * DAY)
    waits = [after - before for before, after in pairwise(polls)]
    assert max(waits[:10]) <= SOURCE.every * 1.1
    assert max(waits[-3:]) > 4 * HOUR


def test_a_short_feed_is_polled_before_it_rolls_over() -> None:
    rng = random.Random(3)
    times = sorted(
        MONDAY + day * DAY + rng.uniform(9, 17) * HOUR for day in range(-5, 10) for _ in range(120)
    )
    _, state = followed(times, MONDAY + 10 * DAY, window=10)
    assert state.gaps == 0


def test_who_once_published_in_a_burst_is_never_left_alone_for_so_long_that_another_is_lost() -> None:
    burst = [MONDAY + DAY + n * 2 * MINUTE for n in range(10)]
    _, state = followed([MONDAY - DAY, *burst], MONDAY + 9 * DAY, window=15)
    calm = replace(state, window=200)
    start = MONDAY + 9 * DAY
    short = next_poll(SOURCE, state, NotModified(), start, random.Random(1)) - start
    long = next_poll(SOURCE, calm, NotModified(), start, random.Random(1)) - start
    assert short <= 20 * MINUTE < long


def test_a_short_feed_is_not_left_alone_for_as_long_as_a_long_one() -> None:
    _, state = followed([MONDAY - n * 8.3 * HOUR for n in range(40, 0, -1)], MONDAY + 6 * DAY)
    now = MONDAY + 6 * DAY
    short, long = (
        next_poll(SOURCE, replace(state, window=window), NotModified(), now, random.Random(1)) - now
        for window in (10, 200)
    )
    assert short <= 45 * MINUTE < long


def test_a_gap_shortens_the_wait_sharply_and_is_forgotten_slowly() -> None:
    _, state = followed([MONDAY - n * 2.7 * DAY for n in range(20, 0, -1)], MONDAY + 9 * DAY)
    now = MONDAY + 9 * DAY
    since = now - 4 * HOUR
    before = learned(state.rhythm, [], since, now)
    after = learned(state.rhythm, [], since, now, gap=True)

    def wait(rhythm: Rhythm, at: datetime) -> timedelta:
        return next_poll(SOURCE, replace(state, rhythm=rhythm), NotModified(), at, random.Random(1)) - at

    assert wait(before, now) > 2.5 * HOUR
    assert wait(after, now) <= 1.1 * HOUR
    day_later = learned(after, [], now, now + DAY)
    assert wait(day_later, now + DAY) <= 2 * HOUR
    month_later = learned(day_later, [], now + DAY, now + 30 * DAY)
    assert wait(month_later, now + 30 * DAY) > 2.5 * HOUR


def test_what_changes_is_followed_within_hours() -> None:
    times = [MONDAY + n * 8 * HOUR for n in range(-30, 30)]
    times += [MONDAY + 10 * DAY + n * 4 * MINUTE for n in range(1, 60)]
    polls, _ = followed(sorted(times), MONDAY + 10 * DAY + 4 * HOUR)
    assert len(between(polls, MONDAY + 10 * DAY + 2 * HOUR, MONDAY + 10 * DAY + 4 * HOUR)) >= 15


@given(rhythms(), st.integers(0, 500), st.integers(0, 100_000), st.integers())
def test_after_a_good_answer_no_poll_is_sooner_than_fastest_or_later_than_slowest(
    rhythm: Rhythm, window: int, minutes: int, seed: int
) -> None:
    now = rhythm.until + (minutes - 1_000) * MINUTE
    state = SourceState("a", rhythm=rhythm, window=window)
    wait = next_poll(SOURCE, state, NotModified(), now, random.Random(seed)) - now
    assert SOURCE.fastest <= wait <= SOURCE.slowest


@given(rhythms(), st.integers(0, 2_000), st.integers(0, 2_000), st.integers())
def test_what_publishers_ask_for_is_obeyed_up_to_slowest(
    rhythm: Rhythm, age: int, ttl: int, seed: int
) -> None:
    state = SourceState("a", rhythm=rhythm, hints=UpdateHints(ttl=ttl * MINUTE))
    now = rhythm.until
    outcome = NotModified({"cache-control": f"max-age={age * 60}"})
    wait = next_poll(SOURCE, state, outcome, now, random.Random(seed)) - now
    told = min(ttl * MINUTE, timedelta(hours=rhythm.ceiling))  # a feed that loses entries is not believed
    assert wait >= min(max(age * MINUTE, told), SOURCE.slowest)
    assert wait <= SOURCE.slowest


@given(rhythms(), st.integers(0, 30), st.integers(0, 1_000), st.booleans())
def test_the_more_failures_the_longer_the_wait_up_to_a_day(
    rhythm: Rhythm, failures: int, seed: int, throttled: bool
) -> None:
    outcome = Throttled(503, 10 * MINUTE) if throttled else Failed("down")

    def wait(failures: int) -> timedelta:
        state = SourceState("a", rhythm=rhythm, failures=failures)
        return next_poll(SOURCE, state, outcome, rhythm.until, random.Random(seed)) - rhythm.until

    assert SOURCE.fastest <= wait(failures) <= wait(failures + 1) <= DAY
    assert not throttled or wait(failures) >= 10 * MINUTE


def test_settings_of_a_second_are_kept_while_a_source_is_young() -> None:
    hasty = replace(SOURCE, every=timedelta(seconds=1), fastest=timedelta(seconds=1))
    old = [MONDAY - n * DAY for n in range(1, 20)]
    rhythm, now, rng = learned(None, old, None, MONDAY), MONDAY, random.Random(1)
    for _ in range(10):
        due = next_poll(hasty, SourceState("a", rhythm=rhythm, window=20), NotModified(), now, rng)
        assert due - now <= timedelta(seconds=1.5)
        rhythm, now = learned(rhythm, [], now, due), due


def test_it_is_cheap_to_ask() -> None:
    _, state = followed([MONDAY - n * 5 * HOUR for n in range(40, 0, -1)], MONDAY + 6 * DAY)
    rng, asked = random.Random(1), 500
    start = process_time()
    for _ in range(asked):
        next_poll(SOURCE, state, NotModified(), MONDAY + 6 * DAY, rng)
    assert (process_time() - start) / asked < 0.001  # some 30 µs where nothing else runs


# --- what is learned


@given(st.lists(moments, max_size=50), st.integers(1, 10_000))
def test_every_entry_is_counted_once_by_hour_by_day_and_by_minutes(
    arrivals: list[datetime], minutes: int
) -> None:
    since, now = MONDAY, MONDAY + minutes * MINUTE
    rhythm = learned(Rhythm(MONDAY), arrivals, since, now)
    least = len(arrivals) * math.exp(-minutes / 60 / 484)
    for tally in (rhythm.hours, rhythm.days, rhythm.minutes):
        assert least * 0.999 <= sum(tally) <= len(arrivals) * 1.001
        assert sum(tally) == pytest.approx(sum(rhythm.hours))


@given(st.none() | rhythms(), st.lists(moments, max_size=20), st.none() | moments, moments, st.booleans())
def test_no_times_are_too_odd_to_learn_from(
    rhythm: Rhythm | None, arrivals: list[datetime], since: datetime | None, now: datetime, gap: bool
) -> None:
    after = learned(rhythm, arrivals, since, now, gap=gap)
    numbers = [*after.hours, *after.days, *after.minutes, after.observed, after.watched]
    numbers += [after.recent, after.foreseen, after.peak, after.spurt, after.steepest, after.ceiling]
    assert all(math.isfinite(number) and number >= 0 for number in numbers)
    assert (len(after.hours), len(after.days), len(after.minutes)) == (24, 7, 12)
    wait = (
        next_poll(SOURCE, SourceState("a", rhythm=after, window=5), NotModified(), now, random.Random(1))
        - now
    )
    assert SOURCE.fastest <= wait <= SOURCE.slowest


def test_what_a_gap_allows_is_doubled_in_two_days() -> None:
    gap = learned(Rhythm(MONDAY), [], MONDAY, MONDAY + 4 * HOUR, gap=True)
    later = learned(gap, [], MONDAY + 4 * HOUR, MONDAY + 52 * HOUR)
    assert later.ceiling == pytest.approx(2 * gap.ceiling)


def test_half_is_forgotten_in_two_weeks() -> None:
    rhythm = learned(Rhythm(MONDAY), [MONDAY + HOUR] * 8, MONDAY, MONDAY + HOUR)
    later = learned(rhythm, [], MONDAY + HOUR, MONDAY + HOUR + 14 * DAY)
    assert sum(later.hours) == pytest.approx(4)


def test_a_first_document_tells_of_the_time_that_it_spans() -> None:
    times = [MONDAY - n * 2 * HOUR for n in range(24)]
    rhythm = learned(None, times, None, MONDAY)
    assert sum(rhythm.hours) / rhythm.observed == pytest.approx(0.5, rel=0.03)
    assert rhythm.watched == 0


@pytest.mark.parametrize(
    "times",
    [
        [],
        [MONDAY] * 20,
        [MONDAY - 400 * DAY] * 20,
        [MONDAY + n * DAY for n in range(1, 20)],
        [MONDAY - n * HOUR for n in (1, 1, 2, 2, 3, 3, 4, 4)],
    ],
    ids=["none", "all of now", "all of one moment", "all to come", "every time twice"],
)
def test_a_first_document_without_believable_times_tells_nothing(times: list[datetime]) -> None:
    assert learned(None, times, None, MONDAY) == replace(Rhythm(MONDAY), observed=0.0)


def test_an_old_pinned_entry_does_not_make_a_busy_source_look_slow() -> None:
    times = [datetime(1970, 1, 1, tzinfo=UTC), *(MONDAY - n * HOUR for n in range(20))]
    rhythm = learned(None, times, None, MONDAY)
    assert sum(rhythm.hours) / rhythm.observed == pytest.approx(1, rel=0.1)


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (MONDAY + 20 * MINUTE, MONDAY + 20 * MINUTE),
        (MONDAY + HOUR, MONDAY + HOUR),
        (MONDAY, MONDAY + 30 * MINUTE),
        (MONDAY + 3 * HOUR, MONDAY + 30 * MINUTE),
        (datetime(1970, 1, 1, tzinfo=UTC), MONDAY + 30 * MINUTE),
        (None, MONDAY + 30 * MINUTE),
    ],
)
def test_a_time_is_believed_where_it_can_be_true(published: datetime | None, expected: datetime) -> None:
    assert believable(published, MONDAY, MONDAY + HOUR) == expected


def test_an_entry_of_unknown_time_is_counted_at_all_times_it_could_have_come() -> None:
    since, now = MONDAY + 22 * HOUR, MONDAY + 26 * HOUR
    rhythm = learned(Rhythm(since), [believable(None, since, now)], since, now)
    assert [hour for hour, count in enumerate(rhythm.hours) if count] == [0, 1, 22, 23]
    assert [day for day, count in enumerate(rhythm.days) if count] == [0, 1]
    assert max(rhythm.minutes) == pytest.approx(min(rhythm.minutes))


def test_entries_of_unknown_time_are_not_taken_for_a_burst() -> None:
    since, now = MONDAY, MONDAY + 8 * HOUR
    unknown = learned(Rhythm(since), [believable(None, since, now)] * 8, since, now)
    at_once = learned(Rhythm(since), [since + HOUR] * 8, since, now)
    assert unknown.peak < 2
    assert at_once.peak == pytest.approx(8)


@pytest.mark.parametrize("zone", [timezone(5.5 * HOUR), ZoneInfo("Europe/Brussels")], ids=str)
def test_no_zone_and_no_summer_time_makes_a_difference(zone: timezone | ZoneInfo) -> None:
    put_forward = datetime(2026, 3, 29, 1, tzinfo=UTC)
    times = [put_forward + n * 10 * MINUTE for n in range(-6, 6)]
    since, now = times[0] - HOUR, times[-1] + HOUR
    there: Callable[[datetime], datetime] = lambda moment: moment.astimezone(zone)  # noqa: E731 - a name for it
    assert learned(Rhythm(since), times, since, now) == learned(
        Rhythm(there(since)), [there(at) for at in times], there(since), there(now)
    )
    state = SourceState("a", rhythm=learned(Rhythm(since), times, since, now))
    due = next_poll(SOURCE, state, NotModified(), now, random.Random(1))
    assert due == next_poll(SOURCE, state, NotModified(), there(now), random.Random(1))


@given(rhythms())
def test_a_rhythm_is_stored_as_it_is(rhythm: Rhythm) -> None:
    row = json.loads(json.dumps(state_row(SourceState("a", rhythm=rhythm))["rhythm"], allow_nan=False))
    kept = state_of({**state_row(SourceState("a")), "rhythm": row}).rhythm
    assert kept == rhythm
    assert len(row["hours"]) + len(row["days"]) + len(row["minutes"]) + len(row) <= 56
