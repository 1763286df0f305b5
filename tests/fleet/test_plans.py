"""What a host asks of the database grows with what is due, and not with the sources that there are."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import Connection, event

from store.statement_costs import Cost, watched
from support.postgresql import Cluster
from watchdesk.model import SourceState
from watchdesk.service.fleet.engine import Engine
from watchdesk.store.database import Database
from watchdesk.store.fleet_rows import HostSaid
from watchdesk.store.fleet_shards import SHARDS
from watchdesk.store.fleet_store import FleetStore, open_fleet_store

SHARD = 7
EACH = 60
"""Sources of each shard, of which two are due in ours."""
DUE = ("due-1", "due-2")
HELD = "held"
"""A source that is not due, and whose host asked to be left alone."""
MOST = 2 * SHARDS + 100
"""Rows that a statement may look at: the shards, and with each the first that is due."""
NOW = datetime.now(UTC)
_REMEMBERED = (
    "INSERT INTO sources (source_id, failures, trouble, gone) "
    "SELECT source_id, 0, '[]', false FROM source_dues ON CONFLICT DO NOTHING"
)


def _ids(shard: int) -> list[str]:
    return [f"source-{shard}-{number}" for number in range(EACH)]


@pytest.fixture(scope="module")
def store(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetStore]:
    storage = cluster.new_database()
    with closing(open_fleet_store(storage, tmp_path_factory.mktemp("host"))) as opened:
        later, past = NOW + timedelta(hours=1), NOW - timedelta(minutes=1)
        known = {name: (shard, later) for shard in range(SHARDS) for name in _ids(shard)}
        opened.fleet.know({**known, **dict.fromkeys(DUE, (SHARD, past)), HELD: (SHARD, later)})
        opened.save_states([SourceState(HELD, held_until=later)])
        cluster.say(storage, _REMEMBERED)
        taken = opened.fleet.take(SHARD, "one")
        assert taken is not None
        opened.fleet.note_dues("one", {SHARD: taken.token}, {SHARD: {HELD: later}})
        opened.fleet.free("one", {SHARD: taken.token}, {})
        cluster.say(storage, "ANALYZE")
        yield opened
    cluster.drop(storage)


def _dear(costs: list[Cost]) -> list[str]:
    many = [
        cost for cost in costs if "source_dues" in cost.scans or "sources" in cost.scans or cost.rows > MOST
    ]
    return [f"{cost.rows} rows, {cost.scans}: {cost.statement}" for cost in many]


def test_hosts_read_what_is_due_and_no_other_source(store: FleetStore) -> None:
    rows, engine = store.fleet, Engine(store, lambda _: None)
    with watched(store) as costs:
        rows.beat(HostSaid("one", "one", "1", "", 0))
        assert engine.hand_out() == 1
        taken = rows.take(SHARD, "one")
        assert taken is not None
        rows.note_dues("one", {SHARD: taken.token}, {SHARD: {DUE[0]: NOW - timedelta(minutes=1)}})
        rows.free("one", {SHARD: taken.token}, {})
        rows.late("one", timedelta(minutes=10))
        rows.miss([DUE[1]])
        rows.let_go("one", 0.0)
        store.hosts()
    assert len(costs) >= 10
    assert not _dear(costs)


def test_a_shard_is_taken_by_what_is_due_and_held_in_it(store: FleetStore) -> None:
    with watched(store) as costs:
        taken = store.fleet.take(SHARD, "two")
    assert taken is not None
    assert HELD in taken.held
    assert sum(cost.rows for cost in costs) < EACH / 2
    store.fleet.free("two", {SHARD: taken.token}, {})


def test_what_is_known_already_is_neither_written_nor_locked(store: FleetStore) -> None:
    known = {name: (SHARD, NOW + timedelta(hours=2)) for name in _ids(SHARD)}
    with store.database.write() as connection:
        connection.exec_driver_sql("SELECT FROM source_dues FOR UPDATE")  # as one who polls them has some
        with closing(_second(store)) as other:
            other.fleet.know(known)
            other.fleet.know(known, only_new=True)


def _second(store: FleetStore) -> FleetStore:
    """One whose statements fail where they would wait."""
    second = FleetStore(Database(store.database.url))
    event.listen(second.database.engine, "connect", _impatient)
    return second


def _impatient(connection: psycopg.Connection, _record: object) -> None:
    connection.execute("SET lock_timeout = '100ms'")
    connection.commit()


def test_what_is_remembered_of_all_is_read_some_at_a_time(store: FleetStore) -> None:
    """A server ends the session of a fleet's host that takes twenty seconds over what it was given."""
    cursors: list[object] = []

    def note(_: Connection, cursor: object, *_more: object) -> None:
        cursors.append(cursor)

    event.listen(store.database.engine, "before_cursor_execute", note)
    try:
        assert len(store.appointments()) == len(store.conditions()) == len(store.summaries())
        assert len(store.source_states()) == SHARDS * EACH + len(DUE) + 1
    finally:
        event.remove(store.database.engine, "before_cursor_execute", note)
    assert len(cursors) == 4
    assert all(isinstance(cursor, psycopg.ServerCursor) for cursor in cursors)
