"""A source that is on another site by the files of another host, as amid a reload of one after the other."""

import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from fleet.hosts import make_host, matched, wait_until_running
from fleet.sites import sites
from support.desk import wait_for
from support.postgresql import Cluster
from watchdesk.store.fleet_store import open_fleet_store

THERE = 1
"""The shard of the site on which the source is for the other host."""


def shard(storage: str, source: str) -> int:
    asked = "SELECT shard FROM source_dues WHERE source_id = %s"
    with psycopg.connect(storage) as connection:
        return int(connection.execute(asked, (source,)).fetchall()[0][0])


def test_what_only_a_host_that_is_gone_had_elsewhere_is_polled_again(
    tmp_path: Path, cluster: Cluster
) -> None:
    storage = cluster.new_database()
    with sites(2, 1) as web, closing(open_fleet_store(storage, tmp_path)) as store:
        desk = make_host(tmp_path, "one", storage, web.feeds)
        moved = next(iter(web.feeds))
        with desk.service({"service.fleet.dispatch.ELSEWHERE": 2.0}) as process:
            wait_until_running(desk, process)
            wait_for(lambda: matched(storage).keys() == web.published, "every match")
            own = shard(storage, moved)
            store.fleet.know(
                {moved: (THERE, datetime.now(UTC))}
            )  # by another host, which is not there any more
            told = time.monotonic()
            web.publish()
            wait_for(lambda: matched(storage).keys() == web.published, "every match")
            assert set(matched(storage).values()) == {1}
        visits = [visit for visit in web.since(told) if web.source(visit) == moved]
        # Under way as it was told, after it had become this one's again, and once more by its rhythm.
        assert len(visits) <= 3
        assert "Traceback" not in desk.log
        assert shard(storage, moved) == own != THERE
