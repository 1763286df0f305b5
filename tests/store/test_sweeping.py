"""What articles leave behind goes as well, and nothing else does."""

from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text

from store.test_store import NOW, RENDERED, STATE, item
from watchdesk.model import Delivery, DeliveryState, Digest, Ingested, Recalled
from watchdesk.store import SqlStore, open_store
from watchdesk.store.leftovers import Terms
from watchdesk.store.tables import metadata, silences, story_members
from watchdesk.stories import features_of

DAY = timedelta(days=1)
KEEP = timedelta(days=3)
SOURCES = ("wire", "paper", "radio")


LATER = {"term_days": "kept for 42 days"}
"""Tables that level off after longer than the test has, as does the index (`test_search_index`)."""


def told(key: str, now: datetime, source: str = "wire", *, waits: bool = False) -> Ingested:
    """An article in words of its own; `waits`: for the digest, else for none."""
    one = item(key)
    words = " ".join(f"{key}x{n}" for n in range(40))
    section = replace(one.article.sections[0], paragraphs=(words,))
    article = replace(one.article, source_id=source, first_seen=now, published_at=now, sections=(section,))
    article = replace(article, title=f"All of {key}")
    return replace(
        one,
        article=article,
        story_keys=(f"d:{key}", f"u:{key}"),
        features=features_of(article),
        digests={"nato": ("flash",)} if waits else {},
    )


def rows(store: SqlStore) -> Mapping[str, int]:
    with store._database.read() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }


def prune(store: SqlStore, now: datetime, configured: tuple[str, ...] = SOURCES) -> Counter[str]:
    """To the end, each step by somebody who knows nothing of the last one."""
    removed: Counter[str] = Counter()
    while store.prune(now - KEEP, 50):
        pass
    while store.prune_digests(now - KEEP):
        pass
    while (swept := store.sweeping().step(Terms(now, now - KEEP, configured))).more:
        removed[swept.name] += swept.removed
    return removed


def send_all(store: SqlStore, now: datetime) -> None:
    """All that waits goes out in one digest, and is taken."""
    waiting = [one.id for one in store.waiting("flash")]
    digest = Digest("flash", "", now, None, (), id=f"d{now.timestamp():.0f}")
    sent = Delivery(f"x{now.timestamp():.0f}", digest.id, "flash", "desk", DeliveryState.WAITING, now, now)
    assert store.commit_digest(digest, RENDERED, [sent], waiting, now)
    assert store.lease("us", now, now + DAY, 1)
    assert store.mark_sent(sent.id, "us", now, None)


@pytest.mark.parametrize(
    "storage", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True
)
def test_tables_level_off_over_weeks(store: SqlStore) -> None:
    """40 days at 12 articles a day, of which three days are kept."""
    store.know_digests(["flash"], NOW)
    sizes: dict[int, Mapping[str, int]] = {}
    for day in range(40):
        now = NOW + day * DAY
        for source in SOURCES:
            items = [told(f"{source}{day}n{n}", now, source, waits=True) for n in range(4)]
            store.ingest(items, replace(STATE, source_id=source, last_new=now, last_attempt=now), now)
        store.silence("nato", now, now + DAY)
        send_all(store, now)
        while store.index_builder().step(now):
            pass
        prune(store, now)
        sizes[day] = rows(store)
    for name, count in sizes[39].items():
        if name in LATER or name.startswith("search_"):
            continue
        assert count <= max(sizes[29][name] * 1.1, sizes[29][name] + 2), (name, sizes[29], sizes[39])
    assert sizes[39]["articles"] <= 12 * 4
    assert sizes[39]["stories"] <= 12 * 19, "those whose articles are still compared"
    assert sizes[39]["entry_keys"] <= 2 * 12 * 12
    assert not list(store.verifying().references())


def test_what_waits_for_a_digest_stays_with_its_story(store: SqlStore) -> None:
    (stored,) = store.ingest([told("waits", NOW, waits=True)], STATE, NOW)
    store.ingest([told("goes", NOW)], STATE, NOW)
    store.ingest([told("last", NOW + 99 * DAY)], STATE, NOW + 99 * DAY)
    prune(store, NOW + 100 * DAY)
    (waiting,) = store.waiting("flash")
    assert waiting.article.id == stored.article_id
    assert waiting.membership is not None
    assert rows(store)["articles"] == 2


