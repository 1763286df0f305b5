"""Looking back at the archive, on both databases."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from watchdesk.errors import StorageError
from watchdesk.model import Article, Ingested, Match, Section, Snippet, SourceState, Span
from watchdesk.model.archive import NOTHING, Archived, LookBack, Reach
from watchdesk.model.conditions import Condition, Sought, Wanted
from watchdesk.store import SqlStore, looking_back, open_store
from watchdesk.store.database import Database, database_url

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BEFORE = NOW - timedelta(days=30)
EVERYWHERE = Reach()
ARTICLE = Article(
    source_id="wire",
    title="Title",
    sections=(Section("Heading", ("One.", "Two.")),),
    first_seen=NOW,
    url="https://e.org/a",
    url_key="e.org/a",
    byline="A. Writer",
    published_at=NOW - timedelta(hours=1),
    language="en",
    categories=("politics",),
    source_tags=frozenset({"wire"}),
    removed=("Share.",),
    content_hash="h",
)


def item(key: str, *rules: str, **changes: object) -> Ingested:
    return Ingested(
        article=replace(ARTICLE, url=f"https://e.org/{key}", **changes),  # type: ignore[arg-type]  # test values
        keys=(f"g:{key}",),
        entry_hash="1",
        story_keys=(key,),
        matches=tuple(
            Match(rule, 1.5, (Span("body", 0, 7, "heading"),), Snippet(f"{rule} found it", ((0, 4),)))
            for rule in rules
        ),
    )


def ingest(store: SqlStore, *items: Ingested, now: datetime = NOW) -> None:
    store.ingest(items, SourceState("wire"), now)


def keys(store: SqlStore, reach: Reach, *rules: str) -> set[str]:
    """The articles that are read, each once."""
    found = [one.article.url or "" for one in read(store, reach, *rules)]
    assert len(set(found)) == len(found)
    return {url.removeprefix("https://e.org/") for url in found}


def read(store: SqlStore, reach: Reach = EVERYWHERE, *rules: str) -> Iterator[Archived]:
    """What the rules, or else any rule, can match or have matched; the numbers of each page add up."""
    count = 0
    for page in store.look_back(LookBack(BEFORE, reach, matched_by=frozenset(rules) or None)):
        count += len(page.articles)
        assert page.read == count
        yield from page.articles


def test_an_article_comes_with_what_was_shown_of_its_matches(store: SqlStore) -> None:
    ingest(store, item("a", "nato", "aid"), item("b"))
    found = {one.article.url: dict(one.matched) for one in read(store)}
    assert found == {
        "https://e.org/a": {"nato": "nato found it", "aid": "aid found it"},
        "https://e.org/b": {},
    }


def test_all_that_rules_read_of_an_article_is_there(store: SqlStore) -> None:
    ingest(store, item("a"))
    found = next(read(store)).article
    assert found == replace(item("a").article, id=found.id, url_key=None, removed=(), content_hash="")


def test_only_matches_of_the_rules_asked_for_count(store: SqlStore) -> None:
    ingest(store, item("a", "nato", "aid"))
    assert [set(one.matched) for one in read(store, Reach(), "aid")] == [{"aid"}]


def test_articles_seen_before_are_left(store: SqlStore) -> None:
    ingest(store, item("old", first_seen=BEFORE - timedelta(seconds=1)), item("edge", first_seen=BEFORE))
    assert keys(store, Reach()) == {"edge"}
    assert store.oldest_article(BEFORE) == BEFORE
    assert store.oldest_article(NOW) is None


def test_many_pages_are_read_newest_first_and_none_twice(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking_back, "FIRST_PAGE", 1)
    monkeypatch.setattr(looking_back, "PAGE", 2)
    at_once = [item(f"k{n}", first_seen=NOW - timedelta(minutes=n // 3)) for n in range(8)]
    ingest(store, *at_once)
    seen = [(one.article.first_seen, one.article.id) for one in read(store)]
    assert len(set(seen)) == 8
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("condition", [None, Sought(Wanted.FOLDED, "one")])
def test_one_goes_on_after_an_article_that_was_read(store: SqlStore, condition: Condition | None) -> None:
    ingest(store, *(item(f"k{n}", "nato", first_seen=NOW - timedelta(minutes=n // 3)) for n in range(8)))
    seen = [(one.article.first_seen, one.article.id or 0) for one in read(store)]
    asked = LookBack(BEFORE, EVERYWHERE, condition, None, before=seen[3])
    again = [one.article.id for page in store.look_back(asked) for one in page.articles]
    assert again == [number for _, number in seen[4:]]


def test_an_article_of_another_language_is_out_of_reach_and_one_of_unsure_language_is_not(
    store: SqlStore,
) -> None:
    spoken = {"en": "en", "region": "EN-gb", "de": "de", "unsure": None, "empty": "", "enm": "enm"}
    ingest(store, *(item(key, language=language) for key, language in spoken.items()))
    assert keys(store, Reach(languages=frozenset({"en"}))) == {"en", "region", "unsure", "empty"}


def test_a_source_that_is_not_read_is_out_of_reach(store: SqlStore) -> None:
    ingest(store, *(item(source, source_id=source) for source in ("wire", "daily", "blog")))
    assert keys(store, Reach(sources=frozenset({"wire", "daily"}))) == {"wire", "daily"}
    assert keys(store, Reach(never=frozenset({"blog"}))) == {"wire", "daily"}
    assert keys(store, Reach(sources=frozenset())) == set()


def test_what_a_rule_matched_is_read_even_out_of_reach(store: SqlStore) -> None:
    ingest(store, item("a", "nato"), item("b", "aid"), item("c"))
    assert keys(store, NOTHING) == {"a", "b"}
    assert keys(store, NOTHING, "nato") == {"a"}


def test_a_search_reads_what_is_within_reach_whatever_matched_it(store: SqlStore) -> None:
    ingest(store, item("a", "nato"), item("b", source_id="blog"))
    pages = list(store.look_back(LookBack(BEFORE, Reach(sources=frozenset({"wire"})))))
    assert [(one.article.url, one.matched) for page in pages for one in page.articles] == [
        ("https://e.org/a", {})
    ]


def test_matched_articles_come_with_the_spans_of_each_rule(store: SqlStore) -> None:
    ingest(
        store, item("a", "nato", "aid"), item("b"), item("old", "nato", first_seen=BEFORE - timedelta(days=1))
    )
    found = list(read(store, NOTHING))
    assert [one.article.url for one in found] == ["https://e.org/a"]
    spans = [Span("body", 0, 7, "heading")]
    assert found[0].spans == {"nato": spans, "aid": spans}


def test_the_last_match_of_each_rule_is_known_whatever_its_article(store: SqlStore) -> None:
    ingest(store, item("a", "nato", "aid", first_seen=BEFORE - timedelta(days=9)), now=BEFORE)
    ingest(store, item("b", "nato"))
    assert store.last_matches() == {"nato": NOW, "aid": BEFORE}


ENDLESS = text("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n")


def test_a_statement_that_runs_is_stopped_from_another_thread(store: SqlStore) -> None:
    interrupting = threading.Timer(0.5, store.interrupt)
    interrupting.start()
    with pytest.raises(StorageError, match=r"stopped|cancel"), store._database.read() as connection:
        connection.execute(ENDLESS)
    interrupting.join()
    assert store.article_count(BEFORE) == 0  # and the next one runs as ever


def test_no_transaction_is_open_between_two_pages(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking_back, "FIRST_PAGE", 1)
    ingest(store, *(item(f"k{n}") for n in range(4)))
    pages = store.look_back(LookBack(BEFORE))
    next(pages)
    assert not store._database._running
    store.prune(NOW + timedelta(days=1))  # nobody is kept waiting, and what is gone is left out
    assert list(pages) == []


def test_what_was_read_before_another_locks_the_database_is_given_and_then_the_lock_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking_back, "FIRST_PAGE", 1)
    with closing(open_store("sqlite", tmp_path)) as first:
        ingest(first, *(item(f"k{n}") for n in range(4)))
    store = SqlStore(Database(database_url("sqlite", tmp_path), busy=0.05))
    other = sqlite3.connect(tmp_path / "watchdesk.db", isolation_level=None)
    pages = store.look_back(LookBack(BEFORE))
    assert len(next(pages).articles) == 1
    store.close()  # its connections keep the log in use, and nobody else could lock the file
    other.execute("PRAGMA journal_mode = DELETE")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StorageError, match="another process keeps it locked"):
        next(pages)
    other.close()
    store.close()


READS: dict[str, Callable[[SqlStore], object]] = {
    "look_back": lambda store: list(read(store)),
    "article_count": lambda store: store.article_count(BEFORE),
    "last_matches": lambda store: store.last_matches(),
    "oldest_article": lambda store: store.oldest_article(BEFORE),
}


@pytest.mark.parametrize("method", READS)
def test_a_writer_keeps_no_reader_waiting(method: str, tmp_path: Path) -> None:
    open_store("sqlite", tmp_path).close()
    store = SqlStore(Database(database_url("sqlite", tmp_path), busy=0.05))
    other = sqlite3.connect(tmp_path / "watchdesk.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert not READS[method](store)  # an empty archive, read while another writes
    other.execute("ROLLBACK")
    other.close()
    store.close()
