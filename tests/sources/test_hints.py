from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from watchdesk.sources.feeds.hints import hints_of, skips_in

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("ttl", "period", "frequency", "expected"),
    [
        (None, None, None, None),
        ("60", None, None, HOUR),
        (" 60\n", None, None, HOUR),
        ("60 minutes", None, None, HOUR),
        ("1e3", None, None, timedelta(minutes=1)),
        ("0", None, None, None),
        ("-60", None, None, None),
        ("soon", None, None, None),
        ("9" * 500, None, None, 365 * DAY),
        (None, "hourly", None, HOUR),
        (None, " Hourly ", "1", HOUR),
        (None, "hourly", "2", HOUR / 2),
        (None, "daily", "0", DAY),
        (None, None, "4", DAY / 4),
        (None, " ", "", None),
        (None, "weekly", "7", DAY),
        (None, "yearly", None, 365 * DAY),
        (None, "always", "2", None),
        ("30", "hourly", "1", HOUR),
        ("90", "hourly", "1", HOUR * 1.5),
    ],
)
def test_what_is_asked_for_is_read(
    ttl: str | None, period: str | None, frequency: str | None, expected: timedelta | None
) -> None:
    assert hints_of(ttl, period, frequency, (), ()).ttl == expected


def test_skipped_hours_and_days_are_read_in_sloppy_spellings_too() -> None:
    hints = hints_of(
        None, None, None, ["0", " 7", "23", "24", "25", "-1", "x"], ["Saturday", " SUN ", "Zonday"]
    )
    assert hints.skip_hours == {0, 7, 23}
    assert hints.skip_days == {5, 6}


def test_skipped_hours_and_days_are_found_in_the_document() -> None:
    body = b"""<rss version="2.0"><channel><title>t</title>
      <skipHours><hour>1</hour> <hour> 24 </hour></skipHours>
      <SkipDays><Day>Saturday</Day><day>Sunday</day></SkipDays>
      <item><title>The hour: <hour>5</hour></title></item></channel></rss>"""
    hours, days = skips_in(body)
    assert list(hours) == ["1", "24"]
    assert list(days) == ["saturday", "sunday"]


@pytest.mark.timeout(5)
@pytest.mark.parametrize("tag", [b"<skipHours>", b"<skipHours ", b"<skipHours><hour>", b"<skip"])
def test_a_hostile_document_is_read_quickly(tag: bytes) -> None:
    assert skips_in(tag * 500_000) is not None


@example(None, None, None, ["0\x1f"])
@given(st.none() | st.text(), st.none() | st.text(), st.none() | st.text(), st.lists(st.text()))
def test_nothing_is_too_odd_to_read(
    ttl: str | None, period: str | None, frequency: str | None, values: list[str]
) -> None:
    hints = hints_of(ttl, period, frequency, values, values)
    assert hints.ttl is None or timedelta(0) < hints.ttl <= 365 * DAY


@given(st.binary())
def test_no_document_is_too_odd_to_look_into(body: bytes) -> None:
    hours, days = skips_in(b"<skipDays>" + body)
    assert all(len(value) <= 40 for value in (*hours, *days))
