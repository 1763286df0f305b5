"""Two services on one PostgreSQL share the work; either goes on when the other stops, dies or is frozen."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from fleet.hosts import make_host, matched, undelivered, wait_until_running
from fleet.sites import Sites, Visit, sites
from support.desk import DeskFiles, wait_for
from support.postgresql import Cluster, throwaway_cluster
from support.warm import Warm

DEATH = 25
"""Seconds after which a host that says nothing counts as dead."""


@contextmanager
def two_hosts(root: Path, storage: str, web: Sites) -> Iterator[tuple[DeskFiles, Warm, DeskFiles, Warm]]:
    """Both poll, and everything that was published is matched."""
    first, second = (make_host(root, name, storage, web.feeds) for name in ("one", "two"))
    with ExitStack() as hosts:
        processes = [hosts.enter_context(desk.service()) for desk in (first, second)]
        for desk, process in zip((first, second), processes, strict=True):
            wait_until_running(desk, process)
        wait_until_matched(storage, web)
        began = time.monotonic()
        wait_for(lambda: {visit.host for visit in web.since(began)} == {"one", "two"}, "both poll")
        yield first, processes[0], second, processes[1]
    for desk in (first, second):
        assert "Traceback" not in desk.log


def wait_until_matched(storage: str, web: Sites) -> None:
    """Every article that is served, and each once."""
    wait_for(lambda: matched(storage).keys() == web.published, "every match", seconds=60)
    assert set(matched(storage).values()) == {1}


def test_a_host_that_stops_gives_back_at_once(tmp_path: Path, cluster: Cluster) -> None:
    storage = cluster.new_database()
    with sites(8, 2) as web, two_hosts(tmp_path, storage, web) as (first, stopping, second, _):
        web.publish()
        stopping.send_signal(signal.SIGTERM)
        assert stopping.wait(30) == 0
        stopped = time.monotonic()
        wait_until_matched(storage, web)
        assert time.monotonic() - stopped < DEATH - 5
        assert not web.double_visits()
        wait_for(lambda: undelivered(storage, first, second) == {}, "every digest")


def test_what_a_killed_host_had_is_polled_within_a_minute(tmp_path: Path, cluster: Cluster) -> None:
    storage = cluster.new_database()
    with sites(8, 2) as web, two_hosts(tmp_path, storage, web) as (first, dying, second, _):
        os.killpg(dying.pid, signal.SIGKILL)
        killed = time.monotonic()
        web.publish()
        wait_until_matched(storage, web)
        assert time.monotonic() - killed < 60
        assert not web.double_visits()
        wait_for(lambda: undelivered(storage, first, second) is not None, "every digest")
        # What it was sending when it died comes once its lease has run out.
        assert set((undelivered(storage, first, second) or {}).values()) <= {1}


@pytest.mark.slow
def test_a_frozen_host_that_wakes_up_asks_nobody_whom_another_polls(tmp_path: Path, cluster: Cluster) -> None:
    storage = cluster.new_database()
    with sites(8, 2) as web, two_hosts(tmp_path, storage, web) as (_, frozen, _, _):
        os.killpg(frozen.pid, signal.SIGSTOP)
        stopped = time.monotonic()
        web.publish()
        wait_until_matched(storage, web)
        assert time.monotonic() - stopped < 60
        web.publish()
        os.killpg(frozen.pid, signal.SIGCONT)
        woken = time.monotonic()
        wait_until_matched(storage, web)
        wait_for(lambda: {visit.host for visit in web.since(woken)} == {"one", "two"}, "both poll")
        wait_for(lambda: time.monotonic() > woken + 5, "five seconds")
        assert not web.double_visits()
        assert set(matched(storage).values()) == {1}


@pytest.mark.slow
def test_a_site_that_asks_to_be_left_alone_is_left_alone_by_all(tmp_path: Path, cluster: Cluster) -> None:
    storage = cluster.new_database()
    with sites(4, 3) as web, two_hosts(tmp_path, storage, web) as (_, first, _, second):
        site = web.sites[0]

        def visits(since: float) -> list[Visit]:
            return [visit for visit in web.since(since) if visit.site == site]

        asked = time.monotonic()
        web.busy[site] = 25
        wait_for(lambda: visits(asked), "a poll")
        told = visits(asked)[0]
        time.sleep(4)  # what was under way beside it has ended, and all of it is recorded
        quiet = time.monotonic()
        (first if told.host == "one" else second).send_signal(signal.SIGTERM)
        time.sleep(15)
        assert not visits(quiet)
        del web.busy[site]
        wait_for(lambda: visits(quiet), "the next poll")
        again = visits(quiet)[0]
        assert again.began - told.began > 24
        assert again.host != told.host


def test_a_redirect_leads_to_a_site_that_another_host_polls(tmp_path: Path, cluster: Cluster) -> None:
    storage = cluster.new_database()
    with sites(6, 1) as web, two_hosts(tmp_path, storage, web):
        moved, there = web.sites[:3], web.sites[3:]
        web.moved = dict(zip(moved, there, strict=True))
        began = time.monotonic()

        def times(site: str) -> int:
            return len([visit for visit in web.since(began) if visit.site == site])

        # Where a host may not go on to the other site, it comes back only half a minute later.
        wait_for(lambda: min(map(times, moved)) >= 5, "five polls of each", seconds=100)
        assert min(map(times, there)) >= 5
        assert not [pair for pair in web.double_visits() if pair[0].began > began and pair[0].site in there]


@pytest.mark.slow
def test_both_go_on_when_the_database_is_back(tmp_path: Path, cluster: Cluster) -> None:
    with throwaway_cluster() as own:
        storage = own.new_database()
        with sites(8, 2) as web, two_hosts(tmp_path, storage, web):
            own.stop()
            time.sleep(20)
            web.publish()
            own.start()
            back = time.monotonic()
            wait_for(lambda: matched(storage).keys() == web.published, "every match", seconds=100)
            wait_for(lambda: {v.host for v in web.since(back)} == {"one", "two"}, "both poll", seconds=90)
            assert not web.double_visits()
            assert set(matched(storage).values()) == {1}
