"""A new rule with `backfill` looks at the archive once, and what it finds waits like anything else."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from store.test_store import NOW, RENDERED, digest, item
from support.desk import BRISK, DeskFiles, rss, wait_for
from support.desk import item as entry
from support.postgresql import Cluster
from support.web import WebServer
from watchdesk.config.settings import DigestSettings, Settings
from watchdesk.errors import StorageError
from watchdesk.model import Article, Section
from watchdesk.plan import Configured
from watchdesk.remembered import remembered
from watchdesk.rules import RuleSet
from watchdesk.service.upkeep import backfilling
from watchdesk.service.upkeep.backfilling import Backfilling, run_to_end
from watchdesk.service.upkeep.chores import Workplace
from watchdesk.store import SqlStore, open_store

DAY = timedelta(days=1)
GRAIN = "rules:\n  grain: {title: Grain, query: grain, backfill: 7d}\n"
DIGESTS = {
    "flash": DigestSettings(name="flash", title="Flash", to=("shelf",)),
    "morning": DigestSettings(name="morning", title="Morning", to=("shelf",), at="0 7 * * *"),
    "rising": DigestSettings(name="rising", title="Rising", to=("shelf",), at=4.0),
}


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    storage = "sqlite"
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("cluster")
        storage = cluster.begun_database()
    opened = open_store(storage, tmp_path)
    yield opened
    opened.close()


def at_desk(store: SqlStore, rules: str = GRAIN, now: datetime = NOW) -> Workplace:
    configured = Configured(Settings(Path(), digests=DIGESTS), RuleSet.from_yaml(rules))
    store.know_digests(list(DIGESTS), now)
    return Workplace(store, configured, lambda: now)


def article(
    store: SqlStore, text: str, age: timedelta = DAY, published: timedelta | None = DAY, **others: object
) -> int:
    """An article first seen so long ago, that no rule found; its number."""
    one = item(text.replace(" ", "-"), rules=())
    seen: Article = replace(
        one.article,
        title=text,
        sections=(Section(None, ("Of the harbour.",)),),
        first_seen=NOW - age,
        published_at=None if published is None else NOW - published,
        **others,  # type: ignore[arg-type]
    )
    (stored,) = store.ingest([replace(one, article=seen)], None, NOW - age)
    return stored.article_id


def waits(store: SqlStore, name: str) -> list[tuple[str, str]]:
    return sorted((one.rule_id, one.article.title) for one in store.waiting(name))


def outcome(store: SqlStore) -> Sequence[tuple[str, int, int]]:
    return [(fact.rule, fact.found, fact.new) for fact in remembered(store).looked_back]


def test_what_is_found_waits_for_the_digests_of_the_rule_but_not_for_those_of_spikes(store: SqlStore) -> None:
    found = article(store, "grain leaves")
    article(store, "barley stays")
    run_to_end(at_desk(store))
    assert waits(store, "flash") == waits(store, "morning") == [("grain", "grain leaves")]
    assert waits(store, "rising") == []
    (match,) = store.matches(found)
    assert match.matched_at == NOW
    assert {name: str(one.reason) for name, one in match.released.items()} == {"rising": "looked-back"}
    assert outcome(store) == [("grain", 1, 1)]


def test_it_looks_once_and_again_when_the_rule_asks_something_else(store: SqlStore) -> None:
    article(store, "grain leaves")
    article(store, "barley stays")
    run_to_end(at_desk(store))
    later = article(store, "grain was late", timedelta(0))
    run_to_end(at_desk(store))  # a restart, an edit elsewhere
    retitled = GRAIN.replace("title: Grain", "title: All grain, tags: [food]")
    run_to_end(at_desk(store, retitled, NOW + DAY))
    assert store.matches(later) == []
    run_to_end(at_desk(store, GRAIN.replace("query: grain", "query: grain OR barley"), NOW + DAY))
    everything = ["barley stays", "grain leaves", "grain was late"]
    assert [title for _, title in waits(store, "flash")] == everything
    assert outcome(store) == [("grain", 3, 2)]


def test_what_could_not_be_read_or_written_is_looked_for_anew(tmp_path: Path) -> None:
    with closing(open_store("sqlite", tmp_path)) as store:
        article(store, "grain leaves")
        chore, place = Backfilling(), at_desk(store)
        for table in ("articles", "places"):  # read, and written
            with closing(sqlite3.connect(tmp_path / "watchdesk.db")) as database:
                database.execute(f"ALTER TABLE {table} RENAME TO away")
                with pytest.raises(StorageError):  # in this step or, where it took long, a later one
                    while chore.step(place):
                        pass
                database.execute(f"ALTER TABLE away RENAME TO {table}")
            assert outcome(store) == []
        while chore.step(place):
            pass
        assert waits(store, "flash") == [("grain", "grain leaves")]
        assert outcome(store) == [("grain", 1, 1)]


def test_a_rule_that_was_taken_out_and_comes_back_looks_again(store: SqlStore) -> None:
    run_to_end(at_desk(store))
    run_to_end(at_desk(store, "rules: {}\n"))
    assert outcome(store) == []
    article(store, "grain leaves")
    run_to_end(at_desk(store))
    assert outcome(store) == [("grain", 1, 1)]


def test_how_far_back_goes_by_when_articles_happened(store: SqlStore) -> None:
    article(store, "first of its source, no grain", 10 * DAY, 10 * DAY)
    article(store, "grain of long ago", 9 * DAY, 9 * DAY)
    article(store, "grain listed anew", DAY, 30 * DAY)
    article(store, "grain before the first poll", DAY, 6 * DAY)
    article(store, "undated grain", DAY, None)
    article(store, "undated grain of a first poll", DAY, None, source_id="new")
    run_to_end(at_desk(store))
    assert [title for _, title in waits(store, "flash")] == ["grain before the first poll", "undated grain"]


def test_no_article_is_told_twice(store: SqlStore) -> None:
    told = article(store, "grain leaves")
    both = "rules:\n  harbour: {query: harbour, backfill: 7d}\n"
    run_to_end(at_desk(store, both))
    places = [one.id for one in store.waiting("flash")]
    assert store.commit_digest(digest(), RENDERED, [], places, None)
    run_to_end(at_desk(store, f"{both}  grain: {{query: grain, backfill: 7d}}\n"))
    assert waits(store, "flash") == []
    assert waits(store, "morning") == [("grain", "grain leaves"), ("harbour", "grain leaves")]
    (grain,) = (one for one in store.matches(told) if one.match.rule == "grain")
    assert str(grain.released["flash"].reason) == "in-it-before"


def test_killed_in_the_middle_it_begins_anew_and_writes_nothing_twice(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        article(store, f"grain {number}")
    monkeypatch.setattr(backfilling, "_LONGEST", 1e-6)  # an article a step
    monkeypatch.setattr(backfilling, "_TOGETHER", 7)
    killed, place = Backfilling(), at_desk(store)
    assert all(killed.step(place) for _ in range(10))
    assert waits(store, "flash") == []  # what goes out at once goes out once
    run_to_end(place)
    while killed.step(place):  # as one that was killed amid writing, and that found the same
        pass
    assert len(waits(store, "flash")) == 30


def test_a_rule_that_is_too_wide_gets_the_newest(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        article(store, f"grain {number}", (6 - number) * timedelta(hours=1), timedelta(0))
    monkeypatch.setattr(backfilling, "MOST", 4)
    run_to_end(at_desk(store))
    assert [title for _, title in waits(store, "flash")] == ["grain 2", "grain 3", "grain 4", "grain 5"]
    assert remembered(store).looked_back[0].is_cut


def test_an_edit_makes_one_digest_of_what_came_before_it(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(*(entry(str(n), f"Grain leaves port {n}") for n in range(5)), entry("x", "NATO")))
    desk.write({"wire": web.url("/feed")}, rules="rules:\n  nato: {query: NATO}\n")
    rules = desk.config / "rules" / "desk.yaml"
    with desk.service() as process:
        wait_for(lambda: list((desk.state / "digests").glob("2*.json")), "the digest of what is new")
        rules.write_text(rules.read_text() + "  grain: {title: Grain, query: grain, backfill: 7d}\n")
        wait_for(lambda: "configuration reloaded" in desk.log, "the reload")
        process.kill()  # before it has looked back
    with desk.service(BRISK):
        wait_for(
            lambda: len(list((desk.state / "digests").glob("2*.json"))) == 2, "the digest of the archive"
        )
        wait_for(lambda: "a rule looked back" in desk.log, "the log")
        wait_for(lambda: "looked back" in desk.run("status").out, "status")
    newest = json.loads(max((desk.state / "digests").glob("2*.json")).read_text())
    assert [(rule["id"], len(rule["stories"])) for rule in newest["rules"]] == [("grain", 5)]
    assert "grain: 5 articles of the last 7 days" in desk.run("status").out
