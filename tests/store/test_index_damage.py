"""The index after damage: a search that meets it reads all articles, and the builder begins anew."""

import pytest
from sqlalchemy import text

from store.test_search_index import LATER, QUERIES, build, fill, found, naive
from watchdesk.encoding.zstd import checked, zstd
from watchdesk.store import SqlStore

DAMAGES = (
    "UPDATE search_parts SET postings = :bytes",
    "UPDATE search_parts SET terms = :bytes",
    "DELETE FROM search_parts",
    "UPDATE search_segments SET directory = :bytes",
    "UPDATE search_segments SET articles = :bytes",
    "UPDATE search_segments SET articles = NULL",
    "UPDATE search_segments SET newest_seen = NULL",
)


def whole(store: SqlStore) -> None:
    for query in QUERIES:
        keys = found(store, query)
        assert set(naive(store, query)) <= {key.id for key in keys}, query
        assert keys == sorted(set(keys), key=lambda key: key[:2], reverse=True)


def execute(store: SqlStore, statement: str) -> None:
    with store._database.write() as connection:
        asked = text(statement)
        connection.execute(asked, {"bytes": b"(\xb5/\xfd" + bytes(40)} if ":bytes" in statement else {})


@pytest.mark.parametrize("statement", DAMAGES)
def test_a_search_reads_articles_where_the_index_cannot_be_read(store: SqlStore, statement: str) -> None:
    fill(store, 300)
    build(store)
    execute(store, statement)
    whole(store)


@pytest.mark.parametrize("statement", [*DAMAGES, "DELETE FROM search_segments"])
def test_the_builder_begins_a_damaged_index_anew(store: SqlStore, statement: str) -> None:
    fill(store, 300)
    build(store)
    execute(store, statement)
    for _ in range(3):
        build(store)
    assert store.index_coverage() == (300, 0, 0)
    whole(store)
    assert not any(not key.indexed for key in found(store, "nato"))


def test_a_changed_bit_is_noticed() -> None:
    frame = checked(b"".join(b"term%d" % n for n in range(500)))
    for place in range(8, len(frame), 7):
        changed = bytearray(frame)
        changed[place] ^= 4
        with pytest.raises(zstd.ZstdError):
            zstd.decompress(bytes(changed))


def test_a_whole_index_is_left_as_it_is(store: SqlStore) -> None:
    fill(store, 300)
    build(store)
    with store._database.read() as connection:
        before = connection.execute(text("SELECT id FROM search_segments")).all()
    for _ in range(3):
        build(store, LATER)
    with store._database.read() as connection:
        assert connection.execute(text("SELECT id FROM search_segments")).all() == before
