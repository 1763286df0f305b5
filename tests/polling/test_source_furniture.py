"""Lines that come back in a source's articles, and pages that all say the same."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event, text

from support.polls import Feed, Item
from watchdesk.model import FullText, Source
from watchdesk.store import SqlStore, open_store

TIDES = "Tides and timetables are on the board beside the pilot house, says the port."
READS_TEXTS = re.compile(r"SELECT.*articles\.sections.*ORDER BY", re.DOTALL)
EARLIER = "Quay wall gave way at noon"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = open_store("sqlite", tmp_path)
    yield store
    store.close()


def item(number: int, text: str) -> Item:
    return Item(f"Boat number {number} is in", text, str(number), f"https://e.org/2026/boat-{number}")


def told(number: int) -> str:
    """What is told of one boat, in three paragraphs of its own."""
    return "".join(
        f"<p>Boat number {number} {what} on day {number} of the year, the harbour master wrote.</p>"
        for what in ("came in", "was unloaded", "went to sea")
    )


def test_a_line_of_most_entries_goes_from_the_first_poll_on(store: SqlStore) -> None:
    feed = Feed(store)
    feed.poll(
        *(item(n, f"{told(n)}<p>{TIDES}</p><h3>{EARLIER}</h3><p>{told(n + 100)}</p>") for n in range(12))
    )
    feed.poll(item(50, f"{told(50)}<p>{TIDES}</p><h3>{EARLIER}</h3>{told(150)}"))
    for article in feed.articles:
        assert TIDES not in article.text
        assert EARLIER not in article.text
        assert "came in" in article.text
    assert feed.articles[-1].removed == (f"{TIDES} (in 13 of 13)", f"{EARLIER} (in 13 of 13)")


def test_pages_that_all_say_the_same_leave_the_entries_text(store: SqlStore) -> None:
    feed = Feed(store, Source("pages", "https://e.org/feed", full_text=FullText.ALWAYS))
    menu = "".join(
        f"<p>The harbour has {n} boats, and boat number {n} was the first of them.</p>" for n in range(9)
    )
    feed.poll(item(99, "The harbour opens a page of its own."))
    for number in range(4):
        page = f"<html><title>Harbour</title><body><article>{menu}</article></body></html>"
        feed.publisher.pages[f"https://e.org/2026/boat-{number}"] = page
        feed.poll(replace(item(number, f"Boat number {number} came into the harbour."), date=feed.now))
    texts = [article.text for article in feed.articles]
    assert texts[1].startswith("The harbour has 0 boats")
    assert texts[2:] == [f"Boat number {number} came into the harbour." for number in (1, 2, 3)]


def test_a_page_of_two_paragraphs_is_the_text_of_one_entry_of_a_poll_at_most(store: SqlStore) -> None:
    feed = Feed(store, Source("pages", "https://e.org/feed", full_text=FullText.ALWAYS))
    welcome = "".join(
        f"<p>Boats came into the harbour by the number since 187{n}, says the port.</p>" for n in (1, 2)
    )
    feed.poll(item(99, "The harbour opens a page of its own."))
    for number in range(4):
        page = f"<html><title>Harbour</title><body><article>{welcome}</article></body></html>"
        feed.publisher.pages[f"https://e.org/2026/boat-{number}"] = page
    feed.poll(*(replace(item(n, f"Boat number {n} came in."), date=feed.now) for n in range(4)))
    own = [article.text for article in feed.articles if "187" not in article.text]
    assert len(own) == 4


def told_at_length(number: int) -> str:
    """As `told`, with a paragraph that is longer than what comes back."""
    cargo = f"{number} tons of coal, {number + 1} bales of wool and {number + 2} chests of tea"
    return f"{told(number)}<p>Boat number {number} had {cargo} aboard, and nobody would say for whom.</p>"


def test_recent_articles_are_read_again_only_once_a_line_comes_back(store: SqlStore) -> None:
    feed = Feed(store)
    feed.poll(*(item(n, f"{told_at_length(n)}<p>{TIDES}</p>") for n in range(12)))
    said: list[str] = []
    event.listen(store._database.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    feed.poll(item(50, told_at_length(50)))
    assert not [statement for statement in said if READS_TEXTS.match(statement)]
    feed.poll(item(51, f"{told_at_length(51)}<p>{TIDES}</p>"))
    assert len([statement for statement in said if READS_TEXTS.match(statement)]) == 1
    assert feed.articles[-1].removed == (f"{TIDES} (in 13 of 14)",)


def test_articles_without_hashes_are_compared_by_their_texts(store: SqlStore) -> None:
    feed = Feed(store)
    feed.poll(*(item(n, f"{told_at_length(n)}<p>{TIDES}</p>") for n in range(12)))
    with store._database.write() as connection:  # as they are after an upgrade
        connection.execute(text("UPDATE articles SET line_hashes = NULL"))
    feed.poll(item(50, f"{told_at_length(50)}<p>{TIDES}</p>"))
    assert feed.articles[-1].removed == (f"{TIDES} (in 13 of 13)",)
