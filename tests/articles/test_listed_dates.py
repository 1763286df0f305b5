"""Dates as listing pages print them, on Friday, 27 November 2026, at 12:00 UTC."""

import subprocess
import sys
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdesk.articles.listed_dates import is_readable, read_listed_date
from watchdesk.model import PublishedKnown

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
BRUSSELS = ZoneInfo("Europe/Brussels")
FORMS = {
    "en": {
        "2 hours ago": "2026-11-27T10:00",
        "2 hrs ago": "2026-11-27T10:00",
        "an hour ago": "2026-11-27T11:00",
        "just now": "2026-11-27T12:00",
        "moments ago": "2026-11-27T12:00",
        "5 min": "2026-11-27T11:55",
        "1h": "2026-11-27T11:00",
        "3d": "2026-11-24",
        "2w": "2026-11-13",
        "today": "2026-11-27",
        "yesterday": "2026-11-26",
        "Yesterday at 14:30": "2026-11-26T13:30",
        "Today, 9:15 am": "2026-11-27T08:15",
        "09:15": "2026-11-27T08:15",
        "18:30": "2026-11-26T17:30",
        "1 week ago": "2026-11-20",
        "last week": "2026-11-20",
        "2 months ago": "2026-09-27",
        "Friday": "2026-11-27",
        "Wednesday": "2026-11-25",
        "Nov 27": "2026-11-27",
        "27 Nov": "2026-11-27",
        "Fri 27 Nov": "2026-11-27",
        "28 Nov": "2025-11-28",
        "Posted on 26 Nov": "2026-11-26",
        "11/27/2026": "2026-11-27",
        "27/11/26": "2026-11-27",
        "2/3/26": "2026-03-02",
        "2026-11-25T07:38:00Z": "2026-11-25T07:38",
    },
    "en-US": {"2/3/26": "2026-02-03", "11/27/2026": "2026-11-27", "3/2/2026": "2026-03-02"},
    "de": {
        "gestern": "2026-11-26",
        "gestern, 10:15 Uhr": "2026-11-26T09:15",
        "heute, 09:00": "2026-11-27T08:00",
        "vor 3 Stunden": "2026-11-27T09:00",
        "27. November": "2026-11-27",
        "27.11.": "2026-11-27",
        "27.11.26": "2026-11-27",
        "yesterday": "2026-11-26",
    },
    "fr": {"il y a 2 heures": "2026-11-27T10:00", "hier": "2026-11-26", "27 novembre 2026": "2026-11-27"},
    "es": {"hace 3 horas": "2026-11-27T09:00", "ayer": "2026-11-26"},
    "it": {"ieri": "2026-11-26", "2 ore fa": "2026-11-27T10:00"},
    "nl": {"gisteren": "2026-11-26", "2 uur geleden": "2026-11-27T10:00"},
    "pl": {"wczoraj": "2026-11-26", "2 godziny temu": "2026-11-27T10:00", "27 LISTOPADA 2026": "2026-11-27"},
    "uk": {"вчора": "2026-11-26", "3 дні тому": "2026-11-24", "27 листопада 2026": "2026-11-27"},
    "zh": {"2026年11月27日": "2026-11-27", "11月26日": "2026-11-26", "3小时前": "2026-11-27T09:00"},
    "ar": {"١٢ نوفمبر ٢٠٢٦": "2026-11-12"},
    None: {"2 hours ago": "2026-11-27T10:00", "gestern": "2026-11-26", "wczoraj": "2026-11-26"},
}


@pytest.mark.parametrize(
    ("language", "text", "meant"),
    [(language, text, meant) for language, forms in FORMS.items() for text, meant in forms.items()],
)
def test_a_printed_date_is_read_in_the_language_of_its_page(
    language: str | None, text: str, meant: str
) -> None:
    found = read_listed_date(text, language, BRUSSELS, NOW)
    assert found is not None
    assert found.at is not None
    if "T" in meant:
        assert f"{found.at:%Y-%m-%dT%H:%M}" == meant
        assert found.known in (PublishedKnown.ZONE_ASSUMED, PublishedKnown.EXACT)
    else:
        assert (f"{found.at:%Y-%m-%d}", found.known) == (meant, PublishedKnown.DAY)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "in 2 hours"),
        ("en", "tomorrow"),
        ("en", "next week"),
        ("en", "3 December 2026"),
        ("de", "morgen"),
        ("fr", "demain"),
    ],
)
def test_a_time_that_lies_ahead_is_no_date_and_no_mistake(language: str, text: str) -> None:
    found = read_listed_date(text, language, BRUSSELS, NOW)
    assert found is not None
    assert found.at is None


@pytest.mark.parametrize(
    "text", ["soon", "Read more", "3 comments", "12", "2026", "May", "", "x" * 500, "31.02."]
)
def test_what_is_no_date_cannot_be_read(text: str) -> None:
    assert not is_readable(text, "en", BRUSSELS)


def test_the_first_date_costs_no_more_than_a_few_million_steps() -> None:
    program = (
        "import time; from datetime import UTC, datetime\n"
        "from watchdesk.articles.listed_dates import read_listed_date\n"
        "begun = time.process_time()\n"
        "read_listed_date('vor 3 Stunden', 'de', UTC, datetime.now(UTC))\n"
        "cost, begun = time.process_time() - begun, time.process_time()\n"
        "for _ in range(10_000_000): pass\n"
        "print(cost / (time.process_time() - begun))"
    )
    ratios = [
        float(subprocess.run([sys.executable, "-c", program], check=True, capture_output=True).stdout)
        for _ in range(3)
    ]
    assert min(ratios) < 1.5


_FRAGMENTS = (
    "1",
    "26",
    ".",
    ":",
    "-",
    " ",
    "h",
    "ago",
    "vor",
    "Stunden",
    "min",
    "Montag",
    "hier",
    "Nov",
    "am",
    "a few",
)


@given(
    st.lists(st.sampled_from(_FRAGMENTS), max_size=40).map("".join) | st.text(max_size=70),
    st.sampled_from(["en", "de", "zh-TW", None]),
)
def test_no_text_costs_20_ms(text: str, language: str | None) -> None:
    costs = []
    for _ in range(3):
        begun = time.process_time()
        read_listed_date(text, language, BRUSSELS, NOW)
        costs.append(time.process_time() - begun)
    assert min(costs) < 0.02


@given(st.text(max_size=70), st.sampled_from(["en", "de", "xx", "zh-TW", None]))
def test_no_text_breaks_the_reading_of_printed_dates(text: str, language: str | None) -> None:
    found = read_listed_date(text, language, BRUSSELS, NOW)
    assert found is None or found.at is None or found.at <= NOW.replace(minute=10)
