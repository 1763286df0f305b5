"""Two processes on one PostgreSQL, as hosts of a fleet or one that died amid its last statement: what both do
at the same moment is done once.

The first waits within its transaction, with its rows changed, until the other one waits for it.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event

from store.test_store import NOW, RENDERED, STATE, delivery, digest, item
from store.test_stories import REPORTS, told
from store.test_sweeping import told as kept_apart
from store.test_together import numbers, parts
from support.postgresql import Cluster
from watchdesk.errors import StorageError
from watchdesk.model import JoinedBy, Recalled
from watchdesk.store import SqlStore, open_store
from watchdesk.store.leftovers import LEFTOVERS, Terms

LATER = NOW + timedelta(hours=1)
WAITS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@dataclass
class Pair:
    """Two stores, and a look at what waits between them."""

    first: SqlStore
    other: SqlStore
    storage: str

    def meet(self, first: Callable[[SqlStore], Any], other: Callable[[SqlStore], Any]) -> tuple[Any, Any]:
        """What both say, where the other one comes to the rows of the first before that commits."""
        found: list[Any] = []
        meeting = threading.Thread(target=lambda: found.append(other(self.other)))

        def begin(_: object) -> None:
            meeting.start()
            self._await_waiting()

        with _before_commit(self.first, begin):
            said = first(self.first)
        meeting.join(30)
        assert found, "the other one never ended"
        return said, found[0]

    def lose(self, first: Callable[[SqlStore], Any], other: Callable[[SqlStore], Any]) -> tuple[Any, Any]:
        """As `meet`, where the first one's session commits, and its client never hears of it."""

        def lost(connection: Any) -> None:
            connection.connection.dbapi_connection.execute("COMMIT")
            connection.connection.dbapi_connection.close()

        def dying(store: SqlStore) -> object:
            with _before_commit(store, lost):
                try:
                    return first(store)
                except StorageError as error:
                    return error

        return self.meet(dying, other)

    def _await_waiting(self) -> None:
        end = time.monotonic() + 30
        with psycopg.connect(self.storage, autocommit=True) as looking:
            while looking.execute(WAITS).fetchone() == (0,):
                assert time.monotonic() < end, "the other one does not wait"
                time.sleep(0.01)


@contextmanager
def _before_commit(store: SqlStore, what: Callable[[Any], object]) -> Iterator[None]:
    """Once, as the next transaction that wrote is about to commit."""
    engine, begun = store._database.engine, [True]

    def once(connection: Any) -> None:
        if begun and connection.get_execution_options().get("watchdesk_writes"):
            begun.clear()
            what(connection)

    event.listen(engine, "commit", once)
    try:
        yield
    finally:
        event.remove(engine, "commit", once)


@pytest.fixture
def pair(cluster: Cluster, tmp_path: Path) -> Iterator[Pair]:
    storage = cluster.begun_database()
    folders = [tmp_path / name for name in ("first", "other")]
    for folder in folders:
        folder.mkdir()
    first, other = (open_store(storage, folder) for folder in folders)
    with closing(first), closing(other):
        first.know_digests(["flash", "morning"], NOW)
        yield Pair(first, other, storage)
    cluster.drop(storage)


def makes(name: str, places: list[int]) -> Callable[[SqlStore], bool]:
    """Makes a digest of these places."""

    def make(store: SqlStore) -> bool:
        assert store.waiting("flash")  # as it does before, in a view of its own
        sent = [delivery(f"of {name}", name)]
        return store.commit_digest(digest("flash", name), RENDERED, sent, places, None)

    return make


def waiting(store: SqlStore) -> list[int]:
    return [match.id for match in store.waiting("flash")]


@pytest.mark.parametrize("way", [Pair.meet, Pair.lose])
def test_a_match_is_in_one_digest_of_two_that_are_made_at_once(
    pair: Pair, way: Callable[..., tuple[Any, Any]]
) -> None:
    pair.first.ingest([item("a"), item("b"), item("c")], STATE, NOW)
    a, b, c = waiting(pair.first)
    said, other = way(pair, makes("d1", [a, b]), makes("d2", [c, b]))
    assert said is True or isinstance(said, StorageError)
    assert other is False
    assert [sent.digest_id for sent in pair.other.deliveries()] == ["d1"]
    assert waiting(pair.other) == [c]


@pytest.mark.parametrize("way", [Pair.meet, Pair.lose])
def test_an_entry_is_one_article_where_two_bring_it_at_once(
    pair: Pair, way: Callable[..., tuple[Any, Any]]
) -> None:
    def bring(entry_hash: str, *rules: str) -> Callable[[SqlStore], Any]:
        def ingest(store: SqlStore) -> Any:
            assert store.known("wire", ["g:a"]) == {}  # both believe that it is new
            return store.ingest([item("a", entry_hash=entry_hash, rules=rules)], STATE, NOW)

        return ingest

    _, [other] = way(pair, bring("1", "nato"), bring("2", "nato", "aid"))
    assert (other.new, other.matched) == (False, ("aid",))
    assert [match.rule_id for match in pair.other.waiting("flash")] == ["nato", "aid"]


