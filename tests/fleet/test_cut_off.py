"""A machine that cannot reach the database, and still could reach the web, asks nobody."""

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.hosts import make_host, matched, wait_until_running
from fleet.namespaces import DATABASE, WEB, Machine, may_make
from fleet.sites import sites
from support.desk import environment, wait_for
from support.postgresql import Cluster, throwaway_cluster

LAPSE = 15
"""Seconds without a heartbeat after which a host asks nobody any more."""


@pytest.fixture
def machine(cluster: Cluster) -> Iterator[Machine]:
    if not may_make():
        pytest.skip("network namespaces need root")
    with Machine() as made:
        yield made


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """A server that other machines reach as well."""
    with throwaway_cluster() as running:
        running.listen(f"{DATABASE}.1", f"{DATABASE}.0/24")
        yield running


@pytest.mark.slow
def test_a_machine_without_its_database_asks_nobody(
    tmp_path: Path, machine: Machine, own_cluster: Cluster
) -> None:
    storage = own_cluster.new_database()
    addresses = [f"{WEB}.{100 + number}" for number in range(1, 9)]
    with sites(8, 2, addresses=addresses) as web:
        near = make_host(tmp_path, "near", storage, web.feeds)
        far = make_host(tmp_path, "far", own_cluster.by_network(storage, f"{DATABASE}.1"), web.feeds)
        log = (far.root / "service.log").open("wb")
        cold = machine.command(*far.command("run"))
        with log, near.service() as process:
            other = subprocess.Popen(cold, stdout=log, stderr=log, env=environment())
            try:
                wait_until_running(near, process)
                wait_for(lambda: matched(storage).keys() == web.published, "every match")
                wait_for(lambda: "watchdesk is running" in far.log, "the start")
                began = time.monotonic()
                wait_for(lambda: {v.host for v in web.since(began)} == {"near", "far"}, "both poll")
                machine.cut()
                cut = time.monotonic()
                web.publish()
                wait_for(lambda: matched(storage).keys() == web.published, "every match")
                assert time.monotonic() - cut < 60
                assert not [v for v in web.since(cut + LAPSE + 3) if v.host == "far"]
                machine.mend()
                mended = time.monotonic()
                wait_for(lambda: "far" in {v.host for v in web.since(mended)}, "it polls again", seconds=100)
                wait_for(lambda: time.monotonic() > mended + 10, "ten seconds")
                assert not web.double_visits()
                assert set(matched(storage).values()) == {1}
            finally:
                other.send_signal(signal.SIGKILL)
                other.wait()
    for desk in (near, far):
        assert "Traceback" not in desk.log
