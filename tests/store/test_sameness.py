"""Which story an article joins, and what an ingest makes of keys that lead to other articles."""

from dataclasses import replace
from datetime import UTC, datetime

from watchdesk.model import DAY_KEY, Article, Ingested, Known, Recalled, Section, SourceState, Wording
from watchdesk.store import SqlStore

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def item(source: str, words: str, *story_keys: str, key: str = "g:1") -> Ingested:
    article = Article(source, "Notice", (Section(None, (words,)),), NOW, content_hash=words)
    return Ingested(article, (key, f"w:{words}"), f"hash of {words}", story_keys)


def stories(store: SqlStore, *items: Ingested) -> list[int]:
    """The story of each item, taken in one after the other, or together where they are of one source."""
    numbers: list[int] = []
    for one in items:
        numbers += [kept.article_id for kept in store.ingest([one], None, NOW)]
    with store._database.read() as connection:
        rows = connection.exec_driver_sql("SELECT id, story_id FROM articles").all()
    of = {row[0]: row[1] for row in rows}
    return [of[number] for number in numbers]


def test_what_one_source_keeps_apart_is_never_one_story_though_another_tells_both(store: SqlStore) -> None:
    title = f"{DAY_KEY}title"
    register_one = item("register", "cut", "t:cut", title, key="g:1")
    paper_one = item("paper", "cut", "t:cut", title, key="g:1")
    register_two = item("register", "fees", "t:fees", title, key="g:2")
    paper_two = item("paper", "fees", "t:fees", title, key="g:2")
    wire_two = item("wire", "fees", "t:fees", title)
    one, copy, two, copy_of_two, wire = stories(
        store, register_one, paper_one, register_two, paper_two, wire_two
    )
    assert one == copy != two == copy_of_two == wire


def test_within_one_batch_too_only_the_same_words_are_one_story(store: SqlStore) -> None:
    batch = [
        item("register", words, "u:page", key=f"g:{n}") for n, words in enumerate(("cut", "fees", "cut"))
    ]
    store.ingest(batch, None, NOW)
    with store._database.read() as connection:
        first, second, third = connection.exec_driver_sql(
            "SELECT story_id FROM articles ORDER BY id"
        ).scalars()
    assert first == third != second


def test_an_article_that_a_key_leads_to_and_that_is_another_is_left_as_it_is(store: SqlStore) -> None:
    [before] = store.ingest([item("wire", "old")], None, NOW)
    other = replace(item("wire", "new"), ruled_out=frozenset({before.article_id}))
    [kept] = store.ingest([other], None, NOW)
    [again] = store.ingest([other], None, NOW)  # as after a crash before the state was written
    assert (kept.new, again.new, again.article_id) == (True, False, kept.article_id)
    assert {number: a.text for number, a in store.versions([before.article_id, kept.article_id]).items()} == {
        before.article_id: "old",
        kept.article_id: "new",
    }


def test_what_another_poll_stored_meanwhile_is_not_stored_twice(store: SqlStore) -> None:
    [first] = store.ingest([item("wire", "old")], None, NOW)
    [second] = store.ingest([item("wire", "new")], None, NOW)
    assert (second.article_id, second.new) == (first.article_id, False)


def test_further_keys_and_the_state_are_kept_in_the_same_transaction(store: SqlStore) -> None:
    [kept] = store.ingest([item("wire", "old")], None, NOW)
    known = Known(kept.article_id, "hash of old")
    store.ingest([], SourceState("wire"), NOW, [Recalled("wire", ("g:2", "g:3"), known)])
    assert store.known("wire", ["g:1", "g:2", "g:3"]) == dict.fromkeys(("g:1", "g:2", "g:3"), known)


def test_what_an_entry_said_is_kept_as_long_as_its_article_says_more(store: SqlStore) -> None:
    said = Wording("Notice", "A teaser.")
    [kept] = store.ingest([replace(item("wire", "whole"), wording=said)], None, NOW)
    assert store.wordings([kept.article_id]) == {kept.article_id: said}
    store.ingest([replace(item("wire", "another"), revises=kept.article_id)], None, NOW)
    assert store.wordings([kept.article_id]) == {}
