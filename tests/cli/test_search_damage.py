"""`search` and `backtest` over a page of articles whose rows cannot be found any more."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from store.test_search_index import article, build, fill, ingest
from support.desk import DeskFiles
from support.page_damage import another_leaf
from watchdesk.store import open_store


@pytest.fixture
def archived(desk: DeskFiles) -> DeskFiles:
    """With 300 articles of the last hours, all in the index."""
    desk.write({}, rules="rules: {nato: {title: NATO, query: nato}}")
    desk.state.mkdir()
    now, rng = datetime.now(UTC), Random(1)
    with closing(open_store("sqlite", desk.state)) as store:
        ingest(store, [article(n, rng, now - timedelta(minutes=n)) for n in range(300)])
        build(store, now + timedelta(hours=1))
        assert store.index_coverage() == (300, 0, 0)
    return desk


def damage(desk: DeskFiles) -> None:
    with closing(sqlite3.connect(desk.state / "watchdesk.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    another_leaf("articles")(desk.state / "watchdesk.db")


def test_what_was_found_is_shown_and_then_the_damage(archived: DeskFiles) -> None:
    whole = archived.run("search", "nato", "--limit", "1000", "--json").document["articles"]
    damage(archived)
    found = archived.run("search", "nato", "--limit", "1000", "--json")
    assert found.status == 2
    assert "is damaged" in found.err and "met in articles" in found.err
    some = found.document["articles"]
    assert some and [row for row in whole if row in some] == some != whole
    printed = archived.run("search", "nato", "--limit", "1000")
    assert (printed.status, printed.err) == (2, found.err)
    assert some[0]["title"] in printed.out
    assert "met in articles" in archived.run("backtest", "nato", "--since", "30d").err


def test_a_removed_article_is_no_damage(archived: DeskFiles) -> None:
    with closing(open_store("sqlite", archived.state)) as store:
        assert store.prune(datetime.now(UTC) - timedelta(minutes=150), 1000)
        fill(store, 3, name="b")
    found = archived.run("search", "nato", "--limit", "1000", "--json")
    assert (found.status, found.err) == (0, "")
    assert found.document["articles"]
