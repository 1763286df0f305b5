"""Schedules against a naive oracle that looks at every minute of the local calendar."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.examples import tries
from watchdesk.config.cron import CronSchedule

BRUSSELS = ZoneInfo("Europe/Brussels")
ZONES = ("UTC", "Europe/Brussels", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
NIGHTS = (date(2026, 3, 28), date(2026, 10, 24), date(2026, 3, 7), date(2026, 10, 31), date(2026, 4, 3))
"""Days before clocks change in one of the zones, where mistakes would be."""


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def next_in_brussels(schedule: str, moment: str) -> str:
    return CronSchedule.parse(schedule).next_after(utc(moment), BRUSSELS).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(
    ("schedule", "after", "fires"),
    [
        ("0 7 * * mon-fri", "2026-11-20T06:00", "2026-11-23T06:00"),  # Friday at seven → Monday at seven
        ("0 7 * * 0", "2026-11-23T00:00", "2026-11-29T06:00"),
        ("0 7 * * 7", "2026-11-23T00:00", "2026-11-29T06:00"),
        ("0 7 * * SUN", "2026-11-23T00:00", "2026-11-29T06:00"),
        ("0 7 * * friday-sunday", "2026-11-23T00:00", "2026-11-27T06:00"),
        ("0 7 * * fri-7", "2026-11-28T07:00", "2026-11-29T06:00"),
        ("*/20 9-10 * * *", "2026-11-23T08:40", "2026-11-23T09:00"),
        ("5,35 * * * *", "2026-11-23T08:05", "2026-11-23T08:35"),
        ("0 0 29 feb *", "2026-11-23T00:00", "2028-02-28T23:00"),
        ("@daily", "2026-11-23T12:00", "2026-11-23T23:00"),
        ("@hourly", "2026-11-23T12:00", "2026-11-23T13:00"),
        ("@weekly", "2026-11-23T12:00", "2026-11-28T23:00"),
        ("@yearly", "2026-11-23T12:00", "2026-12-31T23:00"),
    ],
)
def test_a_schedule_fires_next_where_crontab_says(schedule: str, after: str, fires: str) -> None:
    assert next_in_brussels(schedule, after) == fires


def test_with_both_day_fields_a_day_fires_when_one_of_them_fits() -> None:
    # 23 November 2026 is a Monday; the first Friday after it comes before the first of the month.
    assert next_in_brussels("0 12 1 * fri", "2026-11-23T12:00") == "2026-11-27T11:00"
    assert next_in_brussels("0 12 1 * fri", "2026-11-27T12:00") == "2026-12-01T11:00"


def test_with_a_star_in_one_day_field_the_other_decides() -> None:
    assert next_in_brussels("0 12 1 * *", "2026-11-23T12:00") == "2026-12-01T11:00"


def test_a_time_that_the_clock_skips_fires_once_when_the_gap_ends() -> None:
    schedule = CronSchedule.parse("30 2 * * *")
    firing = schedule.next_after(utc("2026-03-28T12:00"), BRUSSELS)
    assert firing == utc("2026-03-29T01:00")  # 03:00 summer time
    assert schedule.next_after(firing, BRUSSELS) == utc("2026-03-30T00:30")


def test_times_that_a_gap_moves_to_one_instant_are_one_firing() -> None:
    schedule = CronSchedule.parse("0,30 2,3 * * *")
    first = schedule.next_after(utc("2026-03-28T12:00"), BRUSSELS)
    assert (first, schedule.next_after(first, BRUSSELS)) == (utc("2026-03-29T01:00"), utc("2026-03-29T01:30"))


def test_a_time_that_the_clock_repeats_fires_at_its_first_occurrence_only() -> None:
    schedule = CronSchedule.parse("30 2 * * *")
    firing = schedule.next_after(utc("2026-10-24T12:00"), BRUSSELS)
    assert firing == utc("2026-10-25T00:30")  # still summer time
    assert schedule.next_after(firing, BRUSSELS) == utc("2026-10-26T01:30")


def test_the_latest_firing_is_at_or_before_the_moment() -> None:
    schedule = CronSchedule.parse("0 7 * * *")
    seven = utc("2026-11-24T06:00")
    just_before, long_ago = seven - timedelta(seconds=1), utc("2026-11-01T00:00")
    assert schedule.latest(seven, BRUSSELS, after=long_ago) == seven
    assert schedule.latest(just_before, BRUSSELS, after=long_ago) == seven - timedelta(days=1)


def test_there_is_no_latest_firing_that_is_not_later_than_the_last_one() -> None:
    seven = utc("2026-11-24T06:00")
    assert CronSchedule.parse("0 7 * * *").latest(seven + timedelta(hours=5), BRUSSELS, after=seven) is None


@pytest.mark.parametrize(
    "text",
    [
        *("", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8"),
        *(
            "a * * * *",
            "*/0 * * * *",
            "5-1 * * * *",
            "1,,2 * * * *",
            "-1 * * * *",
            "1- * * * *",
            "1.5 * * * *",
        ),
        *(
            "1.5 * * * *",
            "² * * * *",
            "* * * janvier *",
            "* * * * monkey",
            "@reboot",
            "0 0 30 2 *",
            "0 0 31 4,6,9,11 *",
        ),
    ],
)
def test_what_is_no_schedule_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        CronSchedule.parse(text)


@given(st.text(max_size=30) | st.text("0123456789*/-, abcdefnourtys@", max_size=30))
@settings(max_examples=tries(200))
def test_a_text_is_a_schedule_or_is_refused_in_words(text: str) -> None:
    try:
        CronSchedule.parse(text)
    except ValueError as error:
        assert "invalid literal" not in str(error)


fields = st.tuples(
    st.sampled_from(["0", "30", "*/20", "*", "15,45", "59", "0-10/5"]),
    st.sampled_from(["*", "2", "1-3", "0", "23", "*/6", "2,3", "7"]),
    st.sampled_from(["*", "*", "25", "29", "1-7", "*/2", "31"]),
    st.sampled_from(["*", "*", "3,10", "3-5", "mar-nov"]),
    st.sampled_from(["*", "*", "sun", "0", "7", "mon-fri", "6,7", "*/2"]),
).map(" ".join)


def allowed(field: str, low: int, high: int) -> set[int]:
    """Only what the fields above use, spelt out."""
    names = {"sun": "0", "mon": "1", "fri": "5", "mar": "3", "nov": "11"}
    values: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        first, last = names.get(first, first), names.get(last, last)
        begin, end = (low, high) if first == "*" else (int(first), int(last or first))
        values |= set(range(begin, end + 1, int(step or 1)))
    return values


@cache
def clock(zone: ZoneInfo, first: date, days: int) -> list[tuple[datetime, list[datetime]]]:
    """Each minute of UTC, with the local minutes that the clock reaches in it for the first time.

    None while an hour is repeated; sixty-one when an hour is skipped.
    """
    start = datetime.combine(first, datetime.min.time(), tzinfo=UTC)
    reached = start.astimezone(zone).replace(tzinfo=None)
    walk = []
    for number in range(1, days * 1440):
        instant = start + timedelta(minutes=number)
        local = instant.astimezone(zone).replace(tzinfo=None)
        fresh = [reached + timedelta(minutes=n + 1) for n in range((local - reached) // timedelta(minutes=1))]
        walk.append((instant, fresh))
        reached = max(reached, local)
    return walk


def firings(schedule: str, zone: ZoneInfo, first: date, days: int) -> list[datetime]:
    """Every minute of the days at which the clock reaches a local minute that fits."""
    texts = schedule.split()
    limits = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)]
    minutes, hours, monthdays, months, weekdays = (
        allowed(text, *limit) for text, limit in zip(texts, limits, strict=True)
    )
    weekdays = {day % 7 for day in weekdays}
    either = texts[2][0] != "*" and texts[4][0] != "*"

    def fits(local: datetime) -> bool:
        by_month, by_week = local.day in monthdays, local.isoweekday() % 7 in weekdays
        day_fits = (by_month or by_week) if either else (by_month and by_week)
        return local.minute in minutes and local.hour in hours and local.month in months and day_fits

    return [instant for instant, fresh in clock(zone, first, days) if any(fits(local) for local in fresh)]


@given(fields, st.sampled_from(ZONES), st.sampled_from(NIGHTS), st.integers(0, 2 * 1440))
@settings(max_examples=tries(40))
def test_it_fires_when_the_oracle_says(schedule: str, zone_name: str, night: date, minute: int) -> None:
    zone = ZoneInfo(zone_name)
    moment = datetime.combine(night, datetime.min.time(), tzinfo=UTC) + timedelta(minutes=minute)
    known = firings(schedule, zone, night - timedelta(days=2), days=7)
    later = [firing for firing in known if firing > moment]
    end = datetime.combine(night + timedelta(days=4), datetime.min.time(), tzinfo=UTC)
    fires = CronSchedule.parse(schedule).next_after(moment, zone)
    if later and later[0] < end:
        assert fires == later[0]
    else:
        assert fires >= end


@given(fields, st.sampled_from(ZONES), st.sampled_from(NIGHTS), st.integers(0, 2 * 1440))
@settings(max_examples=tries(60))
def test_the_latest_firing_is_the_one_that_nothing_follows(
    schedule: str, zone_name: str, night: date, minute: int
) -> None:
    zone = ZoneInfo(zone_name)
    moment = datetime.combine(night, datetime.min.time(), tzinfo=UTC) + timedelta(minutes=minute)
    cron = CronSchedule.parse(schedule)
    latest = cron.latest(moment, zone, after=moment - timedelta(days=3))
    if latest is None:
        assert cron.next_after(moment - timedelta(days=3), zone) > moment
    else:
        assert moment - timedelta(days=3) < latest <= moment < cron.next_after(latest, zone)
