import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdesk.model import Fetched, NotModified, Rhythm, Source, SourceState, UpdateHints
from watchdesk.scheduling import next_poll
from watchdesk.scheduling.freshness import fresh_for, past_quiet

NOW = datetime(2026, 3, 1, 10, 30, tzinfo=UTC)  # a Sunday
SOURCE = Source("a", "http://e.org")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DATE = "Sun, 01 Mar 2026 10:29:50 GMT"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, 0),
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": "public, Max-Age=600, must-revalidate"}, 600),
        ({"cache-control": 'max-age="600"'}, 600),
        ({"cache-control": "max-age = 600"}, 600),
        ({"cache-control": "max-age=600, max-age=30"}, 600),
        ({"cache-control": "max-age=600", "age": "120"}, 480),
        ({"cache-control": "max-age=600", "age": "700"}, 0),
        ({"cache-control": "max-age=600", "age": "soon"}, 600),
        ({"cache-control": "s-maxage=600"}, 0),
        ({"cache-control": "s-maxage=9000, max-age=60"}, 60),
        ({"cache-control": "max-age=0"}, 0),
        ({"cache-control": "max-age=-5"}, 0),
        ({"cache-control": "max-age=1.5"}, 0),
        ({"cache-control": "max-age"}, 0),
        ({"cache-control": "max-age=٣"}, 0),
        ({"cache-control": "no-cache, max-age=600"}, 0),
        ({"cache-control": "max-age=600, no-store"}, 0),
        ({"cache-control": 'x="no-cache", max-age=600'}, 600),
        ({"cache-control": "max-age=" + "9" * 400}, 2**31),
        ({"expires": "Sun, 01 Mar 2026 10:39:50 GMT", "date": DATE}, 600),
        ({"expires": "Sun, 01 Mar 2026 10:39:50 GMT", "date": DATE, "age": "60"}, 540),
        ({"expires": "Sun, 01 Mar 2026 10:40:00 GMT"}, 600),
        ({"expires": "Sunday, 01-Mar-26 10:40:00 GMT"}, 600),
        ({"expires": "Sun Mar  1 10:40:00 2026"}, 600),
        ({"expires": "0", "date": DATE}, 0),
        ({"expires": "-1"}, 0),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT", "date": DATE}, 0),
        ({"expires": "Sun, 01 Mar 2026 10:39:50 GMT", "date": DATE, "cache-control": "max-age=60"}, 60),
        ({"expires": "Sun, 01 Mar 2026 10:39:50 GMT", "date": DATE, "cache-control": "no-cache"}, 0),
        ({"expires": "Sun, 01 Mar 99999 10:39:50 GMT"}, 0),
    ],
)
def test_an_answer_is_fresh_for_as_long_as_it_says(headers: dict[str, str], expected: int) -> None:
    assert fresh_for(headers, NOW) == timedelta(seconds=expected)


@given(st.dictionaries(st.sampled_from(["cache-control", "expires", "date", "age"]), st.text()))
def test_no_header_is_too_odd_to_read(headers: dict[str, str]) -> None:
    assert fresh_for(headers, NOW) >= timedelta(0)


@pytest.mark.parametrize("make", [lambda h: Fetched(b"", "u", headers=h), NotModified])
def test_a_fresh_answer_is_not_asked_for_again(
    make: Callable[[dict[str, str]], Fetched | NotModified],
) -> None:
    outcome = make({"cache-control": "max-age=3600"})
    assert next_poll(SOURCE, SourceState("a"), outcome, NOW, random.Random(1)) >= NOW + HOUR


def test_an_answer_fresh_for_a_year_is_asked_for_after_slowest() -> None:
    outcome = NotModified({"cache-control": "max-age=31536000"})
    assert next_poll(SOURCE, SourceState("a"), outcome, NOW, random.Random(1)) == NOW + SOURCE.slowest


def test_a_feed_that_asks_for_an_hour_gets_one() -> None:
    state = SourceState("a", hints=UpdateHints(ttl=HOUR))
    due = next_poll(SOURCE, state, NotModified({"cache-control": "max-age=60"}), NOW, random.Random(1))
    assert NOW + HOUR <= due <= NOW + HOUR + 2 * MINUTE


@pytest.mark.parametrize(
    ("hours", "days", "expected"),
    [
        ((), (), NOW),
        ((9, 11), (), NOW),
        ((10,), (), NOW + 30 * MINUTE),
        ((10, 11, 13), (), NOW + 90 * MINUTE),
        ((), (5,), NOW),
        ((), (6,), datetime(2026, 3, 2, tzinfo=UTC)),
        ((0, 1), (6,), datetime(2026, 3, 2, 2, tzinfo=UTC)),
        ((), (6, 0), NOW + DAY),  # the cap
        (range(24), (), NOW),
        ((), range(7), NOW),
    ],
)
def test_nothing_is_polled_while_nothing_is_published(
    hours: tuple[int, ...], days: tuple[int, ...], expected: datetime
) -> None:
    hints = UpdateHints(skip_hours=frozenset(hours), skip_days=frozenset(days))
    assert past_quiet(NOW, hints, NOW + DAY) == expected


@given(st.sets(st.integers(0, 23)), st.sets(st.integers(0, 6)), st.integers(0, 10_000))
def test_a_poll_is_only_ever_moved_later_and_never_past_the_cap(
    hours: set[int], days: set[int], minutes: int
) -> None:
    hints = UpdateHints(skip_hours=frozenset(hours), skip_days=frozenset(days))
    moment = NOW + minutes * MINUTE
    assert moment <= past_quiet(moment, hints, moment + DAY) <= moment + DAY


def test_what_a_feed_says_of_itself_gives_way_when_it_has_lost_entries_but_a_server_does_not() -> None:
    lost = replace(Rhythm(NOW), ceiling=0.1)
    state = SourceState("a", hints=UpdateHints(ttl=HOUR), rhythm=lost, window=10)
    soon = next_poll(SOURCE, state, NotModified(), NOW, random.Random(1))
    assert soon - NOW < HOUR / 4
    told = NotModified({"cache-control": "max-age=3600"})
    assert next_poll(SOURCE, state, told, NOW, random.Random(1)) - NOW >= HOUR


def test_an_answer_that_expires_at_the_end_of_time_is_polled_after_slowest() -> None:
    headers = {"expires": "Fri, 31 Dec 9999 23:59:59 GMT", "date": DATE}
    due = next_poll(SOURCE, SourceState("a"), NotModified(headers), NOW, random.Random(1))
    assert due == NOW + SOURCE.slowest
