"""A page that fits: never longer than a mail may be, and honest about what is not shown."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape

import pytest

from support.digests import (
    AID,
    BRUSSELS,
    DAY,
    HISTORY,
    NATO,
    NOW,
    crowded,
    digest,
    found,
    held_back_test,
    ordinary,
    render_plain,
    story,
)
from watchdesk.digests.rendering.page import view_of
from watchdesk.digests.rendering.phrases import Phrases
from watchdesk.digests.rendering.size_limit import LARGEST, Room, fit_to_size, within
from watchdesk.digests.rendering.view import DigestView
from watchdesk.model import Digest, DigestPart, RuleLabel, SourceHealth, Spike

GMAIL = 102 * 1024
PHRASES = Phrases(NOW, BRUSSELS, "en")


def long_addresses(stories: int, most: int) -> Digest:
    """Every address as long as may be."""
    matches = [
        story(found(n, title=f"Story, part {n}", url=f"https://e.example/{n}/" + "a" * 1900))
        for n in range(stories)
    ]
    part = DigestPart(RuleLabel("r", "R"), tuple(matches[:most]), more=tuple(matches[most:]), history=HISTORY)
    return digest(part)


def many_rules(rules: int) -> Digest:
    return digest(
        *(
            DigestPart(
                RuleLabel(f"r{n}", f"Rule {n}"), (story(found(n, title=f"Story, part {n}")),), history=HISTORY
            )
            for n in range(rules)
        )
    )


def down(sources: int) -> Digest:
    health = tuple(
        SourceHealth(f"s{n}", f"Source {n} " * 20, healthy=False, since=NOW, error="x" * 5000)
        for n in range(sources)
    )
    return replace(ordinary(), health=health)


def counted(page: str) -> tuple[int, int]:
    """How many stories a page names, and how many it says that it does not."""
    text = unescape(
        re.sub(
            r"<[^>]*>",
            "",
            re.sub(r"<(style|title).*?</\1>|<div class=\"preview.*?</div>", "", page, flags=re.S),
        )
    )
    shown = set(re.findall(r"part (\d+)", text))
    missing = sum(int(number.replace(",", "")) for number in re.findall(r"… and ([\d,]+) more", text))
    return len(shown), missing


@pytest.mark.parametrize(
    "shown",
    [
        crowded,
        lambda: crowded(2000),
        lambda: crowded(500, most=500),
        lambda: long_addresses(500, 60),
        lambda: many_rules(400),
        lambda: down(1000),
    ],
    ids=["500", "2000", "500 in full", "long addresses", "400 rules", "1000 sources down"],
)
def test_no_page_and_no_text_is_longer_than_gmail_shows(shown: Callable[[], Digest]) -> None:
    rendered = render_plain(shown(), BRUSSELS, "en")
    assert len(rendered.html.encode()) < GMAIL
    assert len(rendered.text.encode()) < GMAIL


def test_an_ordinary_digest_is_far_from_the_limit() -> None:
    assert len(render_plain(ordinary(), BRUSSELS, "en").html.encode()) < LARGEST / 5


@pytest.mark.parametrize("stories", [500, 2000])
def test_every_story_of_a_great_day_is_named_or_counted(stories: int) -> None:
    named, missing = counted(render_plain(crowded(stories), BRUSSELS, "en").html)
    assert named + missing == stories
    assert named > 60


def test_the_stories_within_most_stand_in_full_where_that_is_possible() -> None:
    page = render_plain(crowded(), BRUSSELS, "en").html
    assert page.count('class="snippet"') == 60
    assert page.count('class="line title"') > 40


def test_as_much_is_shown_as_there_is_room_for() -> None:
    assert LARGEST - len(render_plain(crowded(), BRUSSELS, "en").html.encode()) < 1000


def test_snippets_of_the_last_stories_go_next_and_it_is_said_how_many() -> None:
    page = render_plain(crowded(500, most=120), BRUSSELS, "en").html
    summaries, titles = page.count('class="snippet"'), page.count("<h3")
    assert 0 < summaries < titles == 120
    assert f"{titles - summaries} stories are shown as headlines alone" in page
    assert page.rindex('class="snippet"') < page.rindex("<h3")


def test_rules_for_which_there_is_no_room_are_counted() -> None:
    page = render_plain(many_rules(400), BRUSSELS, "en").html
    named, _ = counted(page)
    left = re.search(r"(\d+) more rules found stories", page)
    assert left is not None
    counted_rules = named + int(left[1])
    assert counted_rules + page.count("… and 1 more") == 400
    assert named > 40


def test_very_many_spikes_and_silent_rules_are_counted() -> None:
    many = replace(
        ordinary(),
        spikes=tuple(Spike(f"r{n}", 20, 1.0) for n in range(1000)),
        silenced=tuple((RuleLabel(f"r{n}", f"Rule number {n}"), NOW + DAY) for n in range(1500)),
    )
    rendered = render_plain(many, BRUSSELS, "en")
    for page in (rendered.html, rendered.text):
        assert len(page.encode()) <= LARGEST
        words = " ".join(unescape(page).split())
        assert len(re.findall(r"r\d+: 20 in the last hour", words)) == 20
        assert words.count("is silent until") == 20
        assert "and 980 more" in words
        assert "and 1,480 more" in words
    document = json.loads(rendered.json)
    assert (len(document["spikes"]), len(document["silenced"])) == (1000, 1500)


def twice() -> DigestView:
    """The second rule found the last story of the first as well."""
    stories = tuple(story(found(n, title=f"Story {n}")) for n in range(4))
    return view_of(digest(DigestPart(NATO, stories), DigestPart(AID, stories[3:])), BRUSSELS, "en")


def test_a_story_stands_in_full_where_it_is_shown() -> None:
    view = twice()
    room = Room.of(view)
    assert within(view, room, PHRASES).parts[1].stories[0].see_also == "in full under NATO spending"
    cut = within(view, replace(room, stories=2), PHRASES)
    assert [len(part.stories) for part in cut.parts] == [1, 1]
    (shown,) = cut.parts[1].stories
    assert shown.see_also is None
    assert shown.snippet


def test_a_story_that_stands_nowhere_in_full_says_of_nowhere_that_it_does() -> None:
    view = twice()
    cut = within(view, replace(Room.of(view), summaries=3), PHRASES)
    assert [story.see_also for part in cut.parts for story in part.stories] == [None] * 5
    assert cut.shortened == ("To fit a mail, 1 story is shown as its headline alone.",)


def test_of_two_rules_of_one_name_both_do_not_show_a_story_in_full() -> None:
    one = story(found(0))
    parts = (DigestPart(NATO, (one,)), DigestPart(replace(AID, title=NATO.title), (one,)))
    view = view_of(digest(*parts), BRUSSELS, "en")
    for shown in (view, within(view, Room.of(view), PHRASES)):
        assert [bool(part.stories[0].see_also) for part in shown.parts] == [False, True]


def write(view: DigestView) -> str:
    return repr(view)


def test_nothing_is_left_out_where_all_fits() -> None:
    view = view_of(held_back_test(), BRUSSELS, "en")
    assert within(view, Room.of(view), PHRASES) == view
    assert fit_to_size(view, PHRASES, write, 1_000_000) == write(view)


@pytest.mark.parametrize("largest", [40_000, 20_000, 10_000, 5_000])
def test_a_smaller_page_holds_less_and_never_more_than_fits(largest: int) -> None:
    view = view_of(crowded(100), BRUSSELS, "en")
    page = fit_to_size(view, PHRASES, write, largest)
    assert len(page.encode()) <= largest
    assert len(page.encode()) > largest / 2


def test_headlines_are_dealt_to_the_rules_in_turn() -> None:
    view = view_of(crowded(100), BRUSSELS, "en")
    shown = within(view, replace(Room.of(view), more=12), PHRASES)
    assert [len(part.more) for part in shown.parts] == [1] * 12
    assert [part.left_out for part in shown.parts][:2] == ["… and 3 more, kept in the archive"] * 2
