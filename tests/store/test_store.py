"""What survives, on both databases: each method's promise."""

import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from watchdesk.errors import FullDisk, StorageError
from watchdesk.model import (
    Article,
    Delivery,
    DeliveryState,
    Digest,
    Ingested,
    Match,
    PublishedKnown,
    Rendered,
    Section,
    Snippet,
    SourceState,
    Span,
    Stored,
)
from watchdesk.store import SqlStore, open_store
from watchdesk.store.database import Database, database_url

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
STATE = SourceState("wire", etag='W/"x"', next_poll=NOW, trouble=("odd",))
RENDERED = Rendered("subject", "<p>html</p>", "text", "{}")
ARTICLE = Article(
    source_id="wire",
    title="Title",
    sections=(Section(None, ("Lead.",)), Section("Heading", ("One.", "Two."))),
    first_seen=NOW,
    url="https://e.org/a",
    url_key="e.org/a",
    byline="A. Writer",
    published_at=NOW - timedelta(hours=1),
    published_known=PublishedKnown.EXACT,
    language="en",
    categories=("politics",),
    source_tags=frozenset({"wire"}),
    removed=("Share.",),
    content_hash="h",
)
MATCH = Match("nato", 1.5, (Span("body", 0, 4, "lead"),), Snippet("Lead.", ((0, 4),)), ((0, 5),))


def item(key: str, *, entry_hash: str = "1", rules: Sequence[str] = ("nato",), story: str = "s") -> Ingested:
    return Ingested(
        article=replace(ARTICLE, url=f"https://e.org/{key}", url_key=f"e.org/{key}"),
        keys=(f"g:{key}", f"u:{key}"),
        entry_hash=entry_hash,
        story_keys=(f"{story}:{key}" if story == "s" else story,),
        matches=tuple(replace(MATCH, rule=rule) for rule in rules),
        digests=dict.fromkeys(rules, ("flash", "morning")),
    )


def digest(name: str = "flash", identity: str = "d1") -> Digest:
    return Digest(name, name.title(), NOW, None, (), id=identity)


def delivery(identity: str = "x1", digest_id: str = "d1", channel: str = "desk") -> Delivery:
    return Delivery(identity, digest_id, "flash", channel, DeliveryState.WAITING, NOW, NOW)


def with_delivery(store: SqlStore, *deliveries: Delivery) -> None:
    store.know_digests(["flash"], NOW)
    assert store.commit_digest(digest(), RENDERED, deliveries or (delivery(),), [], None)


def test_an_article_comes_back_as_it_went_in(store: SqlStore) -> None:
    stored = store.ingest([item("a")], STATE, NOW)
    assert [(kept.new, kept.matched) for kept in stored] == [(True, ("nato",))]
    found = store.article(stored[0].article_id)
    assert found == replace(item("a").article, id=stored[0].article_id)
    assert store.articles_by_url("https://e.org/a", None, 5) == [found]
    assert store.articles_by_url("https://www.e.org/a", "e.org/a", 5) == [found]
    assert store.source_states() == {"wire": STATE}
    assert store.matches(stored[0].article_id)[0].match == MATCH


def test_an_anchor_is_found_under_another_scheme_before_newer_ones_of_its_page(store: SqlStore) -> None:
    items = [item(f"page#r{number}") for number in (4, 44, 45)]
    placed = [replace(one, article=replace(one.article, url_key="e.org/page")) for one in items]
    first, wanted, _ = (kept.article_id for kept in store.ingest(placed, STATE, NOW))
    found = [article.id for article in store.articles_by_url("http://www.e.org/page#r44", "e.org/page", 2)]
    assert found[0] == wanted
    assert store.articles_by_url("http://www.e.org/page#r4", "e.org/page", 1)[0].id == first


def test_the_same_poll_twice_stores_and_places_nothing_twice(store: SqlStore) -> None:
    first = store.ingest([item("a"), item("b")], STATE, NOW)
    second = store.ingest([item("a"), item("b")], STATE, NOW)
    assert [kept.article_id for kept in second] == [kept.article_id for kept in first]
    assert [(kept.new, kept.matched) for kept in second] == [(False, ())] * 2
    assert len(store.waiting("flash")) == 2


