"""A database whose keys were written before fragments were part of them, and before words were keys."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from support.polls import ALPHA, BETA, GAMMA, Feed, Item, words
from watchdesk.model import FullText, Source
from watchdesk.store import SqlStore, open_store
from watchdesk.store.open_file import FILE

OLD = Path(__file__).parents[1] / "data" / "databases" / "keys-without-fragments.sql"
"""The dump of a SQLite database that the watchdesk of then filled with `FEEDS`."""
EVERY = (ALPHA, BETA, GAMMA)
FEEDS: dict[str, tuple[Item, ...]] = {
    "good": EVERY,
    "short-addresses": tuple(replace(item, link=f"https://e.org/{(item.guid or '') * 2}") for item in EVERY),
    "no-guids": tuple(replace(item, guid=None) for item in EVERY),
    "anchors": tuple(replace(item, link=f"https://e.org/press.html#r{item.guid}") for item in EVERY),
    "anchors-alone": tuple(replace(i, guid=None, link=f"https://e.org/press.html#r{i.guid}") for i in EVERY),
    "one-anchor": (replace(ALPHA, guid=None, link="https://e.org/press.html#r1"),),
    "furniture": tuple(replace(item, guid=None, link=f"{item.link}#story") for item in EVERY),
    "one-link": tuple(replace(item, link="https://e.org/x") for item in EVERY),
    "one-guid": tuple(replace(item, guid="N/A") for item in EVERY),
    "no-links": tuple(replace(item, link=None) for item in EVERY),
    "words-alone": tuple(replace(item, guid=None, link=None) for item in EVERY),
    "undated": tuple(replace(i, text="A few words.", date=None, link="https://e.org/x") for i in EVERY),
}
MISREAD = Path(__file__).parents[1] / "data" / "databases" / "keys-of-misread-addresses.sql"
"""The dump of one that read `&copy=` in addresses as a letter, filled with two each of `UNESCAPED`."""
UNESCAPED = {
    "dated": "<item><title>Story {0}</title><link>http://e.org/p?lang=de&copy=2&id={0}</link>"
    "<pubDate>Fri, 27 Nov 2026 10:00:00 GMT</pubDate><description>Words of story {0}.</description></item>",
    "undated": "<item><title>Story {0}</title><link>http://e.org/p?lang=de&copy=2&id={0}</link></item>",
    "untitled": "<item><link>http://e.org/p?id={0}&part=3</link><description>Words {0}.</description></item>",
    "permalink": "<item><title>Story {0}</title><guid>http://e.org/p?reg=4&sub=5&times=6&id={0}</guid></item>",
}
NEW = Item("Delta sends envoys", words("delta"), "4", "https://e.org/2026/delta-sends")


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    state = tmp_path_factory.mktemp("state")
    with sqlite3.connect(state / FILE) as old:
        old.executescript(OLD.read_text())
    old.close()
    store = open_store("sqlite", state)
    yield store
    store.close()


@pytest.mark.parametrize("name", FEEDS)
def test_what_an_older_watchdesk_stored_does_not_come_again(upgraded: SqlStore, name: str) -> None:
    feed = Feed(upgraded, Source(name, f"https://e.org/{name}", full_text=FullText.NEVER))
    assert feed.poll(*FEEDS[name]) == 0
    assert feed.poll(NEW, *FEEDS[name]) == 1
    if name == "anchors":
        with_anchors = {article.url for article in upgraded.articles() if article.source_id == name}
        assert with_anchors >= {item.link for item in FEEDS[name]}


@pytest.mark.parametrize("name", ["short-addresses", "one-link", "no-links", "undated"])
def test_guids_that_move_after_the_upgrade_bring_nothing_twice(tmp_path: Path, name: str) -> None:
    with sqlite3.connect(tmp_path / FILE) as old:
        old.executescript(OLD.read_text())
    old.close()
    store = open_store("sqlite", tmp_path)
    feed = Feed(store, Source(name, f"https://e.org/{name}", full_text=FullText.NEVER))
    moved = [replace(item, guid=str(place + 2)) for place, item in enumerate(FEEDS[name])]
    assert feed.poll(replace(NEW, guid="1", link=moved[0].link and "https://e.org/new"), *moved) == 1
    store.close()


def test_what_was_pruned_after_the_upgrade_does_not_come_again_under_new_guids(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as old:
        old.executescript(OLD.read_text())
    old.close()
    store = open_store("sqlite", tmp_path)
    feed = Feed(store, Source("one-link", "https://e.org/one-link", full_text=FullText.NEVER))
    assert store.prune(feed.now + timedelta(days=1)) >= len(FEEDS["one-link"])
    assert not feed.articles
    assert feed.poll(*(replace(item, guid=f"new-{item.guid}") for item in FEEDS["one-link"])) == 0
    store.close()


@pytest.mark.parametrize("name", UNESCAPED)
def test_what_was_known_by_a_misread_address_does_not_come_again(tmp_path: Path, name: str) -> None:
    with sqlite3.connect(tmp_path / FILE) as old:
        old.executescript(MISREAD.read_text())
    old.close()
    store = open_store("sqlite", tmp_path)
    feed = Feed(store, Source(name, f"https://e.org/{name}", full_text=FullText.NEVER))
    feed.extra = "".join(UNESCAPED[name].format(number) for number in (1, 2))
    assert feed.poll() == 0
    addresses = [article.url for article in store.articles() if article.source_id == name]
    feed.extra += UNESCAPED[name].format(3)
    assert feed.poll() == 1
    store.close()
    assert len(addresses) == 2
    assert all((url or "").isascii() for url in addresses)
