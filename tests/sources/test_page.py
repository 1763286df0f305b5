from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.examples import tries
from watchdesk.errors import UnreadableInput
from watchdesk.model import Entry, Fetched, ParsedFeed, Selectors, Source
from watchdesk.sources import KINDS
from watchdesk.sources.listing import LONGEST, MOST

DATA = Path(__file__).parent.parent / "data" / "listings"
URL = "https://ministry.example/press"
PRESS = (DATA / "press.html").read_bytes()
CARDS = (DATA / "cards.html").read_bytes()


def read(body: bytes, select: Selectors | None, content_type: str = "text/html") -> ParsedFeed:
    source = Source(id="ministry", url=URL, kind="page", select=select)
    return KINDS["page"](Fetched(body, URL, headers={"content-type": content_type}), source)


def test_a_press_room_is_read_with_titles_dates_and_whole_addresses() -> None:
    found = read(PRESS, Selectors("ul.news li", "a", "h3", "time"))
    assert found.entries == (
        Entry(
            url="https://ministry.example/portal/presse/eins.html",
            title="Hafen &lt; Bahn: erste Einigung",
            published="2026-11-25T07:38+01:00",
        ),
        Entry(
            url="https://ministry.example/presse/zwei.html",
            title="Zweite Meldung",
            published="24. November 2026",
        ),
        Entry(url="https://ministry.example/portal/presse/drei.html", title="Dritte Meldung"),
    )
    assert (found.title, found.language) == ("Presse", "de")
    assert found.trouble == ("1 of 5 items have no link (select.link 'a') and were left out",)


def test_the_words_of_a_link_are_the_title_where_no_selector_says_another() -> None:
    assert [entry.title for entry in read(PRESS, Selectors("li")).entries] == [
        "Weiter",
        "Zweite Meldung",
        "Dritte Meldung",
    ]


def test_an_item_may_be_the_link_itself() -> None:
    assert read(CARDS, Selectors("a.card", "a", "h2")).entries == (
        Entry(url="https://ministry.example/press?id=1", title="One"),
        Entry(url="https://ministry.example/press?id=2", title="Two"),
    )


@pytest.mark.parametrize("body", [PRESS, CARDS], ids=["press", "cards"])
def test_a_redesign_is_not_silent(body: bytes) -> None:
    with pytest.raises(UnreadableInput, match=r"select\.item 'div\.gone' matches nothing"):
        read(body, Selectors("div.gone"))


def test_items_without_any_link_are_a_failure_that_names_the_selector() -> None:
    with pytest.raises(UnreadableInput, match=r"none of the 5 items .*select\.link 'b'"):
        read(PRESS, Selectors("li", "b"))


def test_selectors_that_no_longer_match_are_told() -> None:
    found = read(PRESS, Selectors("li", "a", "h2", "b"))
    assert found.trouble[1:] == (
        "select.title 'h2' matches in none of the items",
        "select.date 'b' matches in none of the items",
    )


def test_a_selector_that_is_too_wide_is_bounded_and_told() -> None:
    many = "".join(f"<p><a href='/{number}'>{number}</a></p>" for number in range(MOST + 5))
    found = read(many.encode(), Selectors("p"))
    assert len(found.entries) == MOST
    assert found.trouble == (f"select.item 'p' matches {MOST + 5:,} items; the first {MOST:,} are read",)


def test_a_page_without_end_is_read_to_a_bound_and_told() -> None:
    script = b"<script>" + b"x" * LONGEST + b"</script>"
    link = b"<p><a href='/a'>A</a></p>"
    assert read(script + link, Selectors("p")).trouble == ()
    endless = read(link + b" " * LONGEST + link, Selectors("p"))
    assert len(endless.entries) == 1
    assert endless.trouble == (f"only its first {LONGEST:,} characters are read",)


def test_the_encoding_is_that_of_the_page_not_the_one_it_names() -> None:
    body = "<p><a href='/a'>Zelenský dankt für Hilfe</a></p>"
    assert read(body.encode(), Selectors("p"), "text/html; charset=iso-8859-1").entries[0].title == (
        "Zelenský dankt für Hilfe"
    )
    assert read(body.encode("cp1252"), Selectors("p")).entries[0].title == "Zelenský dankt für Hilfe"


@pytest.mark.parametrize(("body", "words"), [(b"", "empty"), (b"%PDF-1.7", "a PDF")])
def test_what_is_no_page_is_said_to_be_what_it_is(body: bytes, words: str) -> None:
    with pytest.raises(UnreadableInput, match=words):
        read(body, Selectors("li"))


@settings(max_examples=tries(60))
@given(st.data())
def test_no_mutilation_of_a_page_raises_anything_else(data: st.DataObject) -> None:
    body = data.draw(st.sampled_from([PRESS, CARDS]))
    cut = data.draw(st.integers(0, len(body)))
    noise = data.draw(st.binary(max_size=20))
    select = data.draw(st.sampled_from([Selectors("li", "a", "h3", "time"), Selectors("a"), Selectors("*")]))
    try:
        assert isinstance(read(body[:cut] + noise + body[cut + len(noise) :], select), ParsedFeed)
    except UnreadableInput as told:
        assert str(told)


def test_dates_that_are_there_and_cannot_be_read_are_told() -> None:
    rows = "".join(
        f"<li><a href='/{number}'>Story {number}</a><i>{date}</i></li>"
        for number, date in enumerate(["gestern", "vor 3 Stunden", "27.11.", "in Kürze", "bald mehr", "12"])
    )
    found = read(f"<html lang=de>{rows}</html>".encode(), Selectors("li", "a", "a", "i"))
    [told] = found.trouble
    assert told.startswith("3 of 6 dates cannot be read, such as 'in Kürze' (select.date 'i')")


def test_a_parameter_that_names_our_visit_is_no_part_of_the_addresses_of_a_page() -> None:
    for visit in ("abc", "8f2"):
        links = "".join(f"<li><a href='/?id={n}&amp;sid={visit}'>Story {n}</a></li>" for n in range(3))
        assert [entry.url for entry in read(links.encode(), Selectors("li")).entries] == [
            f"https://ministry.example/?id={number}" for number in range(3)
        ]
