"""A site with far more sources than its manners let be polled soon."""

import itertools
from pathlib import Path

from fleet.hosts import make_host, wait_until_running
from fleet.sites import sites
from support.desk import wait_for
from support.postgresql import Cluster
from watchdesk.store.fleet_shards import shard_of

LARGE = "127.0.1.1"


def beside(address: str) -> str:
    """Another address on loopback whose sources are in the same shard."""
    others = (f"127.0.{a}.{b}" for a, b in itertools.product(range(2, 250), range(1, 250)))
    return next(other for other in others if shard_of(other) == shard_of(address))


def test_it_keeps_no_other_site_of_its_shard_waiting(tmp_path: Path, cluster: Cluster) -> None:
    storage, small = cluster.new_database(), beside(LARGE)
    with sites(2, 400, delay=0.1, addresses=[LARGE, small]) as web:
        feeds = {name: url for name, url in web.feeds.items() if name.startswith("s0-") or name == "s1-0"}
        desk = make_host(tmp_path, "one", storage, feeds)
        with desk.service({"service.fleet.dispatch.HOLD": 1.0}) as process:
            wait_until_running(desk, process)

            def asked(site: str) -> int:
                return len([visit for visit in web.since(0) if visit.site == site])

            wait_for(lambda: asked(small) >= 4, "four polls of the small site", seconds=90)
            assert asked(LARGE) < 400
