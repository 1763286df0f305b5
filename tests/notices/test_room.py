"""How the database grows, as it is told and foretold, and when the operators hear of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdesk.documents.status import room_in_words
from watchdesk.model import DatabaseSize, SizeKept, SizeSample, SizeSamples
from watchdesk.notices.room import Outlook, disk_filling, needed, outlook, too_large, trouble

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
    size = DatabaseSize(1080 * MB, 1080 * MB, 700 * MB)
    found = outlook(hourly, size, NOW - 200 * DAY, KEEP, NOW, 900 * MB, 1080 * MB)
    assert (found.level_in, found.is_steady) == (None, False)
    assert room_in_words(found) == (
        "1.1 GB, 1.1 GB of it in use: `keep` has 900 MB, and at least 1.2 GB are needed, 70 MB a week, "
        "70 days at this pace until its disk is full"
    )


def test_a_size_that_cannot_be_kept_to_is_told_with_one_that_can() -> None:
    size = DatabaseSize(1130 * MB, 1030 * MB, 900 * MB)
    coming_down = outlook(daily(*[1030] * 8), size, NOW - 200 * DAY, KEEP, NOW, 1000 * MB)
    assert not list(too_large(coming_down)), "what may go has not gone"
    assert room_in_words(coming_down) == (
        "1.1 GB, 1.0 GB of it in use: old articles go until that is 1.0 GB, as `keep` has it"
    )
    stays = outlook(daily(*[1030] * 8), size, NOW - 200 * DAY, KEEP, NOW, 1000 * MB, 1020 * MB)
    (cause,) = too_large(stays)
    assert "cannot be kept to 1.0 GB" in trouble(cause).sentence
    assert "Choose a size of at least 1.2 GB" in trouble(cause).sentence
    assert room_in_words(stays) == (
        "1.1 GB, 1.0 GB of it in use: `keep` has 1.0 GB, and at least 1.2 GB are needed"
    )


@pytest.mark.parametrize(
    ("least", "enough"), [(1_000_000, 1_100_000), (3_480_123, 3_900_000), (95, 110), (9_100, 11_000)]
)
def test_what_is_needed_is_a_tenth_more_than_it_took_in_two_figures(least: int, enough: int) -> None:
    assert needed(least) == enough


LATE = NOW + 61 * HOUR


def test_a_size_was_tried_for_two_days_before_it_is_called_too_small() -> None:
    first = SizeKept(900).larger(1000, NOW)
    assert first.least is None
    assert first.larger(1000, NOW + 58 * HOUR).least is None
    later = first.larger(1000, LATE)
    assert later.least == 1000
    assert later.larger(990, LATE).least == 1000
    assert later.larger(1010, LATE).least == 1010
    assert first.fits(899, NOW + HOUR).larger(1000, LATE).least is None, "it fitted meanwhile"


def test_a_size_that_was_changed_is_tried_anew() -> None:
    known = SizeKept(900, NOW, NOW).larger(1000, NOW).larger(1000, LATE)
    assert known.of(900) == known
    assert known.of(950) == SizeKept(950, NOW, NOW)


def test_what_fits_for_an_hour_is_not_kept_to_yet() -> None:
    known = SizeKept(900).larger(1000, NOW).larger(1000, LATE)
    once = known.fits(890, LATE + HOUR)
    assert once.least == 1000
    assert once.larger(1000, LATE + 2 * HOUR).fits(890, LATE + 50 * HOUR).least == 1000
    assert once.fits(890, LATE + 50 * HOUR).least is None
    assert known.fits(800, LATE + HOUR).least is None, "with room to spare"


def test_a_clock_that_was_ahead_does_not_count_as_a_day() -> None:
    ahead = SizeKept(900).larger(1000, NOW + 400 * DAY)
    assert ahead.larger(1000, NOW).least is None
    assert ahead.larger(1000, NOW).larger(1000, NOW + 3 * DAY).least == 1000


def test_what_articles_leave_is_kept_as_long_as_they_are_and_17_days_at_least() -> None:
    before = NOW - KEEP
    assert SizeKept(900).kept_from(before, NOW) == before
    for removed, kept in ((200, 180), (60, 60), (17, 17), (3, 17), (-100, 17)):
        known = SizeKept(900, NOW, NOW - removed * DAY)
        assert known.kept_from(before, NOW) == NOW - kept * DAY
