"""`watchdesk explain`: which story an article is in and why, through the real commands, from the feed on."""

from typing import Any

import pytest

from support.desk import DeskFiles, item, rss
from support.web import WebServer
from watchdesk.digests import Reason

RULES = """\
rules:
  quakes: {query: earthquake}
"""
SETTINGS = """\
timezone: UTC
polling: {first_poll: all, private_addresses: allow}
articles: {full_text: never}
channels: {shelf: {files: digests/}}
digests:
  flash: {rules: all, at: once, only: {sources: ">= 3"}, to: [shelf]}
"""
QUAKE = "A strong earthquake of magnitude 6.8 struck off the Chilean port of Valparaiso before dawn."
AFTER = (
    "Chile's navy lifted a tsunami alert for the coast near Valparaiso two hours after a magnitude 6.8"
    " earthquake sent thousands to higher ground."
)
LONG = " ".join(
    f"In street number {n} of the {colour} quarter the earthquake broke {n + 3} windows and {n} walls."
    for n, colour in enumerate(("red", "blue", "green", "white", "black", "brown"), start=2)
)


@pytest.fixture
def told(desk: DeskFiles, web: WebServer) -> DeskFiles:
    """A desk of three sources: a report, another report of it, and a copy of the second."""
    web.serve("/a", rss(item("1", "Quake off Valparaiso shakes central Chile", QUAKE)))
    web.serve("/b", rss(item("2", "Chile lifts tsunami alert after quake off Valparaiso", f"{AFTER} {LONG}")))
    web.serve("/c", rss(item("3", "Coast is safe, says the navy", f"{LONG} {AFTER}")))
    for names in ("a", "ab", "abc"):
        desk.write({name: web.url(f"/{name}") for name in names}, SETTINGS, RULES)
        assert desk.run("once", "--all").status == 0
    return desk


def story(desk: DeskFiles, number: int) -> tuple[Any, str]:
    document = desk.run("explain", "quakes", str(number), "--json").document
    return document["story"], "\n".join(document["said"])


def test_the_first_article_says_that_it_was_read_first(told: DeskFiles) -> None:
    document, said = story(told, 1)
    assert (document["joined_by"], document["articles"], document["source_count"]) == ("first", [1, 2, 3], 3)
    assert (
        "which 3 sources tell by now (3 articles): of its articles, it was the first that was read here."
        in said
    )


def test_another_report_names_the_nearest_article_and_the_words(told: DeskFiles) -> None:
    document, said = story(told, 2)
    assert (document["joined_by"], document["nearest"], document["holds_back"]) == ("event", 1, True)
    assert "valparaiso" in document["terms"]
    assert len(document["terms"]) <= 5
    assert "nearest to article 1 'Quake off Valparaiso shakes central Chile' (a), by the words" in said
    assert all(term in said for term in document["terms"])


def test_a_copy_names_whose_text_it_is(told: DeskFiles) -> None:
    document, said = story(told, 3)
    assert (document["joined_by"], document["sharing"], document["shared_with"]) == ("copy", "copy", 2)
    assert document["containment"] > 0.5
    assert "its text is that of article 2 'Chile lifts tsunami alert after quake off Valparaiso' (b)" in said


def test_a_text_that_is_the_same_as_another_is_told_in_a_sentence_of_its_own(
    desk: DeskFiles, web: WebServer
) -> None:
    text = f"{QUAKE} {LONG}"
    web.serve("/a", rss(item("1", "Quake off Valparaiso", text)))
    web.serve("/b", rss(item("2", "Chile shaken", text)))
    for names in ("a", "ab"):
        desk.write({name: web.url(f"/{name}") for name in names}, SETTINGS, RULES)
        assert desk.run("once", "--all").status == 0
    document, said = story(desk, 2)
    assert (document["joined_by"], document["sharing"]) == ("words", "copy")
    assert (
        "\n  Its text is that of article 1 'Quake off Valparaiso' (a) (100% of the shorter of the two)."
        in said
    )


def test_what_waits_for_more_sources_says_how_many_tell_it(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/a", rss(item("1", "Quake off Valparaiso shakes central Chile", QUAKE)))
    desk.write({"a": web.url("/a")}, SETTINGS, RULES)
    polled = desk.run("once", "--all", "--send")
    assert "flash: 1 match waits; it goes out as soon as 3 sources tell a story" in polled.out
    document = desk.run("explain", "quakes", "1", "--json").document
    (course,) = document["digests"]
    assert (document["fate"], course["reason"]) == ("waiting", Reason.HOLDING)
    assert (course["sources"]["found"], course["sources"]["wanted"]) == (1, 3)
    assert course["sources"]["until"] is not None
    assert "until more sources tell its story: 1 of 3 do" in "\n".join(document["said"])
