"""The tables by which hosts share the work, beside those of the desk."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import LiteralString
from urllib.parse import urlsplit, urlunsplit

import pytest

from support.desk import DeskFiles
from support.postgresql import Cluster
from watchdesk.errors import StorageError, UnusableStorage
from watchdesk.model import SourceState
from watchdesk.store.database import Database, database_url
from watchdesk.store.fleet_rows import HostSaid
from watchdesk.store.fleet_shards import SHARDS
from watchdesk.store.fleet_store import open_fleet_store


def _of(address: str, other: str) -> str:
    """The address with the database of another."""
    return urlunsplit(urlsplit(address)._replace(path=urlsplit(other).path))


def counted(storage: str, directory: Path, table: str) -> int:
    database = Database(database_url(storage, directory))
    with closing(database), database.read() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


def test_they_stay_when_a_backup_is_restored_in_place_of_the_desk(desk: DeskFiles, cluster: Cluster) -> None:
    storage = cluster.new_database()
    desk.write({}, settings=f'storage: "{storage}"\n')
    desk.state.mkdir()
    open_fleet_store(storage, desk.state).close()
    backup = str(desk.root / "desk.backup")
    assert desk.run("backup", backup).status == 0
    restored = desk.run("restore", backup, "--replace")
    assert restored.status == 0, restored.err
    open_fleet_store(storage, desk.state).close()
    assert counted(storage, desk.state, "fleet_shards") == SHARDS
    assert counted(storage, desk.state, "fleet_versions") == 2


def test_those_of_another_program_that_uses_the_engine_are_left_alone(
    tmp_path: Path, cluster: Cluster
) -> None:
    storage = cluster.new_database()
    cluster.say(storage, "CREATE TABLE procrastinate_jobs (id bigint)")
    with pytest.raises(UnusableStorage, match="give watchdesk a database of its own"):
        open_fleet_store(storage, tmp_path)


def test_once_they_are_there_no_right_to_make_tables_is_needed(tmp_path: Path, cluster: Cluster) -> None:
    storage = cluster.new_database()
    cluster.say(storage, "DROP ROLE IF EXISTS fleet_writer")
    cluster.say(storage, "CREATE ROLE fleet_writer LOGIN")
    writer = storage.replace("//desk@", "//fleet_writer@")
    try:
        open_fleet_store(storage, tmp_path).close()
        cluster.say(
            storage,
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC;"
            "GRANT ALL ON ALL TABLES IN SCHEMA public TO fleet_writer;"
            "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO fleet_writer",
        )
        with closing(open_fleet_store(writer, tmp_path)) as store:
            assert store.fleet.take(7, "a") is not None
        with pytest.raises(StorageError, match="GRANT "):
            open_fleet_store(_of(writer, cluster.new_database()), tmp_path / "other")
    finally:
        cluster.drop(storage)
        cluster.say(cluster.new_database(), "DROP ROLE fleet_writer")


def test_those_of_an_older_host_get_what_is_new(tmp_path: Path, cluster: Cluster) -> None:
    storage = cluster.new_database()
    until = datetime.now(UTC) + timedelta(hours=1)
    with closing(open_fleet_store(storage, tmp_path)) as store:
        store.fleet.know({"wire": (7, until)})
        store.save_states([SourceState("wire", held_until=until)])
    cluster.say(storage, "DELETE FROM fleet_versions WHERE part = 'hosts'")
    cluster.say(storage, "ALTER TABLE source_dues DROP COLUMN held_until")
    with closing(open_fleet_store(storage, tmp_path)) as store:
        taken = store.fleet.take(7, "a")
        assert taken is not None
        assert taken.held == {"wire": until}


@pytest.mark.parametrize(
    "dropped",
    [
        "DROP TABLE procrastinate_jobs CASCADE",
        "DROP TABLE procrastinate_jobs, procrastinate_events, procrastinate_workers CASCADE; "
        "DROP TABLE fleet_versions",
        "DROP TABLE fleet_hosts, fleet_shards",
        "DROP TABLE fleet_hosts, fleet_shards, fleet_lead, source_dues, fleet_sites",
    ],
)
def test_a_start_makes_those_that_somebody_has_dropped(
    tmp_path: Path, cluster: Cluster, dropped: LiteralString
) -> None:
    storage = cluster.new_database()
    open_fleet_store(storage, tmp_path).close()
    cluster.say(storage, dropped)
    with closing(open_fleet_store(storage, tmp_path)) as store:
        store.fleet.know({"wire": (7, datetime.now(UTC))})
        store.fleet.beat(HostSaid("a", "news-1", "1.0", "abd", 60))
        with store.database.write() as connection:
            assert store.fleet.due_shards(connection) == [7]
        assert store.fleet.take(7, "a") is not None
        with store.database.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM procrastinate_jobs").scalar_one() == 0


def test_an_older_engine_is_refused(tmp_path: Path, cluster: Cluster) -> None:
    storage = cluster.new_database()
    open_fleet_store(storage, tmp_path).close()
    more = "'99.00.00_50_post_more.sql', oldest = '99.00.00_01_pre_more.sql'"
    cluster.say(storage, f"UPDATE fleet_versions SET version = {more} WHERE part = 'engine'")
    with pytest.raises(UnusableStorage, match=r"those of the job engine are of version 99.*install that"):
        open_fleet_store(storage, tmp_path)


def test_the_command_lists_the_hosts(desk: DeskFiles, cluster: Cluster) -> None:
    storage = cluster.new_database()
    desk.write({}, settings=f'storage: "{storage}"\n')
    desk.state.mkdir()
    assert "no machine has joined a fleet" in desk.run("fleet").out
    with closing(open_fleet_store(storage, desk.state)) as store:
        store.fleet.beat(HostSaid("a", "news-1", "1.0", "abd", 60))
        store.fleet.beat(HostSaid("b", "news-2", "1.0", "abc", 0))
        taken = store.fleet.take(7, "b")
        assert taken is not None
        assert store.fleet.take(7, "a") is None
    said = desk.run("fleet").out
    assert "news-1" in said
    assert "machines go by different files" in said
    hosts = desk.run("fleet", "--json").document["hosts"]
    assert [(h["host"], h["lives"], h["leads"], h["shards"]) for h in hosts] == [
        ("news-1", True, True, 0),
        ("news-2", True, False, 1),
    ]


def test_a_check_asks_on_which_machine_files_are_to_be(desk: DeskFiles, cluster: Cluster) -> None:
    storage = cluster.new_database()
    said = f'storage: "{storage}"\nchannels: {{shelf: {{files: digests/%s}}}}\n'
    desk.write({}, settings=said % "")
    desk.state.mkdir()
    with closing(open_fleet_store(storage, desk.state)) as store:
        store.fleet.beat(HostSaid("a", "news-1", "1.0", "", 0))
        assert desk.run("check").status == 0
        store.fleet.beat(HostSaid("b", "news-2", "1.0", "", 0))
        refused = desk.run("check")
        assert refused.status == 2
        assert "watchdesk.yaml:2" in refused.err
        assert "the channel 'shelf' writes to the disk of whichever of 2 machines sends" in refused.err
        assert "on: news-1 or news-2" in refused.err
        assert "the channel shelf writes to the disk of" in desk.run("status").out
        desk.write({}, settings=said % ", on: news-1")
        assert desk.run("check").status == 0
        for named in ("news-9", "news-1.example.org"):
            desk.write({}, settings=said % f", on: {named}")
            warned = desk.run("check")
            assert warned.status == 0
            assert f"the channel 'shelf' is bound to {named}, and no machine of this name sends" in warned.err


def test_a_check_counts_machines_that_send_and_two_of_one_name_twice(
    desk: DeskFiles, cluster: Cluster
) -> None:
    storage = cluster.new_database()
    desk.write({}, settings=f'storage: "{storage}"\nchannels: {{shelf: {{files: digests/}}}}\n')
    desk.state.mkdir()
    with closing(open_fleet_store(storage, desk.state)) as store:
        store.fleet.beat(HostSaid("a", "news", "1.0", "", 0))
        store.fleet.beat(HostSaid("p", "news-2", "1.0", "", 0, "poller"))
        assert desk.run("check").status == 0
        store.fleet.beat(HostSaid("b", "news", "1.0", "", 0))
        refused = desk.run("check")
        assert refused.status == 2
        assert "whichever of 2 machines sends" in refused.err
        assert "give each of them a name of its own (news, news)" in refused.err


def test_on_sqlite_there_is_one_machine(desk: DeskFiles) -> None:
    desk.write({})
    assert "one machine does its work" in desk.run("fleet").out
    assert desk.run("fleet", "--json").document == {"hosts": []}
