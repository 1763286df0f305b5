"""The tables of a fleet and of the job engine have versions: newer programs bring them up to date.

Older ones may go on where the database says so, and are refused elsewhere.
"""

import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import psycopg
import pytest

from fleet.hosts import SETTINGS
from support.desk import DeskFiles
from support.postgresql import Cluster
from watchdesk.errors import UnusableStorage
from watchdesk.store.database import Database, database_url
from watchdesk.store.engine_schema import EngineSchema, make_engine_tables
from watchdesk.store.fleet_rows import HostSaid
from watchdesk.store.fleet_store import open_fleet_store
from watchdesk.store.fleet_tables import SCHEMA, FleetSchema, make_fleet_tables
from watchdesk.store.opening import hold_off_starts

ADDS = ("ALTER TABLE fleet_hosts ADD COLUMN place text NOT NULL DEFAULT ''",)
TAKES_AWAY = ("ALTER TABLE fleet_hosts DROP COLUMN polls",)
SAID = HostSaid("one", "one", "1", "", 0, engine=EngineSchema().version)


def versions(storage: str) -> Mapping[str, tuple[str, str]]:
    with psycopg.connect(storage) as connection:
        rows = connection.execute("SELECT part, version, oldest FROM fleet_versions").fetchall()
    return {part: (version, oldest) for part, version, oldest in rows}


def brought_up(storage: str, directory: Path, schema: FleetSchema) -> None:
    """As a later watchdesk does at its start."""
    with closing(Database(database_url(storage, directory))) as database, database.write() as connection:
        hold_off_starts(connection)
        make_fleet_tables(connection, schema)


def engine_brought_up(storage: str, directory: Path, schema: EngineSchema) -> None:
    with closing(Database(database_url(storage, directory))) as database, database.write() as connection:
        hold_off_starts(connection)
        make_engine_tables(connection, schema)


def later_engine(root: Path, *migrations: str) -> EngineSchema:
    """Procrastinate's schema with further migrations, which note that they were made."""
    folder = root / "sql"
    shutil.copytree(str(files("procrastinate") / "sql"), folder)
    for name in migrations:
        made = f'CREATE TABLE "made {name.removesuffix(".sql")}" (id int);'
        (folder / "migrations" / name).write_text(made)
    return EngineSchema(folder)


def test_they_are_noted(tmp_path: Path, cluster: Cluster) -> None:
    storage = cluster.new_database()
    open_fleet_store(storage, tmp_path).close()
    engine = EngineSchema()
    assert versions(storage) == {
        "hosts": (SCHEMA.version, f"{SCHEMA.oldest:04}"),
        "engine": (engine.version, engine.oldest(engine.version)),
    }


def test_tables_from_before_versions_were_noted_are_brought_up_to_date(
    tmp_path: Path, cluster: Cluster
) -> None:
    storage = cluster.new_database()
    open_fleet_store(storage, tmp_path).close()
    expected = versions(storage)
    cluster.say(storage, "DROP TABLE fleet_versions; ALTER TABLE fleet_hosts DROP COLUMN engine")
    cluster.say(storage, "CREATE TABLE fleet_engine AS SELECT '03.04.00_50_post_x.sql'::text AS migration")
    with psycopg.connect(storage) as connection:
        connection.execute("UPDATE fleet_engine SET migration = %s", [EngineSchema().version])
    with closing(open_fleet_store(storage, tmp_path)) as store:
        store.fleet.beat(SAID)
    assert versions(storage)["hosts"] == expected["hosts"]


def test_what_is_only_added_leaves_older_hosts_at_work(tmp_path: Path, cluster: Cluster) -> None:
    storage = cluster.new_database()
    with closing(open_fleet_store(storage, tmp_path)) as running:
        running.fleet.beat(SAID)
        brought_up(storage, tmp_path, FleetSchema((*SCHEMA.steps, ADDS), oldest=SCHEMA.oldest))
        running.fleet.beat(SAID)
    with closing(open_fleet_store(storage, tmp_path)) as again:
        again.fleet.beat(SAID)
    assert versions(storage)["hosts"] == (f"{len(SCHEMA.steps) + 1:04}", f"{SCHEMA.oldest:04}")