def test_an_update_brings_only_the_matches_that_are_new(store: SqlStore) -> None:
    number = store.ingest([item("a")], STATE, NOW)[0].article_id
    newer = item("a", entry_hash="2", rules=("nato", "aid"))
    newer = replace(newer, article=replace(newer.article, title="Newer", first_seen=NOW + timedelta(hours=2)))
    kept = store.ingest([newer], STATE, NOW)[0]
    assert (kept.article_id, kept.new, kept.matched) == (number, False, ("aid",))
    found = store.article(number)
    assert found is not None
    assert (found.title, found.first_seen) == ("Newer", NOW)
    assert [(w.rule_id, w.revised) for w in store.waiting("flash")] == [("nato", False), ("aid", True)]


def test_copies_that_share_a_key_are_one_story(store: SqlStore) -> None:
    store.ingest([item("a", story="same"), item("b", story="same"), item("c")], STATE, NOW)
    stories = [waiting.story_id for waiting in store.waiting("flash")]
    assert stories[0] == stories[1] != stories[2]


def test_known_answers_for_every_key_and_only_this_source(store: SqlStore) -> None:
    number = store.ingest([item("a")], STATE, NOW)[0].article_id
    known = store.known("wire", ["g:a", "u:a", "g:b", *(f"g:{n}" for n in range(1200))])
    assert {key: found.article_id for key, found in known.items()} == {"g:a": number, "u:a": number}
    assert store.known("other", ["g:a"]) == {}


