"""Machines that cannot reach the database, or not the web, while others of their fleet can."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest

from fleet.hosts import make_host, matched, started_on, wait_until_running
from fleet.namespaces import DATABASE, SITES, Network, may_make
from fleet.sites import Sites, sites
from support.desk import DeskFiles, wait_for
from support.notices import causes, over
from support.postgresql import Cluster, throwaway_cluster

pytestmark = pytest.mark.timeout(900)
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


@contextmanager
def two_machines(
    root: Path, network: Network, cluster: Cluster, storage: str
) -> Iterator[tuple[Sites, Sequence[DeskFiles]]]:
    """Near and far, which both poll."""
    by_network = cluster.by_network(storage, f"{DATABASE}.1")
    with ExitStack() as undo:
        with network.inside():
            web = undo.enter_context(sites(8, 2, addresses=SITES))
        desks = [make_host(root, name, by_network, web.feeds) for name in ("near", "far")]
        for machine, desk in zip(network.machines, desks, strict=True):
            path = desk.config / "watchdesk.yaml"
            path.write_text(path.read_text() + "operators: {to: [shelf]}\n")
            wait_until_running(desk, undo.enter_context(started_on(machine, desk)))
        wait_for(lambda: matched(storage).keys() == web.published, "every match")
        began = time.monotonic()
        wait_for(lambda: {v.host for v in web.since(began)} == {"near", "far"}, "both poll")
        yield web, desks
    for desk in desks:
        assert "Traceback" not in desk.log


def failures(storage: str) -> Sequence[int]:
    """How often the last polls of each source have failed."""
    with psycopg.connect(storage) as connection:
        return [count for (count,) in connection.execute("SELECT failures FROM sources")]


def told(desks: Sequence[DeskFiles]) -> set[str]:
    """What the operators have heard, by whichever machine sends."""
    return {cause for desk in desks for notice in causes(desk) for cause in notice}


def said_to_be_over(desks: Sequence[DeskFiles]) -> str:
    return "\n".join(sentence for desk in desks for notice in over(desk) for sentence in notice)


@pytest.mark.slow
def test_a_machine_without_its_database_asks_nobody(
    tmp_path: Path, network: Network, own_cluster: Cluster
) -> None:
    storage = own_cluster.new_database()
    with two_machines(tmp_path, network, own_cluster, storage) as (web, _):
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


@pytest.mark.slow
def test_a_machine_that_reaches_no_site_leaves_all_of_them_to_the_others(
    tmp_path: Path, network: Network, own_cluster: Cluster
) -> None:
    storage, worst = own_cluster.new_database(), 0
    with two_machines(tmp_path, network, own_cluster, storage) as (web, desks):
        network.machines[1].cut("web")
        cut = time.monotonic()

        def noticed() -> bool:
            nonlocal worst
            worst = max(worst, *failures(storage))
            return "this machine reaches no site, while others do" in desks[1].log

        wait_for(noticed, "that it notices", seconds=100)
        web.publish()
        wait_for(lambda: noticed() and matched(storage).keys() == web.published, "every match", seconds=100)
        assert {visit.host for visit in web.since(cut)} == {"near"}
        name = f"cut-off:{os.uname().nodename}"
        wait_for(lambda: noticed() and name in told(desks), "a notice", seconds=100)
        assert worst == 0
        network.machines[1].mend()
        mended = time.monotonic()
        wait_for(lambda: "far" in {v.host for v in web.since(mended)}, "it polls again", seconds=100)
        wait_for(lambda: "reaches the web again" in said_to_be_over(desks), "its end", seconds=60)
        assert not web.double_visits()
        assert set(matched(storage).values()) == {1}
        assert told(desks) == {name}


@pytest.mark.slow
def test_where_no_machine_reaches_a_site_they_go_on_as_one_does(
    tmp_path: Path, network: Network, own_cluster: Cluster
) -> None:
    storage = own_cluster.new_database()
    with two_machines(tmp_path, network, own_cluster, storage) as (web, desks):
        for machine in network.machines:
            machine.cut("web")
        wait_for(lambda: all(failures(storage)), "failures of all sources", seconds=200)
        wait_for(lambda: "failing-sources" in told(desks), "a notice", seconds=200)
        for machine in network.machines:
            machine.mend()
        mended = time.monotonic()
        web.publish()
        wait_for(lambda: matched(storage).keys() == web.published, "every match", seconds=200)
        wait_for(lambda: {v.host for v in web.since(mended)} == {"near", "far"}, "both poll", seconds=200)
        assert not web.double_visits()
        assert set(matched(storage).values()) == {1}
        assert not any(cause.startswith("cut-off") for cause in told(desks))
