"""Digests as plain text."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.digests import ALL, BRUSSELS, crowded, found, ordinary, render_plain, single, story
from support.digests import digest as digest_of
from support.examples import tries
from watchdesk.digests.rendering.columns import WIDTH, columns, wrapped
from watchdesk.model import DigestPart, RuleLabel


def columns_of(line: str) -> int:
    """By UAX #11, counted in another way than the code does."""
    wide = sum(unicodedata.east_asian_width(char) in ("W", "F") for char in line)
    none = sum(unicodedata.category(char) in ("Mn", "Me", "Cf") for char in line)
    return len(line) + wide - none


@pytest.mark.parametrize("name", ALL)
def test_no_line_is_wider_than_72_columns_but_addresses(name: str) -> None:
    make, language = ALL[name]
    for line in render_plain(make(), BRUSSELS, language).text.splitlines():
        assert columns_of(line) <= WIDTH or line.strip().startswith("https://"), line
        assert line == line.rstrip()


def test_addresses_stand_whole_on_lines_of_their_own() -> None:
    long = "https://wire.example/" + "very/" * 40 + "long"
    text = render_plain(
        digest_of(DigestPart(RuleLabel("r", "R"), (story(found(0, url=long)),))), BRUSSELS, "en"
    ).text
    assert f"  {long}" in text.splitlines()


def test_matched_words_stand_between_asterisks() -> None:
    text = render_plain(single(), BRUSSELS, "en").text
    assert "Allies agree to lift defence spending before the spring summit" in text
    assert "*defence spending* before" not in text
    assert "Ministers said in Brussels that *defence spending* would rise" in text


def test_a_rule_has_its_bars_and_its_count_on_one_line() -> None:
    assert (
        "1 story, new                     ▁▂▄▁▁▁▃▄▂▁▁▅▂█  9 since yesterday 07:00"
        in render_plain(single(), BRUSSELS, "en").text.splitlines()
    )


def test_many_rules_are_listed_at_the_top_and_few_are_not() -> None:
    assert "In this digest" in render_plain(ordinary(), BRUSSELS, "en").text
    assert "In this digest" not in render_plain(single(), BRUSSELS, "en").text


def test_five_hundred_stories_are_all_named_or_counted() -> None:
    text = render_plain(crowded(), BRUSSELS, "en").text
    assert len(text.encode()) < 102_400
    shown = set(re.findall(r"\bpart (\d+)", " ".join(text.split())))
    counted = sum(int(number) for number in re.findall(r"… and (\d+) more", text))
    assert len(shown) + counted == 500


def test_wide_letters_count_twice_and_are_broken_between() -> None:
    lines = wrapped("各国部长同意" * 20, "  ")
    assert all(columns(line) <= WIDTH for line in lines)
    assert columns(lines[0]) >= WIDTH - 1
    assert "".join(line.strip() for line in lines) == "各国部长同意" * 20


def test_a_closing_sign_never_begins_a_line() -> None:
    lines = wrapped("国" * 35 + "、" + "国" * 10, "  ")
    assert not any(line.strip().startswith("、") for line in lines)


@settings(max_examples=tries(200))
@given(st.text(max_size=300))
def test_wrapping_loses_nothing_and_keeps_within_the_width(text: str) -> None:
    lines = wrapped(text, "  ")
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(columns(line) <= WIDTH or "https://" in text or "http://" in text for line in lines)
