"""The index of the archive on both databases: what it finds, whole, while it is built and left half built."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import text

from watchdesk.archive.condition import condition_of
from watchdesk.archive.wanted_terms import admits
from watchdesk.model import Article, Ingested
from watchdesk.model.conditions import Condition
from watchdesk.rules import Query
from watchdesk.store import SqlStore
from watchdesk.store.index_building import IndexBuilder
from watchdesk.store.search_index import CandidateKey

NOW = datetime(2026, 11, 24, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
WORDS = ("nato", "summits", "minister", "budget", "kyiv", "the", "of", "spending", "Häuser", "5%")


def article(number: int, rng: Random, first_seen: datetime) -> Article:
    words = " ".join(rng.choices(WORDS, k=12))
    return Article.from_text(
        f"Title {number}",
        f"{words} word{number % 40}",
        language=rng.choice(("en", "de", None)),
        source=f"source{number % 3}",
        first_seen=first_seen,
    )


def ingest(store: SqlStore, some: Sequence[Article], name: str = "a") -> list[int]:
    items = [
        Ingested(one, (f"{name}{number}",), f"{one.text}{one.title}", (f"t:{name}{number}",))
        for number, one in enumerate(some)
    ]
    return [found.article_id for found in store.ingest(items, None, NOW)]


def fill(store: SqlStore, count: int, seed: int = 1, name: str = "a") -> list[int]:
    rng = Random(seed)
    moments = [NOW - timedelta(minutes=rng.randrange(count)) for _ in range(count)]
    return ingest(store, [article(n, rng, at) for n, at in enumerate(moments)], name)


def build(store: SqlStore, now: datetime = LATER, steps: int = 10_000) -> IndexBuilder:
    builder = store.index_builder()
    for _ in range(steps):
        if not builder.step(now):
            break
    return builder


def asked(query: str) -> Condition:
    condition = condition_of(Query.parse(query).node)
    assert condition is not None
    return condition


def found(
    store: SqlStore,
    query: str,
    page: int = 7,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[CandidateKey]:
    search = store.candidates(asked(query), since, until)
    keys: list[CandidateKey] = []
    while True:
        with store._database.read() as connection:
            before = (keys[-1].first_seen, keys[-1].id) if keys else None
            more = search.page(connection, before, page)
        keys += more
        if len(more) < page:
            return keys


def naive(store: SqlStore, query: str) -> list[int]:
    return admitted(list(store.articles()), query)


def admitted(articles: Sequence[Article], query: str) -> list[int]:
    """The numbers of those of them that a search may find."""
    condition = asked(query)
    return [one.id for one in articles if one.id and admits(condition, one)]


QUERIES = (
    "nato AND kyiv",
    "summit",
    "minist*",
    "word7",
    "source:source1 AND budget",
    "haus OR stem(spend)",
    "/yiv/",
)


def test_a_new_archive_has_its_candidates_at_once_and_in_order(store: SqlStore) -> None:
    numbers = fill(store, 90)
    keys = found(store, "nato")
    assert sorted(key.id for key in keys) == numbers and not any(key.indexed for key in keys)
    assert keys == sorted(keys, key=lambda key: (key.first_seen, key.id), reverse=True)
    assert store.index_coverage() == (0, 0, 90)


def test_what_is_indexed_is_found_exactly_and_in_order(store: SqlStore) -> None:
    fill(store, 300)
    build(store)
    assert store.index_coverage() == (300, 0, 0)
    for query in QUERIES:
        keys = found(store, query)
        assert [key.id for key in keys] == naive(store, query)
        assert all(key.indexed for key in keys)


def test_many_segments_are_merged_and_found_as_one(store: SqlStore) -> None:
    builder = store.index_builder()
    for part in range(20):
        fill(store, 5, seed=part, name=f"p{part}-")
        while builder.step(LATER):
            pass
    with store._database.read() as connection:
        segments = connection.scalar(text("SELECT count(*) FROM search_segments"))
    assert segments is not None and segments < 10
    for query in QUERIES:
        assert [key.id for key in found(store, query)] == naive(store, query)


def test_dates_bound_what_is_found(store: SqlStore) -> None:
    fill(store, 100)
    build(store)
    fill(store, 20, seed=2, name="b")
    since, until = NOW - timedelta(minutes=60), NOW - timedelta(minutes=10)
    keys = found(store, "nato OR the", since=since, until=until)
    assert keys and all(since <= key.first_seen < until for key in keys)
    everything = found(store, "nato OR the")
    assert keys == [key for key in everything if since <= key.first_seen < until]


def test_a_rewritten_article_is_found_by_what_it_says_now(store: SqlStore) -> None:
    fill(store, 70)
    build(store)
    again = Article.from_text("Title 3", "Wombats at last", source="source0", first_seen=NOW)
    (number,) = [
        one.article_id for one in store.ingest([Ingested(again, ("a3",), "new", ("t:a3",))], None, NOW)
    ]
    assert [key for key in found(store, "wombat") if key.indexed] == []
    assert [key.id for key in found(store, "wombat")] == [number]
    build(store)
    assert [(key.id, key.indexed) for key in found(store, "wombat")] == [(number, True)]


def test_pruned_articles_leave_the_index(store: SqlStore) -> None:
    fill(store, 100)
    build(store)
    store.prune(NOW + timedelta(days=1))
    build(store)
    with store._database.read() as connection:
        for table in ("search_segments", "search_parts"):
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0
    assert found(store, "nato OR the") == []


def test_a_segment_of_which_the_older_half_was_pruned_is_made_anew(store: SqlStore) -> None:
    """Segments are merged by how many articles they had; a desk that keeps few would never merge them."""
    fill(store, 200)
    build(store)
    store.prune(NOW - timedelta(minutes=40))
    build(store)
    left = naive(store, "the")
    with store._database.read() as connection:
        documents = connection.scalar(text("SELECT sum(documents) FROM search_segments"))
        before = connection.scalar(text("SELECT max(id) FROM search_segments"))
        kept = connection.scalar(text("SELECT count(*) FROM articles"))
    assert documents == kept < 60
    assert [key.id for key in found(store, "the")] == left
    build(store)
    with store._database.read() as connection:
        assert connection.scalar(text("SELECT max(id) FROM search_segments")) == before, "once is enough"


@pytest.mark.parametrize("unfinished", [True, False])
def test_other_terms_make_all_articles_unindexed_until_they_are_indexed_again(
    store: SqlStore, unfinished: bool
) -> None:
    numbers = fill(store, 150)
    build(store)
    with store._database.write() as connection:
        connection.execute(text("UPDATE search_index SET terms_version = 'older'"))
    assert sorted(key.id for key in found(store, "word7")) == numbers
    assert store.index_coverage() == (0, 0, 150)
    if unfinished:
        build(store, steps=1)
        assert sorted(key.id for key in found(store, "word7")) == numbers
    build(store, LATER + timedelta(minutes=5))  # as if the first builder had died
    assert [key.id for key in found(store, "word7")] == naive(store, "word7")
    assert store.index_coverage() == (150, 0, 0)


def test_a_second_builder_leaves_it_to_the_first(store: SqlStore) -> None:
    fill(store, 70)
    first, second = store.index_builder(), store.index_builder()
    assert first.step(LATER)
    fill(store, 70, seed=2, name="b")
    assert not second.step(LATER)
    assert store.index_coverage().pending == 70
    assert second.step(LATER + timedelta(minutes=5))
    assert store.index_coverage().pending < 70
    assert not first.step(LATER + timedelta(minutes=5))
