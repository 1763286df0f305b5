from datetime import time, timedelta
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, TypeAdapter, ValidationError

from watchdesk.config.sentences import sentence
from watchdesk.config.values import (
    parse_clock,
    parse_duration,
    parse_first_poll,
    parse_networks,
    parse_period,
    parse_rules,
    parse_size,
    parse_web_address,
)

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("15m", 900),
        ("15 min", 900),
        ("2h", 7_200),
        ("1.5h", 5_400),
        ("3d", 259_200),
        ("1w", 604_800),
    ],
)
def test_a_length_of_time_is_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


def test_a_bare_number_is_refused_with_what_it_may_mean() -> None:
    with pytest.raises(ValueError, match="15 of what\\? write 15s, 15m, 15h or 15d"):
        parse_duration(15)


def test_a_length_of_time_beyond_all_calendars_is_cut_to_a_hundred_years() -> None:
    assert parse_duration("9" * 400 + "w") == timedelta(days=36_500)


@pytest.mark.parametrize(
    ("text", "size"), [("512kB", 512_000), ("10MB", 10_000_000), ("1.5mb", 1_500_000), ("1 KiB", 1_024)]
)
def test_a_size_is_read(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(("value", "age"), [("all", None), ("none", timedelta(0)), ("3d", timedelta(days=3))])
def test_a_first_poll_is_all_none_or_an_age(value: str, age: timedelta | None) -> None:
    assert parse_first_poll(value) == age


@pytest.mark.parametrize(
    ("value", "networks"),
    [("refuse", False), ("allow", True), (["10.0.0.0/8", "fd00::/8"], ("10.0.0.0/8", "fd00::/8"))],
)
def test_private_networks_are_a_word_or_a_list(value: object, networks: object) -> None:
    assert parse_networks(value) == networks


@pytest.mark.parametrize("text", ["24:00", "7", "07:60", "7:5", "seven", ""])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time of day"):
        parse_clock(text)


def test_a_time_of_day_is_read() -> None:
    assert parse_clock("7:05") == time(7, 5)


@pytest.mark.parametrize(
    "text",
    ["https://", "http:///rss", "//news.example.org", "https://news.example.org:99999/", "mailto:a@b.org"],
)
def test_what_is_no_web_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a web address"):
        parse_web_address(text)


@pytest.mark.parametrize("value", ["all", ["all"]])
def test_all_rules_may_be_said_in_two_ways(value: object) -> None:
    assert parse_rules(value) == ("all",)


@given(SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.text(max_size=4), SCALARS, max_size=2))
def test_whatever_stands_there_is_read_or_refused_in_words(value: object) -> None:
    for parse in (parse_duration, parse_period, parse_size, parse_first_poll, parse_networks, parse_rules):
        try:
            parse(value)
        except ValueError as error:
            assert "invalid literal" not in str(error)


@pytest.mark.parametrize(
    ("limits", "text", "told"),
    [
        ({"pattern": "^[0-9]+$"}, "a", "must have the form ^[0-9]+$"),
        ({"max_length": 2}, "abc", "must have at most 2 characters"),
    ],
)
def test_a_text_of_another_form_or_length_is_told_what_it_has_to_be(
    limits: dict[str, Any], text: str, told: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Annotated[str, Field(**limits)]).validate_python(text)
    assert sentence(caught.value.errors()[0], "an option") == told
