"""How the database grows, as it is told and foretold, and when the operators hear of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdesk.documents.status import room_in_words
from watchdesk.model import DatabaseSize, SizeSample, SizeSamples
from watchdesk.notices.room import Outlook, disk_filling, outlook, too_large, trouble

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MB = 1_000_000
KEEP = 180 * DAY


def daily(*megabytes: float, until: datetime = NOW - DAY) -> Sequence[SizeSample]:
    """A sample a day, the last at `until`."""
    last = len(megabytes) - 1
    return [
        SizeSample(until - (last - place) * DAY, round(size * MB)) for place, size in enumerate(megabytes)
    ]


def seen(
    *megabytes: float, free: float | None = 900, age: timedelta = 200 * DAY, now: float | None = None
) -> Outlook:
    used = round((megabytes[-1] if now is None else now) * MB)
    size = DatabaseSize(used, used, None if free is None else round(free * MB))
    return outlook(daily(*megabytes), size, NOW - age, KEEP, NOW)


def test_it_grows_by_what_came_in_a_week_until_its_disk_is_full() -> None:
    found = seen(*range(1000, 1080, 10), now=1080)
    assert (found.per_week, found.full_in) == (70 * MB, 90 * DAY)
    assert found.level_in is None


def test_where_articles_are_not_as_old_yet_as_they_are_kept_it_levels_off_first() -> None:
    found = seen(*range(1000, 1080, 10), now=1080, age=150 * DAY)
    assert (found.level_in, found.level_at, found.full_in) == (30 * DAY, 1380 * MB, None)


def test_a_disk_that_is_full_before_that_is_told() -> None:
    found = seen(*range(1000, 1080, 10), now=1080, age=10 * DAY)
    assert (found.full_in, found.level_in) == (90 * DAY, None)


@pytest.mark.parametrize("last", [1000, 1000.9, 999, 960])
def test_where_as_much_goes_as_comes_it_does_not_grow(last: float) -> None:
    found = seen(*[1000] * 7, now=last)
    assert found.per_week is not None and not found.grows
    assert found.full_in is found.level_in is None


def test_of_a_server_nobody_knows_when_its_disk_is_full() -> None:
    found = seen(*range(1000, 1080, 10), now=1080, free=None)
    assert (found.grows, found.full_in) == (True, None)


@pytest.mark.parametrize("samples", [[], [SizeSample(NOW - DAY / 2, MB)], [SizeSample(NOW + DAY, MB)]])
def test_what_was_watched_for_less_than_a_day_is_not_foretold(samples: Sequence[SizeSample]) -> None:
    assert outlook(samples, DatabaseSize(9 * MB, 9 * MB, MB), NOW, KEEP, NOW).per_week is None


def test_what_was_before_it_was_made_smaller_does_not_count() -> None:
    found = seen(2000, 2010, 2020, 1000, 1010, 1020, 1030, now=1040)
    assert found.per_week == 70 * MB


def watched(history: Sequence[float]) -> Sequence[SizeSample]:
    """As the samples are kept, of a size in megabytes for each hour until now."""
    found = SizeSamples()
    for place, size in enumerate(history):
        found = found.with_one(NOW - (len(history) - 1 - place) * HOUR, round(size * MB))
    return found.samples


def test_growth_after_it_was_made_smaller_slowly_is_foretold() -> None:
    history = [10_000.0] * 200 + [10_000.0 - 250 * hour for hour in range(16)]
    history += [6_000 + 700 / 24 * hour for hour in range(31)]
    size = DatabaseSize(10_000 * MB, round(history[-1] * MB), 500 * MB)
    found = outlook(watched(history), size, NOW - 200 * DAY, KEEP, NOW)
    assert found.watched == 30 * HOUR
    assert found.per_week == pytest.approx(4_900 * MB, rel=0.01)
    assert found.full_in is not None and 5 * DAY < found.full_in < 6 * DAY


@given(
    before=st.integers(1, 300),
    part=st.floats(0.15, 0.9),
    hours=st.integers(1, 100),
    daily=st.floats(0.005, 0.05),
    since=st.integers(24, 160),
    level=st.booleans(),
)
def test_the_pace_is_that_since_it_was_made_smaller_however_slowly(
    *, before: int, part: float, hours: int, daily: float, since: int, level: bool
) -> None:
    """`part` of it was removed in so many hours; it grew before, or not, and since by `daily` a day."""
    history = [10_000 * (1 if level else 1 - 0.0001 * (before - hour)) for hour in range(before)]
    least = 10_000 * (1 - part)
    history += [10_000 - 10_000 * part * hour / hours for hour in range(hours)]
    history += [least * (1 + daily * hour / 24) for hour in range(since + 1)]
    size = DatabaseSize(10**12, round(history[-1] * MB))
    found = outlook(watched(history), size, None, None, NOW)
    assert found.per_week is not None
    assert 0.5 <= found.per_week / (7 * daily * least * MB) <= 1.01


def test_while_it_is_made_smaller_there_is_no_pace() -> None:
    history = [10_000] * 100 + [10_000 - 50 * hour for hour in range(60)]
    size = DatabaseSize(10_000 * MB, round(history[-1] * MB), 500 * MB)
    assert outlook(watched(history), size, None, KEEP, NOW).per_week is None


def test_room_within_the_file_is_filled_first() -> None:
    size = DatabaseSize(total=2000 * MB, used=1080 * MB, free=0)
    found = outlook(daily(*range(1000, 1080, 10)), size, NOW - 200 * DAY, KEEP, NOW)
    assert found.full_in == 92 * DAY


@pytest.mark.parametrize(("free", "told"), [(130, True), (150, False)])
def test_the_operators_are_told_two_weeks_before(free: float, told: bool) -> None:
    found = list(disk_filling(seen(*range(1000, 1080, 10), now=1080, free=free)))
    assert bool(found) is told
    for cause in found:
        said = trouble(cause)
        assert said.cause == "database:filling"
        assert "full in about 13 days at this pace: it has 130 MB left" in said.sentence
        assert "grows by 70 MB a week" in said.sentence


def test_they_are_not_told_by_a_first_day_that_brought_all_there_was() -> None:
    assert not list(disk_filling(seen(0, 500, now=1000, free=100)))
    assert not list(disk_filling(None))


@given(st.lists(st.tuples(st.integers(-3_000, 200_000), st.integers(0, 10**12)), max_size=400))
def test_samples_are_few_and_in_order_whatever_the_clock_does(taken: list[tuple[int, int]]) -> None:
    found, now = SizeSamples(), NOW
    for minutes, used in taken:
        now += timedelta(minutes=minutes)
        found = found.with_one(now, used)
        times = [one.at for one in found.samples]
        assert times == sorted(set(times)) and times[-1] <= now and now - times[0] < 60 * DAY
        assert len(found.samples) <= 110


def test_of_two_months_a_sample_a_day_is_left_and_of_two_days_each_hour() -> None:
    found = SizeSamples()
    for hour in range(24 * 70):
        found = found.with_one(NOW + timedelta(hours=hour), hour)
    now = NOW + timedelta(hours=24 * 70 - 1)
    ages = [now - one.at for one in found.samples]
    assert sum(age < 2 * DAY for age in ages) == 48
    assert 55 <= sum(age >= 2 * DAY for age in ages) <= 60


def test_a_size_to_keep_to_is_where_it_is_steady_if_that_comes_first() -> None:
    size = DatabaseSize(1080 * MB, 1080 * MB, 900 * MB)
    samples = daily(*range(1000, 1080, 10))
    found = outlook(samples, size, NOW - 200 * DAY, KEEP, NOW, 1200 * MB)
    assert (found.level_in, found.level_at, found.full_in) == (12 * DAY, 1200 * MB, None)
    assert room_in_words(found) == "1.1 GB, 70 MB a week, 12 days until it is steady at 1.2 GB by `keep`"
    sooner = outlook(samples, size, NOW - 175 * DAY, KEEP, NOW, 1200 * MB)
    assert sooner.level_at is not None and sooner.level_at < 1200 * MB


def test_it_is_steady_once_it_is_as_large_as_it_is_kept_to() -> None:
    size = DatabaseSize(1090 * MB, 1080 * MB, 900 * MB)
    still = outlook(daily(*[1080] * 8), size, NOW - 200 * DAY, KEEP, NOW, 1085 * MB)
    assert room_in_words(still) == "1.1 GB, steady at 1.1 GB by `keep`"
    growing = outlook(daily(*range(1000, 1080, 10)), size, NOW - 200 * DAY, KEEP, NOW, 1080 * MB)
    assert room_in_words(growing) == "1.1 GB, steady at 1.1 GB by `keep`"
    far = outlook(daily(*[1080] * 8), size, NOW - 200 * DAY, KEEP, NOW, 2000 * MB)
    assert room_in_words(far) == "1.1 GB, hardly more than before"


def test_where_what_may_go_has_gone_it_is_the_disk_that_ends_it() -> None:
    hourly = [SizeSample(NOW - n * HOUR, round((1080 - n / 24 * 10) * MB)) for n in range(8 * 24)]
    found = outlook(
        hourly, DatabaseSize(1080 * MB, 1080 * MB, 700 * MB), NOW - 200 * DAY, KEEP, NOW, 900 * MB
    )
    assert (found.over, found.level_in, found.is_steady) == (1080 * MB, None, False)
    assert room_in_words(found) == "1.1 GB, 70 MB a week, 70 days at this pace until its disk is full"


@pytest.mark.parametrize(("used", "hours", "told"), [(1030, 24, True), (1030, 12, False), (1010, 24, False)])
def test_a_size_that_is_exceeded_all_day_is_told(used: int, hours: int, told: bool) -> None:
    samples = [SizeSample(NOW - timedelta(hours=n), used * MB) for n in range(hours)]
    size = DatabaseSize(used * MB, used * MB, 900 * MB)
    causes = list(too_large(outlook(samples, size, NOW - 200 * DAY, KEEP, NOW, 1000 * MB)))
    assert len(causes) == told
    freeing = outlook(samples, size, NOW - 200 * DAY, KEEP, NOW, 1000 * MB, freeing=30 * MB)
    assert not list(too_large(freeing)), "what removed articles still take counts as free"
    assert all("lets it have 1.0 GB" in trouble(cause).sentence for cause in causes)


@pytest.mark.parametrize(
    ("days", "told"),
    [((1, 2), True), ((0.9, 1.9), True), ((7,), True), ((0.3,), False), ((9,), False), ((), False)],
)
def test_it_is_told_by_time_however_few_samples_there_are(days: Sequence[float], told: bool) -> None:
    samples = [SizeSample(NOW - one * DAY, 1030 * MB) for one in days]
    size = DatabaseSize(1030 * MB, 1030 * MB, 900 * MB)
    found = outlook(samples, size, NOW - 200 * DAY, KEEP, NOW, 1000 * MB)
    assert bool(list(too_large(found))) == told
    assert not found.is_steady


def test_what_fitted_within_the_day_is_not_told() -> None:
    samples = [SizeSample(NOW - hours * HOUR, size * MB) for hours, size in ((24, 1030), (9, 990))]
    found = outlook(samples, DatabaseSize(1030 * MB, 1030 * MB), NOW - 200 * DAY, KEEP, NOW, 1000 * MB)
    assert not list(too_large(found))
