"""A database that has lost its last seconds, or whose clock leaps, costs no source its polls."""

import os
import shutil
import signal
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from fleet.hosts import SETTINGS, make_host, matched, wait_until_running, wrong_clock
from fleet.sites import sites
from fleet.test_sharing import two_hosts, wait_until_matched
from support.desk import wait_for
from support.postgresql import Cluster, throwaway_cluster
from support.sessions import living
from watchdesk.doors import made_once
from watchdesk.errors import LostShard
from watchdesk.service.fleet.common_clock import CommonClock
from watchdesk.service.fleet.member import Member
from watchdesk.sources import Lease
from watchdesk.store.fleet_rows import HostSaid
from watchdesk.store.fleet_store import FleetStore, open_fleet_store

SHARD = 7
DAY = timedelta(days=1)


class Host:
    """A member with nothing around it; `beat` is its heartbeat."""

    def __init__(self, name: str, storage: str, directory: Path) -> None:
        directory.mkdir()
        self.name, self.store = name, open_fleet_store(storage, directory)
        said = HostSaid(name, name, "1", "", 0, engine=self.store.engine_version)
        self.clock = CommonClock(lambda: datetime.now(UTC))
        self.lapses = self.older = 0
        self.lost: list[int] = []
        self.member = Member(
            self.store.fleet,
            self.clock,
            lambda: said,
            self._lapsed,
            lambda _: None,
            lambda: None,
            self._lost,
            self._older,
            Lease(),
        )
        self.beat()

    def _lapsed(self) -> None:
        self.lapses += 1

    def _older(self) -> None:
        self.older += 1

    def _lost(self, shards: Collection[int]) -> None:
        self.lost += shards
        self.member.drop(shards)

    def beat(self) -> None:
        self.member._beat(time.monotonic())

    def take(self, shard: int) -> bool:
        taken = self.store.fleet.take(shard, self.name, self.clock(), inherits=self.member.may_inherit)
        if taken:
            self.member.hold(shard, taken.token)
        return taken is not None


@pytest.fixture
def hosts(cluster: Cluster, tmp_path: Path) -> Iterator[tuple[Host, Host]]:
    storage = cluster.new_database()
    first, second = (Host(name, storage, tmp_path / name) for name in ("one", "two"))
    with closing(first.store), closing(second.store):
        yield first, second


def change(store: FleetStore, statement: str, *values: object) -> None:
    with store.database.write() as connection:
        connection.exec_driver_sql(statement, values)


def column(store: FleetStore, statement: str) -> Sequence[Any]:
    with store.database.read() as connection:
        return list(connection.exec_driver_sql(statement).scalars())


def test_what_the_database_has_as_a_hosts_that_does_not_know_it_is_given_back(
    hosts: tuple[Host, Host],
) -> None:
    first, second = hosts
    change(first.store, "UPDATE fleet_shards SET holder = 'one' WHERE shard = %s", SHARD)
    first.beat()  # it may be taking it just now
    assert column(first.store, "SELECT shard FROM fleet_shards WHERE holder = 'one'") == [SHARD]
    first.beat()
    assert column(first.store, "SELECT shard FROM fleet_shards WHERE holder IS NOT NULL") == []
    change(first.store, "UPDATE fleet_shards SET free_at = now()")
    assert second.take(SHARD)


def test_what_a_host_believes_to_have_and_has_not_is_lost_at_once(hosts: tuple[Host, Host]) -> None:
    first, second = hosts
    assert first.take(SHARD)
    assert first.take(SHARD + 1)
    change(first.store, "UPDATE fleet_shards SET holder = NULL WHERE shard = %s", SHARD)
    first.beat()
    assert first.lost == [SHARD]
    assert first.member.held() == {SHARD + 1}
    assert second.take(SHARD)


def test_a_token_that_is_given_out_again_lets_nobody_else_write(hosts: tuple[Host, Host]) -> None:
    first, second = hosts
    assert first.take(SHARD)
    change(first.store, "UPDATE fleet_shards SET token = token - 1, holder = NULL WHERE shard = %s", SHARD)
    assert second.take(SHARD)
    first_token, second_token = (host.member.tokens([SHARD])[SHARD] for host in hosts)
    assert first_token == second_token
    first.store.guard("one", lambda _: {SHARD: first_token}, lambda _: None)
    with pytest.raises(LostShard), first.store.database.write() as connection:
        first.store._fence(connection, ["wire"])


def test_a_host_whose_heartbeat_is_gone_from_the_database_begins_anew(hosts: tuple[Host, Host]) -> None:
    first, _ = hosts
    assert first.take(SHARD)
    change(first.store, "UPDATE fleet_hosts SET beat = beat - interval '4 s' WHERE id = 'one'")
    first.beat()
    assert (first.older, first.lapses, first.member.held()) == (1, 1, set())
    first.beat()
    assert first.older == 1
    change(first.store, "DELETE FROM fleet_hosts WHERE id = 'one'")
    first.beat()
    assert first.older == 2


@made_once
def ahead() -> dict[str, str]:
    """A clock that is a day ahead."""
    return wrong_clock(DAY.total_seconds())


def restart(cluster: Cluster, host: Host, environment: dict[str, str]) -> None:
    cluster.stop()
    cluster.environment = environment
    cluster.start()
    host.store.database.engine.dispose()