def test_one_event_is_one_story_where_two_bring_it_at_once(pair: Pair) -> None:
    first, second = (told(n, f"s{n}", *REPORTS[n]) for n in range(2))
    [one], [other] = pair.meet(
        lambda store: store.ingest([first], None, NOW), lambda store: store.ingest([second], None, NOW)
    )
    why = pair.other.memberships([one.article_id, other.article_id])
    assert why[other.article_id].joined_by is JoinedBy.EVENT
    assert why[other.article_id].nearest == one.article_id
    assert len({membership.story_id for membership in why.values()}) == 1


def test_polls_of_the_same_sources_in_any_order_do_not_wait_for_each_other_in_a_circle(pair: Pair) -> None:
    polls = parts([told(n, f"s{n}", *REPORTS[n]) for n in range(3)])
    said, other = pair.meet(
        lambda store: store.ingest_together(polls), lambda store: store.ingest_together(polls[::-1])
    )
    assert numbers(other) == numbers(said)[::-1]
    assert len(list(pair.other.articles())) == 3


def test_what_a_poll_has_locked_holds_up_no_walk_and_is_left_by_it(pair: Pair) -> None:
    """Else the two might wait for each other: a poll locks keys in another order."""
    pair.first.ingest([kept_apart("listed", NOW), kept_apart("dropped", NOW)], STATE, NOW)
    now = NOW + timedelta(days=99)
    pair.first.ingest([kept_apart("new", now)], replace(STATE, last_new=now), now)
    while pair.first.prune(now - timedelta(days=3), 50):
        pass
    keys = ["g:listed", "g:dropped"]
    listed = pair.first.known("wire", keys)["g:listed"]
    of_keys = next(n for n, one in enumerate(LEFTOVERS) if one.name.startswith("keys of entries"))
    pair.first.set_note("database.sweep", json.dumps({"kind": of_keys}))

    def walk(_: object) -> None:
        terms = Terms(now, now - timedelta(days=3), ["wire"])
        assert pair.other.sweeping().step(terms).name == LEFTOVERS[of_keys].name

    with _before_commit(pair.first, walk):
        pair.first.ingest([kept_apart("newer", now)], STATE, now, [Recalled("wire", (), listed)])
    assert pair.first.known("wire", keys).keys() == {"g:listed"}


RELEASES: dict[str, Callable[[SqlStore, list[int]], int]] = {
    "no spike": lambda store, _: store.release_matches("flash", ["nato"], LATER, LATER),
    "not wanted": lambda store, ids: store.release_unwanted("flash", dict.fromkeys(ids, 1), 3, LATER),
    "digest gone": lambda store, _: store.forget_digests(LATER, LATER),
}


@pytest.mark.parametrize("why", RELEASES)
def test_a_match_that_is_put_into_a_digest_meanwhile_is_not_said_to_be_released(pair: Pair, why: str) -> None:
    pair.first.ingest([item("a")], STATE, NOW)
    ids = waiting(pair.first)
    if why == "digest gone":
        pair.first.know_digests(["morning"], NOW)
    _, released = pair.meet(makes("d1", ids), lambda store: RELEASES[why](store, ids))
    (match,) = pair.first.matches(1)
    assert "flash" in match.digests
    assert dict(match.released) == {}
    assert released == (1 if why == "digest gone" else 0)  # digests, and matches


@pytest.mark.parametrize("why", RELEASES)
def test_a_match_that_is_released_meanwhile_is_in_no_digest(pair: Pair, why: str) -> None:
    pair.first.ingest([item("a")], STATE, NOW)
    ids = waiting(pair.first)
    if why == "digest gone":
        pair.first.know_digests(["morning"], NOW)
    _, made = pair.meet(lambda store: RELEASES[why](store, ids), makes("d1", ids))
    assert made is False
    (match,) = pair.first.matches(1)
    assert (list(match.released), list(match.digests)) == (["flash"], ["morning"])


@pytest.mark.parametrize("why", ["no spike", "not wanted"])
def test_a_match_is_released_once(pair: Pair, why: str) -> None:
    pair.first.ingest([item("a"), item("b")], STATE, NOW)
    ids = waiting(pair.first)
    said = pair.meet(lambda store: RELEASES[why](store, ids), lambda store: RELEASES[why](store, ids))
    assert said == (2, 0)
    with pair.first._database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM released_places").scalar() == 2


def test_a_digest_that_two_hosts_meet_at_once_is_known_once(pair: Pair) -> None:
    def know(at: datetime) -> Callable[[SqlStore], None]:
        return lambda store: store.know_digests(["flash", "morning", "brief"], at)

    pair.meet(know(NOW), know(LATER))
    assert pair.other.digest_marks()["brief"].known_since == NOW