def test_an_entry_that_its_feed_still_lists_is_known_however_old(store: SqlStore) -> None:
    store.ingest([told("listed", NOW), told("dropped", NOW)], STATE, NOW)
    for week in range(1, 10):
        now = NOW + week * 7 * DAY
        again = [Recalled("wire", (), store.known("wire", ["g:listed"])["g:listed"])]
        store.ingest([told(f"new{week}", now)], replace(STATE, last_new=now), now, again)
        prune(store, now)
    known = store.known("wire", ["g:listed", "u:listed"])
    assert known.keys() == {"g:listed", "u:listed"}
    assert store.article(known["g:listed"].article_id) is None
    assert not store.known("wire", ["g:dropped", "u:dropped"])


def test_a_source_that_was_not_read_since_forgets_nothing(store: SqlStore) -> None:
    """It may have answered for months that nothing has changed."""
    store.ingest([told("listed", NOW)], replace(STATE, last_new=NOW), NOW)
    store.ingest([told("other", NOW + 100 * DAY, "paper")], None, NOW + 100 * DAY)
    prune(store, NOW + 100 * DAY)
    assert store.known("wire", ["g:listed"])
    assert rows(store)["articles"] == 1


def test_a_source_that_was_removed_is_forgotten_once_its_articles_are(store: SqlStore) -> None:
    store.ingest([told("a", NOW)], replace(STATE, last_attempt=NOW), NOW)
    store.ingest([told("b", NOW, "paper")], replace(STATE, source_id="paper", last_attempt=NOW), NOW)
    for days in (2, 10, 20):
        now = NOW + days * DAY
        store.ingest([told(f"n{days}", now, "paper")], None, now)
        prune(store, now, ("paper", "radio"))
        assert ("wire" in store.source_states()) == (days == 2)
    assert "paper" in store.source_states()
    assert not store.known("wire", ["g:a"])


def test_keys_of_an_older_database_are_kept_as_if_they_were_listed_today(store: SqlStore) -> None:
    store.ingest([told("old", NOW)], STATE, NOW)
    with store._database.write() as connection:
        connection.execute(text("UPDATE entry_keys SET listed_at = NULL"))
    for days, is_known in ((10, True), (12, True), (30, False)):
        now = NOW + days * DAY
        store.ingest([told(f"new{days}", now)], replace(STATE, last_new=now), now)
        prune(store, now)
        assert bool(store.known("wire", ["g:old"])) is is_known, days


def test_the_window_of_another_process_holds_after_what_it_knew_was_pruned(
    storage: str, tmp_path: Path
) -> None:
    """One process ingests, another prunes; a third, which knows nothing of before, decides the same."""
    with closing(open_store(storage, tmp_path)) as polling, closing(open_store(storage, tmp_path)) as upkeep:
        for day in range(40):
            now = NOW + day * DAY
            polling.ingest([told(f"of{day}", now)], None, now)
            polling.ingest([told(f"of{day // 2}", now, "paper")], None, now)
            prune(upkeep, now)
        with closing(open_store(storage, tmp_path)) as fresh:
            last = NOW + 40 * DAY
            numbers = [
                store.ingest([told("of39", last, source)], None, last)[0].article_id
                for store, source in ((polling, "radio"), (fresh, "web"))
            ]
            why = polling.memberships(numbers)
        assert len({one.story_id for one in why.values()}) == 1
        assert len(why) == 2
        assert not list(upkeep.verifying().references())


