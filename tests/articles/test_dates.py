"""Dates: each form read exactly, and what cannot be true counts as absent."""

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdesk.articles.dates import best_date, read_date
from watchdesk.articles.written_dates import is_stamp
from watchdesk.model import PublishedKnown

NOW = datetime(2025, 11, 24, 12, 0, tzinfo=UTC)
KYIV = ZoneInfo("Europe/Kyiv")
EXACT, ASSUMED, DAY = PublishedKnown.EXACT, PublishedKnown.ZONE_ASSUMED, PublishedKnown.DAY


@pytest.mark.parametrize(
    ("written", "expected", "known"),
    [
        ("Wed, 12 Feb 2025 07:38:00 +0100", "2025-02-12T06:38", EXACT),
        ("Wed, 12 Feb 2025 07:38:00 CET", "2025-02-12T06:38", EXACT),
        ("Sat, 12 Jul 2025 07:38:00 BST", "2025-07-12T06:38", EXACT),
        ("12 Feb 25 07:38 EST", "2025-02-12T12:38", EXACT),
        ("Feb. 12, 2025, 7:38 a.m. ET", "2025-02-12T12:38", EXACT),
        ("2025-02-12T07:38:00Z", "2025-02-12T07:38", EXACT),
        ("2025-02-12T07:38:00.123+02:00", "2025-02-12T05:38", EXACT),
        ("20250212T073800Z", "2025-02-12T07:38", EXACT),
        ("1739345880", "2025-02-12T07:38", EXACT),
        ("1739345880000", "2025-02-12T07:38", EXACT),
        ("2025-02-12T07:38:00", "2025-02-12T05:38", ASSUMED),
        ("Wed, 12 Feb 2025 07:38:00", "2025-02-12T05:38", ASSUMED),
        ("7:38 am - February 12, 2025", "2025-02-12T05:38", ASSUMED),
        ("9:05 PM – July 1, 2025", "2025-07-01T18:05", ASSUMED),
        ("12:10 am - February 12, 2025", "2025-02-11T22:10", ASSUMED),
        ("12.02.2025, 07:38", "2025-02-12T05:38", ASSUMED),
        ("12. Februar 2025, 07:38 Uhr", "2025-02-12T05:38", ASSUMED),
        ("12 лютого 2025, 07:38", "2025-02-12T05:38", ASSUMED),
        ("le 12 février 2025 à 07:38", "2025-02-12T05:38", ASSUMED),
        ("Wed, 12 Feb 2025 7:5:9 GMT", "2025-02-12T07:05:09", EXACT),
        ("12.02.2025, 7:5", "2025-02-12T05:05", ASSUMED),
        ("2025-02-12T7:5:9Z", "2025-02-12T07:05:09", EXACT),
        ("Wed, 12 Feb 2025 24:00:00 GMT", "2025-02-13T00:00", EXACT),
        ("2025-02-28T24:00:00Z", "2025-03-01T00:00", EXACT),
        ("31.12.2024, 24:00 Uhr", "2024-12-31T22:00", ASSUMED),
        ("Wed, 12 Feb 2025 07:38:00 Europe/Brussels", "2025-02-12T06:38", EXACT),
        ("12 July 2025, 7:38 am America/New_York", "2025-07-12T11:38", EXACT),
        ("2025-02-12T07:38:00[europe/brussels]", "2025-02-12T06:38", EXACT),
        ("2025-02-12T07:38:00+01:00[Europe/Brussels]", "2025-02-12T06:38", EXACT),
        ("2025-02-12 07:38:00 (America/Argentina/Buenos_Aires)", "2025-02-12T10:38", EXACT),
        ("2025-02-12", "2025-02-12T10:00", DAY),
        ("12.02.2025", "2025-02-12T10:00", DAY),
        ("February 12, 2025", "2025-02-12T10:00", DAY),
    ],
)
def test_a_date_is_read_as_it_is_meant(written: str, expected: str, known: PublishedKnown) -> None:
    published = read_date(written, KYIV, NOW)
    assert published.at == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert published.known is known


@pytest.mark.parametrize(
    "written",
    [
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "0001-01-01T00:00:00Z",
        "2099-01-01T00:00:00Z",
        "2025-11-24T12:11:00Z",
        "2025-02-31",
        "25:61 am - February 12, 2025",
        "3 hours ago",
        "Tuesday",
        "soon",
        "",
        None,
    ],
)
def test_a_date_that_cannot_be_true_or_read_is_absent(written: str | None) -> None:
    assert read_date(written, KYIV, NOW).known is PublishedKnown.ABSENT


def test_a_clock_ten_minutes_ahead_is_believed() -> None:
    assert read_date("2025-11-24T12:10:00Z", KYIV, NOW).known is EXACT


def test_an_abbreviation_that_several_zones_share_is_the_sources_own() -> None:
    written = "12 Feb 2025 07:38:00 IST"
    assert read_date(written, ZoneInfo("Asia/Jerusalem"), NOW).at == datetime(2025, 2, 12, 5, 38, tzinfo=UTC)
    assert read_date(written, UTC, NOW).at == datetime(2025, 2, 12, 2, 8, tzinfo=UTC)


def test_slashes_follow_the_sources_part_of_the_world() -> None:
    british = read_date("2/3/2025", ZoneInfo("Europe/London"), NOW).at
    american = read_date("2/3/2025", ZoneInfo("America/New_York"), NOW).at
    assert british is not None
    assert american is not None
    assert (british.month, american.month) == (3, 2)


def test_a_day_of_today_is_not_in_the_future() -> None:
    assert read_date("2025-11-24", ZoneInfo("America/Los_Angeles"), NOW).at == NOW


