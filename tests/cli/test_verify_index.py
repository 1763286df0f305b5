"""`watchdesk verify` and `search`, where the index by which the archive is searched has lost something."""

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from store.test_search_index import LATER, NOW, build, fill
from support.desk import DeskFiles
from watchdesk.store import open_store

LOST_SEGMENT = (
    "DELETE FROM search_parts WHERE segment_id = (SELECT min(id) FROM search_segments)",
    "DELETE FROM search_segments WHERE id = (SELECT min(id) FROM search_segments)",
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> DeskFiles:
    """Three segments of 70 articles, and 5 that wait; since then 100 articles were removed."""
    desk = DeskFiles(tmp_path_factory.mktemp("built"))
    desk.write({})
    desk.state.mkdir()
    with closing(open_store("sqlite", desk.state)) as store:
        for part in range(3):
            fill(store, 70, seed=part, name=f"p{part}-")
            build(store, LATER)
        store.prune(NOW - timedelta(minutes=20), 100)
        fill(store, 5, seed=7, name="new")
    return desk


@pytest.fixture
def indexed(built: DeskFiles, desk: DeskFiles) -> DeskFiles:
    """That desk, to damage."""
    shutil.copytree(built.root, desk.root, dirs_exist_ok=True)
    return desk


def execute(desk: DeskFiles, *statements: str) -> None:
    with closing(sqlite3.connect(desk.state / "watchdesk.db", isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def searched(desk: DeskFiles) -> set[int]:
    found = desk.run("search", "nato OR minister", "--limit", "1000", "--json")
    assert found.status == 0
    return {article["id"] for article in found.document["articles"]}


def test_a_whole_index_is_told_in_figures(indexed: DeskFiles) -> None:
    found = indexed.run("verify", "--json")
    assert found.status == 0
    index = found.document["search_index"]
    assert index["entries"] == 210
    assert index["entries_of_removed_articles"] == 100
    assert (index["articles_pending"], index["articles_missing"], index["segments_lost"]) == (5, 0, 0)
    assert "210 entries, 100 of articles removed since" in indexed.run("verify").out


def test_a_lost_segment_is_found_though_more_articles_were_removed(indexed: DeskFiles) -> None:
    before = searched(indexed)
    execute(indexed, *LOST_SEGMENT)
    assert searched(indexed) == before and before
    found = indexed.run("verify", "--json")
    assert found.status == 1
    (finding,) = found.document["findings"]
    assert (finding["kind"], finding["part"]) == ("index", "the search index")
    assert finding["what"].startswith("1 segment of it is lost; ")
    assert finding["what"].endswith(" articles are not in it: searches read them one by one")
    index = found.document["search_index"]
    assert index["segments_lost"] == 1 and 0 < index["articles_missing"] <= 70
    assert index["articles_unfound"] == 0
    assert not indexed.run("status", "--json").document["database"]["damages"]


def test_what_was_noted_as_pending_and_is_not_any_more_is_found_and_searched(indexed: DeskFiles) -> None:
    before = searched(indexed)
    execute(indexed, "DELETE FROM search_pending")
    assert searched(indexed) == before
    index = indexed.run("verify", "--json").document["search_index"]
    assert (index["articles_missing"], index["articles_unfound"]) == (5, 0)


def test_articles_that_no_search_finds_are_counted(indexed: DeskFiles) -> None:
    execute(
        indexed,
        *LOST_SEGMENT,
        """UPDATE search_index SET manifest = '{"indexed_to":210,"segments":[]}'""",
    )
    index = indexed.run("verify", "--json").document["search_index"]
    assert index["articles_missing"] == index["articles_unfound"] > 0
    assert f"searches miss {index['articles_unfound']} of them" in indexed.run("verify").out


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM search_parts WHERE number = 0",
        "UPDATE search_parts SET postings = zeroblob(20) WHERE number = 0",
        "UPDATE search_segments SET articles = zeroblob(20)",
    ],
)
def test_a_part_that_cannot_be_read_is_told(indexed: DeskFiles, statement: str) -> None:
    before = searched(indexed)
    execute(indexed, statement)
    assert searched(indexed) == before
    (finding,) = indexed.run("verify", "--json").document["findings"]
    assert finding["what"] == "a part of it cannot be read: searches read every article"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE search_segments SET newest_seen = oldest_seen WHERE id = 3",
        "UPDATE search_segments SET documents = 71 WHERE id = 3",
    ],
)
def test_a_segment_that_is_not_as_listed_is_told(indexed: DeskFiles, statement: str) -> None:
    before = searched(indexed)
    execute(indexed, statement)
    assert searched(indexed) == before
    found = indexed.run("verify", "--json")
    assert found.status == 1
    assert found.document["findings"][0]["what"].startswith("1 segment of it is not as it says")
    assert found.document["search_index"]["segments_altered"] == 1
    assert found.document["search_index"]["articles_unfound"] == 0


def test_an_emptied_list_of_segments_is_told(indexed: DeskFiles) -> None:
    execute(indexed, """UPDATE search_index SET manifest = '{"indexed_to":0,"segments":[]}'""")
    (finding,) = indexed.run("verify", "--json").document["findings"]
    assert finding["what"] == "3 segments of it are not as it says"


def test_an_index_of_other_terms_is_out_of_date_and_no_damage(indexed: DeskFiles) -> None:
    execute(indexed, "UPDATE search_index SET terms_version = 'older'")
    found = indexed.run("verify", "--json")
    index = found.document["search_index"]
    assert (found.status, index["out_of_date"], index["entries_of_removed_articles"]) == (0, True, 0)
    said = indexed.run("verify").out
    assert "210 entries; it is out of date: the service builds it anew" in said and "removed" not in said


@pytest.mark.parametrize("statement", ["DELETE FROM search_index", "UPDATE search_index SET manifest = '{'"])
def test_an_index_that_lost_what_it_says_of_itself_is_told(indexed: DeskFiles, statement: str) -> None:
    execute(indexed, statement)
    found = indexed.run("verify", "--json")
    index = found.document["search_index"]
    assert (found.status, index["lost"], index["entries_of_removed_articles"]) == (1, True, 0)
    (finding,) = found.document["findings"]
    assert finding["what"] == "what it says of itself is lost: searches read every article"
    assert "removed" not in indexed.run("verify").out
