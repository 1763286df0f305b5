"""Old things are thrown away only by a clock that has gone steadily."""

from datetime import UTC, datetime, timedelta

import pytest

from watchdesk.model import Source
from watchdesk.service.clock_check import checked, is_confirmed, is_contradicted, is_steady

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def looks(*moments: datetime) -> list[bool]:
    check, found = None, []
    for moment in moments:
        check = checked(check, moment)
        found.append(is_steady(check))
    return found


def test_a_clock_is_trusted_after_a_day_of_looks() -> None:
    assert looks(*(NOW + number * HOUR for number in range(26))) == [False] * 24 + [True] * 2


def test_a_leap_of_years_is_not_trusted_for_a_day() -> None:
    steady = [NOW + number * HOUR for number in range(26)]
    ahead = NOW + timedelta(days=1500)
    assert looks(*steady, *(ahead + number * HOUR for number in range(24)))[-24:] == [False] * 24


def test_a_step_back_is_not_trusted_either_and_a_restart_is() -> None:
    steady = [NOW + number * HOUR for number in range(26)]
    assert looks(*steady, NOW + 20 * HOUR)[-1] is False
    assert looks(*steady, NOW + 50 * HOUR)[-1] is True


NEWS = {
    "a": "https://news.example.org/feed",
    "b": "https://daily.example.com/feed",
    "b2": "https://www.example.com/other",
    "c": "https://blog.example.net/feed",
    "here": "http://127.0.0.1:8080/bridge",
    "there": "http://localhost/bridge",
    "alias": "http://127.1/bridge",
}
SOURCES = {name: Source(id=name, url=url) for name, url in NEWS.items()}


@pytest.mark.parametrize(
    ("ages", "confirmed"),
    [
        ({"a": 1, "b": 30}, True),
        ({"a": 1, "b": 30, "c": 900}, True),
        ({"a": 1}, False),
        ({"b": 1, "b2": 1}, False),  # one site
        ({"a": 1, "here": 0, "there": 0, "alias": 0}, False),
        ({"a": 1, "unknown": 0}, False),
        ({"a": 900, "b": 900}, False),
        ({"a": 1, "b": -30}, False),  # from the future
        ({}, False),
    ],
)
def test_two_sites_elsewhere_confirm_a_clock(ages: dict[str, int], confirmed: bool) -> None:
    published = {name: NOW - hours * HOUR for name, hours in ages.items()}
    assert is_confirmed(published, SOURCES, NOW) is confirmed


def test_two_calendars_of_coming_events_confirm_nothing_that_most_sites_contradict() -> None:
    sources = {n: Source(id=n, url=f"https://{n}.org/feed") for n in "abcdef"}
    ahead = {name: NOW - timedelta(days=60) for name in "abcd"} | dict.fromkeys("ef", NOW)
    assert not is_confirmed(ahead, sources, NOW)
    assert is_confirmed(ahead | dict.fromkeys("cd", NOW), sources, NOW)


@pytest.mark.parametrize(
    ("days", "contradicted"),
    [
        ({"a": 900, "b": 900}, True),
        ({"a": 900, "b": 900, "c": 1}, True),
        ({"a": 900, "b": 19}, True),
        ({"a": 900, "b": 17}, False),  # less than a tenth of what is kept
        ({"a": 900}, False),
        ({"b": 900, "b2": 900}, False),  # one site
        ({"a": 900, "here": 900, "there": 900}, False),
        (
            {"a": 900, "b": 900, "c": 900, "d": 900, "e": 1, "f": 1},
            False,
        ),  # many that are seldom
        ({}, False),
    ],
)
def test_two_sites_contradict_a_clock_that_no_two_agree_with(
    days: dict[str, int], contradicted: bool
) -> None:
    others = {n: Source(id=n, url=f"https://{n}.org/feed") for n in "def"}
    published = {name: NOW - timedelta(days=many) for name, many in days.items()}
    assert is_contradicted(published, SOURCES | others, NOW, timedelta(days=180)) is contradicted


def test_calendars_of_coming_events_do_not_outweigh_ten_times_as_many_sites() -> None:
    sources = {f"s{n}": Source(id=f"s{n}", url=f"https://s{n}.org/feed") for n in range(30)}
    published = {name: NOW - timedelta(days=900) for name in sources} | {"s0": NOW, "s1": NOW}
    assert is_contradicted(published, sources, NOW, timedelta(days=180))