def test_what_is_taken_away_stops_them(desk: DeskFiles, cluster: Cluster) -> None:
    storage = cluster.new_database()
    later = FleetSchema((*SCHEMA.steps, TAKES_AWAY), oldest=len(SCHEMA.steps) + 1)
    desk.write({}, settings=SETTINGS % (storage, "one"))
    desk.state.mkdir()
    with closing(open_fleet_store(storage, desk.state)) as running:
        running.fleet.beat(SAID)
        brought_up(storage, desk.state, later)
        with pytest.raises(UnusableStorage, match="a newer watchdesk has changed the database"):
            running.fleet.beat(SAID)
    refused = desk.run_process("run")
    assert refused.status == 2
    said = f"are of version {later.version}, this watchdesk's of {SCHEMA.version}): install that watchdesk"
    assert said in refused.err


def test_hosts_that_join_at_once_make_them_once(tmp_path: Path, cluster: Cluster) -> None:
    storage = cluster.new_database()

    def join(number: int) -> bool:
        directory = tmp_path / str(number)
        directory.mkdir()
        with closing(open_fleet_store(storage, directory)) as store:
            store.fleet.beat(HostSaid(str(number), str(number), "1", "", 0))
            return store.fleet.take(number, str(number)) is not None

    later = FleetSchema((*SCHEMA.steps, ADDS), oldest=SCHEMA.oldest)
    with ThreadPoolExecutor(4) as at_once:
        assert all(at_once.map(join, range(4)))
        list(at_once.map(lambda _: brought_up(storage, tmp_path, later), range(4)))
    assert versions(storage)["hosts"][0] == later.version


def test_an_engine_is_brought_up_to_date(tmp_path: Path, cluster: Cluster) -> None:
    storage, later = (
        cluster.new_database(),
        later_engine(tmp_path, "98.00.00_01_pre_a.sql", "98.00.00_50_post_a.sql"),
    )
    open_fleet_store(storage, tmp_path).close()
    engine_brought_up(storage, tmp_path, later)
    assert versions(storage)["engine"] == ("98.00.00_50_post_a.sql", "98.00.00_01_pre_a.sql")
    with pytest.raises(UnusableStorage, match="those of the job engine"):
        open_fleet_store(storage, tmp_path)


def test_beside_hosts_with_the_engine_before_it_what_ends_their_work_waits(
    tmp_path: Path, cluster: Cluster
) -> None:
    storage, later = (
        cluster.new_database(),
        later_engine(tmp_path, "98.00.00_01_pre_a.sql", "98.00.00_50_post_a.sql"),
    )
    with closing(open_fleet_store(storage, tmp_path)) as older:
        older.fleet.beat(SAID)
        engine_brought_up(storage, tmp_path, later)
        assert versions(storage)["engine"][0] == "98.00.00_01_pre_a.sql"
        older.fleet.beat(SAID)
        open_fleet_store(storage, tmp_path).close()  # and may be started again
        older.fleet.leave(SAID.id)
    engine_brought_up(storage, tmp_path, later)
    assert versions(storage)["engine"] == ("98.00.00_50_post_a.sql", "98.00.00_01_pre_a.sql")


def test_two_engines_on_beside_older_hosts_is_refused(tmp_path: Path, cluster: Cluster) -> None:
    storage, later = (
        cluster.new_database(),
        later_engine(tmp_path, "98.00.00_01_pre_a.sql", "98.00.00_50_post_a.sql", "99.00.00_01_pre_b.sql"),
    )
    with closing(open_fleet_store(storage, tmp_path)) as older:
        older.fleet.beat(SAID)
        before = versions(storage)
        with pytest.raises(UnusableStorage, match="stop watchdesk there first"):
            engine_brought_up(storage, tmp_path, later)
        assert versions(storage) == before