def test_a_later_date_makes_the_first_more_exact_only_if_it_agrees() -> None:
    agreeing = best_date(["2025-02-12", "2025-02-12T07:38:00Z"], (), UTC, NOW)
    other = best_date(["2025-02-12"], ["2025-03-01T07:38:00Z"], UTC, NOW)
    assert agreeing.at == datetime(2025, 2, 12, 7, 38, tzinfo=UTC)
    assert other.known is DAY


@pytest.mark.parametrize(
    ("stated", "printed", "modified", "expected"),
    [
        (["2025-02-12T00:00:00Z", "2025-02-12T07:38:00Z"], [], None, "2025-02-12T07:38"),
        (["2025-02-12T00:00:00Z"], [], None, "2025-02-12T00:00"),
        (["2025-02-12T07:38:00Z", "2025-02-12T07:38:00+02:00"], [], None, "2025-02-12T05:38"),
        (["2025-02-12T07:38:00Z", "2025-02-12T09:38:00+02:00"], [], None, "2025-02-12T07:38"),
        (["2025-02-14T07:38:00Z", "2025-02-12T06:00:00Z"], [], "2025-02-14T07:38:00Z", "2025-02-12T06:00"),
        (["2025-02-14T07:38:00Z", "2025-02-12T06:00:00Z"], [], None, "2025-02-14T07:38"),
        (["2025-02-14T07:38:00Z"], ["2025-02-12T06:00:00Z"], "2025-02-14T07:38:00Z", "2025-02-14T07:38"),
        (["2025-02-14T07:38:00Z", "2021-02-12T06:00:00Z"], [], "2025-02-14T07:38:00Z", "2025-02-14T07:38"),
        ([], ["12.02.2025", "12.02.2025, 07:38 Uhr"], None, "2025-02-12T07:38"),
    ],
)
def test_what_a_page_claims_of_its_date_is_weighed_together(
    stated: list[str], printed: list[str], modified: str | None, expected: str
) -> None:
    found = best_date(stated, printed, UTC, NOW, modified)
    assert found.at == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_a_sentence_with_a_date_is_no_stamp() -> None:
    assert is_stamp("7:38 am - February 12, 2025")
    assert not is_stamp("The war began on February 24, 2022")
    assert not is_stamp("March")


PRINTED = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parents[1] / "data/dates/printed.tsv").read_text("utf-8").splitlines()
]
"""Language, the form as printed, and the local time or day that it means, with an offset if it has a zone."""
PRINTED_BEFORE = datetime(2026, 11, 29, tzinfo=UTC)
NAIROBI = ZoneInfo("Africa/Nairobi")


@pytest.mark.parametrize(("language", "printed", "meant"), PRINTED)
def test_a_printed_date_is_read_in_any_language(language: str, printed: str, meant: str) -> None:
    published = read_date(printed, NAIROBI, PRINTED_BEFORE, language=language)
    assert published.at is not None
    if "T" not in meant:
        assert (f"{published.at.astimezone(NAIROBI):%Y-%m-%d}", published.known) == (meant, DAY)
        return
    at = datetime.fromisoformat(meant)
    assert published.at == (at if at.tzinfo else at.replace(tzinfo=NAIROBI))
    assert published.known is (EXACT if at.tzinfo else ASSUMED)


def test_the_table_of_printed_dates_has_the_languages_of_the_worlds_press() -> None:
    assert len(PRINTED) > 250
    assert len({language for language, _, _ in PRINTED}) > 50
    assert len(set(PRINTED)) == len(PRINTED)


@pytest.mark.parametrize(
    "text",
    [
        "November 2019",
        "2026",
        "26 Nov",
        "26 Nov 10 am",
        "26. Blah 2026",
        "30.02.2026",
        "1.2.3",
        "29 Shawwal 1447",
    ],
)
def test_a_text_without_a_whole_date_has_none(text: str) -> None:
    assert read_date(text, UTC, PRINTED_BEFORE).known is PublishedKnown.ABSENT


def test_reading_the_date_of_an_article_loads_no_library_for_dates() -> None:
    forms = [printed for _, printed, _ in PRINTED] + ["November 2019", "soon"]
    program = (
        "import sys; from datetime import UTC, datetime; from watchdesk.articles.dates import read_date\n"
        f"for form in {forms!r}: read_date(form, UTC, datetime.now(UTC))\n"
        "assert 'dateparser' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


_FRAGMENTS = (
    *(
        "26",
        "1",
        "2026",
        "11",
        ".",
        ",",
        "/",
        "-",
        ":",
        " ",
        "  ",
        "|",
        "of",
        "de",
        "at",
        "published",
        "à",
        "Mon",
    ),
    *(
        "Nov",
        "novembre",
        "listopada",
        "年",
        "月",
        "日",
        "ноября",
        "พ.ย.",
        "تشرين",
        "٢٦",
        "오후",
        "pm",
        "GMT",
        "+01:00",
    ),
)


@given(st.lists(st.sampled_from(_FRAGMENTS), max_size=150).map("".join) | st.text(max_size=300))
def test_no_text_costs_20_ms(text: str) -> None:
    for read in (lambda: read_date(text, KYIV, NOW), lambda: is_stamp(text)):
        assert min(_cost(read) for _ in range(3)) < 0.02


def _cost(read: Callable[[], object]) -> float:
    begun = time.process_time()
    read()
    return time.process_time() - begun


@given(
    st.text(max_size=120) | st.from_regex(r"\d{1,4}[-/. :]\d{1,4}[-/. :]\d{1,5}( \d\d:\d\d)?", fullmatch=True)
)
def test_no_text_breaks_the_reading_of_dates(text: str) -> None:
    published = read_date(text, KYIV, NOW)
    assert (published.at is None) == (published.known is PublishedKnown.ABSENT)
