"""The index after damage: a search that meets it reads all articles, and the builder begins anew."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from store.test_search_index import LATER, NOW, QUERIES, admitted, build, fill, found, naive
from watchdesk.encoding.zstd import checked, zstd
from watchdesk.store import SqlStore
from watchdesk.store.index_state import index_state, live_segments

ALL_SEGMENTS_LOST = "DELETE FROM search_segments"
DAMAGES = (
    "UPDATE search_parts SET postings = :bytes",
    "UPDATE search_parts SET terms = :bytes",
    "DELETE FROM search_parts",
    "UPDATE search_segments SET directory = :bytes",
    "UPDATE search_segments SET articles = :bytes",
    "UPDATE search_segments SET articles = NULL",
    "UPDATE search_segments SET newest_seen = NULL",
    ALL_SEGMENTS_LOST,
)


def whole(store: SqlStore) -> None:
    articles = list(store.articles())
    for query in QUERIES:
        keys = found(store, query, page=60)  # fewer would read what is damaged for each of many pages
        assert set(admitted(articles, query)) <= {key.id for key in keys}, query
        assert keys == sorted(set(keys), key=lambda key: key[:2], reverse=True)


def execute(store: SqlStore, statement: str) -> None:
    with store._database.write() as connection:
        asked = text(statement)
        connection.execute(asked, {"bytes": b"(\xb5/\xfd" + bytes(40)} if ":bytes" in statement else {})


OFTEN = {"UPDATE search_parts SET postings = :bytes", "DELETE FROM search_parts", ALL_SEGMENTS_LOST}
"""All others are left to the long runs."""


@pytest.mark.parametrize(
    "statement",
    [pytest.param(one, marks=() if one in OFTEN else pytest.mark.slow) for one in DAMAGES],
)
def test_a_search_reads_articles_where_the_index_cannot_be_read_and_it_is_begun_anew(
    store: SqlStore, statement: str
) -> None:
    fill(store, 150)
    build(store)
    execute(store, statement)
    if statement != ALL_SEGMENTS_LOST:
        whole(store)
    for _ in range(3):
        build(store)
    assert store.index_coverage() == (150, 0, 0)
    whole(store)
    assert not any(not key.indexed for key in found(store, "nato"))


def prune_some(store: SqlStore) -> None:
    """More articles than the lost segment has."""
    store.prune(NOW - timedelta(minutes=200), 200)


def lose_a_segment(store: SqlStore) -> None:
    execute(store, "DELETE FROM search_parts WHERE segment_id = (SELECT min(id) FROM search_segments)")
    execute(store, "DELETE FROM search_segments WHERE id = (SELECT min(id) FROM search_segments)")


def segments(store: SqlStore, count: int = 3) -> None:
    for part in range(count):
        fill(store, 70, seed=part, name=f"p{part}-")
        build(store)


def test_a_search_reads_the_articles_of_a_lost_segment_one_by_one(store: SqlStore) -> None:
    fill(store, 300)
    segments(store)
    prune_some(store)
    lose_a_segment(store)
    whole(store)
    keys = found(store, "nato")
    assert any(not key.indexed for key in keys) and any(key.indexed for key in keys)
    assert store.index_coverage().unindexed


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE search_segments SET newest_seen = oldest_seen",
        pytest.param("UPDATE search_segments SET oldest_seen = newest_seen", marks=pytest.mark.slow),
        pytest.param("UPDATE search_segments SET documents = documents + 1", marks=pytest.mark.slow),
    ],
)
def test_a_segment_that_is_not_as_listed_is_read_one_by_one_and_built_anew(
    store: SqlStore, statement: str
) -> None:
    segments(store)
    execute(store, f"{statement} WHERE id = (SELECT max(id) FROM search_segments)")
    whole(store)
    for since in (NOW - timedelta(minutes=minutes) for minutes in (5, 40, 69)):
        expected = {one.id for one in store.articles() if one.first_seen >= since} & set(naive(store, "nato"))
        assert expected <= {key.id for key in found(store, "nato", since=since)}
    assert store.index_coverage().unindexed == 70
    for _ in range(3):
        build(store)
    assert store.index_coverage() == (210, 0, 0)
    assert all(key.indexed for key in found(store, "nato"))


def test_a_list_that_was_emptied_is_written_anew(store: SqlStore) -> None:
    segments(store)
    execute(
        store, """UPDATE search_index SET manifest = '{"indexed_to":0,"segments":[]}'""".replace(":", "\\:")
    )
    whole(store)
    for _ in range(3):
        build(store)
    with store._database.read() as connection:
        assert index_state(connection).manifest.segments
    assert all(key.indexed for key in found(store, "nato"))


def test_a_search_reads_what_is_neither_indexed_nor_noted_any_more(store: SqlStore) -> None:
    fill(store, 100)
    build(store)
    fill(store, 30, seed=2, name="b")
    execute(store, "DELETE FROM search_pending WHERE id % 2 = 0")
    whole(store)
    since = NOW - timedelta(minutes=10)
    keys = found(store, "nato OR the", since=since)
    assert keys == [key for key in found(store, "nato OR the") if key.first_seen >= since]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM search_index",
        pytest.param("UPDATE search_index SET manifest = '{'", marks=pytest.mark.slow),
    ],
)
def test_without_its_own_row_the_index_is_built_anew(store: SqlStore, statement: str) -> None:
    fill(store, 300)
    build(store)
    execute(store, statement)
    whole(store)
    for _ in range(3):
        build(store)
    assert store.index_coverage() == (300, 0, 0)
    whole(store)
    assert not any(not key.indexed for key in found(store, "nato"))


def test_the_list_of_segments_is_right_whatever_is_merged_or_dropped(store: SqlStore) -> None:
    builder = store.index_builder(in_passing=False)
    for part in range(12):
        fill(store, 12, seed=part, name=f"p{part}-")
        if part == 6:
            store.prune(NOW - timedelta(minutes=3), 1_000)
        while builder.step(LATER):
            pass
        with store._database.read() as connection:
            live = live_segments(connection)
            assert {one.id: one for one in index_state(connection).manifest.segments} == live


def test_articles_that_the_index_lacks_are_put_into_it(store: SqlStore) -> None:
    fill(store, 100)
    build(store)
    fill(store, 70, seed=2, name="b")
    execute(store, "DELETE FROM search_pending WHERE id % 2 = 0")
    builder = store.index_builder(in_passing=False)
    for step in range(200):
        builder.step(LATER)
        if step % 10 == 9 and store.index_coverage() == (170, 0, 0):
            break
    assert store.index_coverage() == (170, 0, 0)
    whole(store)
    assert all(key.indexed for key in found(store, "nato"))


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