def test_the_archive_is_read_newest_first_across_pages(store: SqlStore) -> None:
    items = [
        replace(
            item(f"k{n}"), article=replace(item(f"k{n}").article, first_seen=NOW + timedelta(seconds=n // 3))
        )
        for n in range(1100)
    ]
    store.ingest(items, STATE, NOW)
    seen = [article.first_seen for article in store.articles()]
    assert len(seen) == 1100
    assert seen == sorted(seen, reverse=True)
    assert len(list(store.articles(limit=7))) == 7
    assert len(list(store.articles(since=NOW + timedelta(seconds=366)))) == 2
    assert store.article_counts(NOW) == {"wire": 1100}


def test_the_languages_of_recent_articles_are_told_without_their_regions(store: SqlStore) -> None:
    old = NOW - timedelta(days=40)
    spoken = [("de-AT", NOW), ("de", old), ("fr", old), ("en", NOW), ("pt-BR", old), (None, NOW), ("uk", NOW)]
    articles = [replace(ARTICLE, language=language, first_seen=seen) for language, seen in spoken]
    store.ingest([replace(item(f"k{n}"), article=article) for n, article in enumerate(articles)], STATE, NOW)
    assert store.languages(NOW - timedelta(days=30)) == {"de", "en", "uk"}
    assert store.languages(old) == {"de", "en", "fr", "pt", "uk"}
    assert store.languages(NOW + timedelta(days=1)) == frozenset()


def test_what_came_later_can_be_spared_though_it_seems_older(store: SqlStore) -> None:
    def came(key: str, days: int) -> int:
        seen = NOW - timedelta(days=days)
        one = replace(item(key, rules=()), article=replace(ARTICLE, first_seen=seen))
        return store.ingest([one], STATE, NOW)[0].article_id

    old, kept, behind, _ = (came(*one) for one in (("a", 40), ("b", 5), ("c", 90), ("d", 1)))
    before = NOW - timedelta(days=30)
    assert store.least_number(before, NOW) == kept
    assert store.least_number(before, NOW - timedelta(days=6)) is None
    assert store.prune(before, 10, store.least_number(before, NOW)) == 1
    assert (store.article(old), bool(store.article(behind))) == (None, True)
    assert store.prune(before, 10) == 1
    assert store.article(behind) is None


def test_pruning_spares_what_waits_and_what_is_gone_does_not_come_back(store: SqlStore) -> None:
    silent = replace(item("quiet"), digests={})
    number = store.ingest([item("a"), silent], STATE, NOW)[1].article_id
    assert store.prune(NOW + timedelta(days=1)) == 1
    assert store.article(number) is None
    assert len(store.waiting("flash")) == 1
    assert store.known("wire", ["g:quiet"])["g:quiet"].article_id == number
    assert store.ingest([replace(silent, entry_hash="2")], STATE, NOW)[0].new is False


def test_a_digest_takes_its_matches_once(store: SqlStore) -> None:
    store.know_digests(["flash", "morning"], NOW)
    store.ingest([item("a"), item("b")], STATE, NOW)
    places = [waiting.id for waiting in store.waiting("flash")]
    assert store.digest_marks()["flash"].waiting == 2
    assert store.commit_digest(digest(), RENDERED, [delivery()], places, None)
    assert not store.commit_digest(digest(identity="d2"), RENDERED, [delivery("x2", "d2")], places, None)
    assert store.waiting("flash") == []
    assert len(store.waiting("morning")) == 2
    assert [row.id for row in store.deliveries()] == ["x1"]
    mark = store.digest_marks()["flash"]
    assert (mark.waiting, mark.last_composed, mark.known_since) == (0, NOW, NOW)


def test_a_scheduled_time_has_one_digest(store: SqlStore) -> None:
    store.know_digests(["flash"], NOW)
    assert store.commit_digest(digest(), RENDERED, [], [], NOW)
    assert not store.commit_digest(digest(identity="d2"), RENDERED, [], [], NOW)
    assert store.digest_marks()["flash"].last_scheduled == NOW


def test_a_lease_is_one_holders_until_it_runs_out(store: SqlStore) -> None:
    with_delivery(store)
    until = NOW + timedelta(minutes=10)
    parcels = store.lease("one", NOW, until, 5)
    assert [(p.delivery.id, p.rendered, p.composed_at) for p in parcels] == [("x1", RENDERED, NOW)]
    assert store.lease("two", NOW, until, 5) == []
    lease = timedelta(minutes=10)
    assert store.lease("two", until, until + lease, 5) == []
    assert store.overdue(until - timedelta(seconds=1), lease) == []
    (late,) = store.overdue(until, lease)
    assert store.mark_overdue(late, until, lease, (), until, "late")
    assert not store.mark_overdue(late, until, lease, (), until, "late")
    taken_over = store.lease("two", until, until + lease, 5)
    assert [p.delivery.id for p in taken_over] == ["x1"]
    assert not store.mark_sent("x1", "one", NOW, None)
    assert store.mark_sent("x1", "two", NOW, "one refused")
    kept = store.deliveries(DeliveryState.SENT)[0]
    assert (kept.attempts, kept.sent_at, kept.note) == (2, NOW, "one refused")


def test_a_lease_that_was_given_back_and_taken_anew_has_not_run_out(store: SqlStore) -> None:
    with_delivery(store)
    lease = timedelta(minutes=10)
    store.lease("one", NOW, NOW + lease, 1)
    (late,) = store.overdue(NOW + lease, lease)
    store.release("one")
    store.lease("two", NOW + lease, NOW + 2 * lease, 1)
    assert not store.mark_overdue(late, NOW + lease, lease, (), None, "late")
    assert store.mark_sent("x1", "two", NOW, None)


def test_what_waits_for_a_sender_of_this_process_is_overdue_a_lease_after_it_is_due(store: SqlStore) -> None:
    with_delivery(store)
    lease = timedelta(minutes=10)
    assert store.overdue(NOW + timedelta(minutes=9), lease, ["x1"]) == []
    assert store.overdue(NOW + lease, lease, []) == []
    (late,) = store.overdue(NOW + lease, lease, ["x1"])
    assert store.mark_overdue(late, NOW + lease, lease, ["x1"], None, "late")
    assert [(one.state, one.attempts, one.error) for one in store.deliveries()] == [("dead", 1, "late")]


def test_a_retry_waits_and_a_dead_letter_stays_until_a_person_says(store: SqlStore) -> None:
    with_delivery(store)
    store.lease("one", NOW, NOW + timedelta(minutes=1), 1)
    assert store.mark_waiting("x1", "one", NOW + timedelta(hours=1), "busy")
    assert store.lease("one", NOW, NOW, 1) == []
    assert store.lease("one", NOW + timedelta(hours=1), NOW + timedelta(hours=2), 1)
    assert store.mark_dead("x1", "one", "refused")
    assert store.retry(["x1", "none"], NOW) == ["x1"]
    assert store.drop(["x1"]) == ["x1"]
    assert store.retry(["x1"], NOW) == []


def test_release_gives_back_what_was_only_taken(store: SqlStore) -> None:
    with_delivery(store)
    store.lease("one", NOW, NOW + timedelta(hours=1), 1)
    assert store.release("one") == 1
    assert store.deliveries()[0].attempts == 0
    assert len(store.lease("two", NOW, NOW + timedelta(hours=1), 1)) == 1


def test_a_stopped_channel_is_left_alone_until_restarted(store: SqlStore) -> None:
    with_delivery(store)
    store.stop_channel("desk", "gone", NOW)
    assert store.lease("one", NOW, NOW, 1) == []
    assert store.stopped_channels() == {"desk": "gone"}
    assert store.restart_channel("desk")
    assert len(store.lease("one", NOW, NOW, 1)) == 1


def test_many_claimers_never_take_a_delivery_twice(store: SqlStore) -> None:
    with_delivery(store, *(delivery(f"x{n:02}", channel=f"c{n}") for n in range(40)))
    taken: list[str] = []

    def claim(owner: str) -> None:
        while parcels := store.lease(owner, NOW, NOW + timedelta(hours=1), 3):
            taken.extend(parcel.delivery.id for parcel in parcels)

    threads = [threading.Thread(target=claim, args=(f"h{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [f"x{n:02}" for n in range(40)]


def test_notes_are_written_and_taken_away(store: SqlStore) -> None:
    at_first = store.notes()
    store.set_note("a", "1")
    store.set_note("a", "2")
    assert store.notes() == {**at_first, "a": "2"}
    store.set_note("a", None)
    assert store.notes() == at_first


def test_a_database_of_a_newer_watchdesk_is_left_as_it_is(storage: str, tmp_path: Path) -> None:
    open_store(storage, tmp_path).close()
    database = Database(database_url(storage, tmp_path))
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    with pytest.raises(StorageError, match="written by a newer watchdesk"):
        open_store(storage, tmp_path)


WRITES = {
    "save_states": lambda store: store.save_states([STATE]),
    "ingest": lambda store: store.ingest([item("a")], STATE, NOW),
    "prune": lambda store: store.prune(NOW),
    "know_digests": lambda store: store.know_digests(["new"], NOW),
    "commit_digest": lambda store: store.commit_digest(digest(), RENDERED, [], [], None),
    "lease": lambda store: store.lease("one", NOW, NOW, 1),
    "prune_attempts": lambda store: store.prune_attempts(NOW),
    "mark_sent": lambda store: store.mark_sent("x", "one", NOW, None),
    "mark_waiting": lambda store: store.mark_waiting("x", "one", NOW, "e"),
    "mark_overdue": lambda store: store.mark_overdue(delivery(), NOW, NOW - NOW, (), None, "e"),
    "mark_dead": lambda store: store.mark_dead("x", "one", "e"),
    "release": lambda store: store.release("one"),
    "retry": lambda store: store.retry(["x"], NOW),
    "drop": lambda store: store.drop(["x"]),
    "stop_channel": lambda store: store.stop_channel("c", "r", NOW),
    "restart_channel": lambda store: store.restart_channel("c"),
    "set_note": lambda store: store.set_note("n", "v"),
}


@pytest.mark.parametrize("method", WRITES)
def test_every_write_meets_a_locked_database(method: str, tmp_path: Path) -> None:
    with closing(open_store("sqlite", tmp_path)) as first:
        first.know_digests(["flash"], NOW)
        assert first.commit_digest(digest(identity="due"), RENDERED, [delivery("due", "due")], [], None)
    store = SqlStore(Database(database_url("sqlite", tmp_path), busy=0.05))
    other = sqlite3.connect(tmp_path / "watchdesk.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match="another process keeps it locked"):
        WRITES[method](store)
    other.execute("ROLLBACK")
    other.close()
    WRITES[method](store)
    store.close()


def test_a_full_disk_is_told_and_keeps_nothing_of_the_poll(tmp_path: Path) -> None:
    store = open_store("sqlite", tmp_path)
    with store._database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    store.close()
    database = Database(database_url("sqlite", tmp_path))
    with database.read() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
    crowded = SqlStore(database)
    big = [replace(item(f"k{n}"), article=replace(ARTICLE, title="x" * 4000)) for n in range(20)]
    with pytest.raises(FullDisk, match="make room"):
        crowded.ingest(big, STATE, NOW)
    assert list(crowded.articles()) == []
    assert crowded.source_states() == {}
    crowded.close()


def test_a_file_that_is_no_database_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "watchdesk.db").write_text("these are notes of last week, and not a database at all")
    with pytest.raises(StorageError, match="not a database"):
        open_store("sqlite", tmp_path)


def test_two_polls_of_one_source_at_a_time_store_an_entry_once(store: SqlStore) -> None:
    for number in range(15):
        together = threading.Barrier(2)
        kept: list[Stored] = []

        def ingest(key: str, together: threading.Barrier = together, kept: list[Stored] = kept) -> None:
            together.wait(10)
            kept.extend(store.ingest([item(key)], STATE, NOW))

        threads = [threading.Thread(target=ingest, args=(f"k{number}",)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert sorted(one.new for one in kept) == [False, True]
        assert len({one.article_id for one in kept}) == 1
    assert len(store.waiting("flash")) == 15