def test_a_walk_goes_on_where_another_process_left_it_and_rests_for_a_day(store: SqlStore) -> None:
    store.ingest([told(f"a{n}", NOW) for n in range(120)], None, NOW)
    now = NOW + 99 * DAY
    store.ingest([told("last", now)], None, now)
    while store.prune(now - KEEP, 50):
        pass
    found = store.verifying().leftovers(Terms(now, now - KEEP, SOURCES))
    assert found["places of articles in stories"] == 120
    assert found["titles that hold no longer"] == 120
    steps, more = 0, True
    while more:
        sweeping = store.sweeping()
        sweeping._rows = 50
        more = sweeping.step(Terms(now, now - KEEP, SOURCES)).more
        steps += 1
    assert steps > 15
    assert rows(store)["stories"] == rows(store)["story_members"] == 1
    assert not store.verifying().leftovers(Terms(now, now - KEEP, SOURCES))
    assert not store.sweeping().step(Terms(now + DAY / 2, now - KEEP, SOURCES)).name
    assert store.sweeping().step(Terms(now + DAY, now - KEEP, SOURCES)).name


def test_the_number_of_an_article_that_is_gone_is_not_given_again(store: SqlStore) -> None:
    (first,) = store.ingest([told("a", NOW)], None, NOW)
    assert store.prune(NOW + DAY) == 1
    (second,) = store.ingest([told("b", NOW)], None, NOW)
    assert second.article_id > first.article_id


def test_old_silences_go_and_others_stay(store: SqlStore) -> None:
    with store._database.write() as connection:
        for until in (NOW - 10 * DAY, NOW + DAY):
            silence = {"rule_id": "r", "since": NOW - 20 * DAY, "until": until}
            connection.execute(insert(silences), silence)
    prune(store, NOW)
    assert [one.until for one in store.silences(NOW - 99 * DAY)] == [NOW + DAY]


def test_an_article_removed_for_the_size_takes_its_words_with_it(store: SqlStore) -> None:
    """Its place stays, so that whoever knows it may still tell its story."""
    store.ingest([told(f"a{n}", NOW) for n in range(3)], None, NOW)
    assert store.prune_oldest(NOW + DAY, 2) == [NOW, NOW]
    with store._database.read() as connection:
        kept = connection.execute(select(story_members).order_by(story_members.c.id)).all()
    assert [bool(row.every) for row in kept] == [False, False, True]
    assert not any(row.lead_terms or row.shingles or row.vector_weights for row in kept[:2])
    assert all(row.joined_by for row in kept)
    later = told("a0", NOW + DAY)
    (again,) = store.ingest([replace(later, keys=("g:again",))], None, NOW + DAY)
    assert rows(store)["articles"] == 2
    assert again.new


def test_words_that_are_forgotten_leave_no_page_behind(tmp_path: Path) -> None:
    """SQLite joins no pages when rows are made smaller."""
    with closing(open_store("sqlite", tmp_path)) as store:
        for day in range(30):
            now = NOW + day * DAY
            items = [told(f"d{day}n{n}", now) for n in range(20)]
            words = {n: " ".join(f"{n}w{day}x{word}" for word in range(300)) for n in range(20)}
            store.ingest([_saying(one, words[n]) for n, one in enumerate(items)], None, now)
        with store._database.read() as connection:
            taken = text("SELECT sum(pgsize) FROM dbstat WHERE name = 'story_members'")
            size = connection.execute(taken).scalar_one()
            whole = connection.execute(select(func.count()).where(story_members.c.every > 0)).scalar_one()
    assert 16 * 20 <= whole < 18 * 20
    assert size < 8_192 * 17 * 20


def test_a_walk_that_is_wanted_does_not_wait_for_the_next_day(store: SqlStore) -> None:
    store.ingest([told("a", NOW)], None, NOW)
    prune(store, NOW)
    sweeping, terms = store.sweeping(), Terms(NOW + DAY / 4, NOW, SOURCES)
    assert sweeping.has_swept_since(NOW)
    assert not sweeping.step(terms).name
    wanted = NOW + DAY / 8
    assert not sweeping.has_swept_since(wanted)
    while sweeping.step(terms, wanted).more:
        assert not sweeping.has_swept_since(wanted)
    assert sweeping.has_swept_since(wanted)
    assert not sweeping.step(terms, wanted).name
    assert not sweeping.step(terms, NOW + DAY).name, "a clock that was ahead wanted it"


def _saying(one: Ingested, words: str) -> Ingested:
    section = replace(one.article.sections[0], paragraphs=(words,))
    article = replace(one.article, sections=(section,))
    return replace(one, article=article, features=features_of(article))
