"""A machine that cannot reach the database, and still could reach the web, asks nobody."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from fleet.hosts import make_host, matched, started_on, wait_until_running
from fleet.namespaces import DATABASE, SITES, Network, may_make
from fleet.sites import sites
from support.desk import wait_for
from support.postgresql import Cluster, throwaway_cluster

LAPSE = 15
"""Seconds without a heartbeat after which a host asks nobody any more."""


@pytest.fixture
def network(cluster: Cluster) -> Iterator[Network]:
    if not may_make():
        pytest.skip("network namespaces need root")
    with Network(2) as made:
        yield made


@pytest.fixture
def own_cluster(network: Network) -> Iterator[Cluster]:
    """A server that the machines reach."""
    with throwaway_cluster() as running:
        with network.inside():
            running.listen(f"{DATABASE}.1", f"{DATABASE}.0/24")
        yield running


@pytest.mark.slow
def test_a_machine_without_its_database_asks_nobody(
    tmp_path: Path, network: Network, own_cluster: Cluster
) -> None:
    storage = own_cluster.new_database()
    by_network = own_cluster.by_network(storage, f"{DATABASE}.1")
    with ExitStack() as undo:
        with network.inside():
            web = undo.enter_context(sites(8, 2, addresses=SITES))
        desks = [make_host(tmp_path, name, by_network, web.feeds) for name in ("near", "far")]
        for machine, desk in zip(network.machines, desks, strict=True):
            wait_until_running(desk, undo.enter_context(started_on(machine, desk)))
        wait_for(lambda: matched(storage).keys() == web.published, "every match")
        began = time.monotonic()
        wait_for(lambda: {v.host for v in web.since(began)} == {"near", "far"}, "both poll")
        network.machines[1].cut("db")
        cut = time.monotonic()
        web.publish()
        wait_for(lambda: matched(storage).keys() == web.published, "every match")
        assert time.monotonic() - cut < 60
        assert not [v for v in web.since(cut + LAPSE + 3) if v.host == "far"]
        network.machines[1].mend()
        mended = time.monotonic()
        wait_for(lambda: "far" in {v.host for v in web.since(mended)}, "it polls again", seconds=100)
        wait_for(lambda: time.monotonic() > mended + 10, "ten seconds")
        assert not web.double_visits()
        assert set(matched(storage).values()) == {1}
    for desk in desks:
        assert "Traceback" not in desk.log