def test_the_clock_of_the_database_leaps_for_a_day_and_back(tmp_path: Path) -> None:
    with throwaway_cluster() as cluster:
        storage = cluster.new_database()
        first, second = (Host(name, storage, tmp_path / name) for name in ("one", "two"))
        with closing(first.store), closing(second.store):
            soon = datetime.now(UTC) + timedelta(minutes=5)
            first.store.fleet.know({"wire": (SHARD, soon), "gazette": (SHARD + 1, soon)})
            assert first.take(SHARD)
            restart(cluster, first, ahead())
            second.store.database.engine.dispose()
            # By that clock every host counts as dead, which is no reason to take what it has.
            assert not second.take(SHARD)
            second.beat()
            assert not second.take(SHARD)
            first.beat()
            assert (first.lapses, first.older) == (1, 0)
            change(first.store, "UPDATE fleet_shards SET free_at = now()")
            assert first.take(SHARD)
            token = first.member.tokens([SHARD])
            later = first.clock() + timedelta(minutes=15)
            first.store.fleet.note_dues("one", token, {SHARD: {"wire": later}})
            first.store.fleet.free("one", token, {SHARD: 3.0})
            first.member.drop([SHARD])
            restart(cluster, first, {})
            second.store.database.engine.dispose()
            first.beat()
            second.beat()
            [due] = column(first.store, "SELECT due FROM source_dues WHERE source_id = 'wire'")
            assert due < datetime.now(UTC) + timedelta(minutes=16)
            [longest] = column(first.store, "SELECT max(free_at) FROM fleet_shards")
            assert longest < datetime.now(UTC) + timedelta(minutes=2)


def test_a_shard_that_is_left_alone_for_a_day_is_not(hosts: tuple[Host, Host]) -> None:
    first, second = hosts
    first.store.fleet.know({"wire": (SHARD, datetime.now(UTC))})
    change(first.store, "UPDATE fleet_shards SET free_at = now() + interval '1 day'")
    with first.store.database.write() as connection:
        assert first.store.fleet.due_shards(connection) == [SHARD]
    assert second.take(SHARD)


def test_services_go_on_where_the_database_has_lost_what_it_confirmed(
    tmp_path: Path, cluster: Cluster
) -> None:
    storage = cluster.new_database()
    with sites(6, 1) as web, two_hosts(tmp_path, storage, web) as (first, _, second, _):
        with psycopg.connect(storage, autocommit=True) as connection:
            connection.execute(
                "UPDATE fleet_shards SET holder = (SELECT id FROM fleet_hosts ORDER BY since LIMIT 1) "
                "WHERE holder IS NULL AND shard IN (SELECT shard FROM source_dues ORDER BY shard LIMIT 3)"
            )
            connection.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args, status, worker_id) "
                "SELECT 'shards', 'poll', 'shard ' || shard, json_build_object('shard', shard), 'doing', "
                "(SELECT id FROM procrastinate_workers LIMIT 1) "
                "FROM source_dues ORDER BY shard DESC LIMIT 3 ON CONFLICT DO NOTHING"
            )
        web.publish()
        wait_until_matched(storage, web)
        with psycopg.connect(storage, autocommit=True) as connection:
            connection.execute("UPDATE fleet_hosts SET beat = beat - interval '4 s'")
        web.publish()
        wait_until_matched(storage, web)
        told = "has lost the last of what it had recorded"
        wait_for(lambda: told in first.run("status").out + second.run("status").out, "the notice")


@pytest.mark.slow
def test_older_files_of_the_database_are_put_under_running_services(tmp_path: Path) -> None:
    with throwaway_cluster() as cluster:
        storage = cluster.new_database()
        with sites(8, 1) as web, two_hosts(tmp_path, storage, web) as (first, _, second, _):
            cluster.stop()
            older = cluster.data.with_name("older")
            shutil.copytree(cluster.data, older)
            shutil.chown(older, "nobody")
            cluster.start()
            for _ in range(3):
                web.publish()
                time.sleep(5)
            wait_until_matched(storage, web)
            cluster.stop()
            shutil.rmtree(cluster.data)
            older.rename(cluster.data)
            for path in cluster.data.rglob("*"):
                shutil.chown(path, "nobody")
            cluster.start()
            web.publish()
            wait_for(lambda: matched(storage).keys() == web.published, "every match", seconds=90)
            said = first.run("status").out + second.run("status").out
            assert "older copy" in said or "has lost the last" in said


def test_a_stop_ends_what_still_asks_before_others_may_ask_there(tmp_path: Path, cluster: Cluster) -> None:
    storage = cluster.new_database()
    slow = False

    def delay() -> float:
        return 14.0 if slow else 0.05

    settings = SETTINGS.replace("workers: 1", "workers: 1, timeout: 20s")
    with sites(4, 1, delay) as web:
        desk = make_host(tmp_path, "one", storage, web.feeds, settings)
        with desk.service() as stopping, psycopg.connect(storage, autocommit=True) as connection:
            wait_until_running(desk, stopping)
            wait_until_matched(storage, web)
            slow = True
            began = time.monotonic()
            wait_for(lambda: len(web.since(began)) == 4, "slow answers")
            held = childless(
                stopping.pid
            )  # its poll worker, and the process for upkeep: they end when killed
            for process in held:
                os.kill(process, signal.SIGSTOP)
            stopping.send_signal(signal.SIGTERM)

            def has_left() -> bool:
                found = connection.execute("SELECT count(*) FROM fleet_hosts").fetchone()
                return found == (0,)

            wait_for(has_left, "it gives its sites back")
            assert len(held & childless(stopping.pid)) < len(held)
            assert stopping.wait(30) == 0


def childless(session: int) -> set[int]:
    """The processes of a session that have none of their own."""
    processes = living(session)
    return processes.keys() - set(processes.values())
