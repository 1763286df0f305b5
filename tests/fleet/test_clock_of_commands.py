"""Commands on a machine whose clock is wrong go by the database's time."""

import subprocess
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from delivery.test_outbox import put
from fleet.hosts import make_host, wrong_clock
from support.desk import DeskFiles, environment
from support.postgresql import Cluster
from watchdesk.store.fleet_rows import HostSaid
from watchdesk.store.fleet_store import open_fleet_store

HOUR, SOON = timedelta(hours=1), timedelta(minutes=5)


def run(desk: DeskFiles, ahead: float, *arguments: str) -> str:
    env = {**environment(), **wrong_clock(ahead)}
    done = subprocess.run(desk.command(*arguments), capture_output=True, check=True, env=env)
    return done.stdout.decode()


@pytest.mark.parametrize("ahead", [7200.0, -7200.0])
def test_what_is_written_and_compared_is_by_the_databases_time(
    tmp_path: Path, cluster: Cluster, ahead: float
) -> None:
    storage = cluster.new_database()
    desk = make_host(tmp_path, "one", storage, {})
    desk.state.mkdir()
    with closing(open_fleet_store(storage, desk.state)) as store:
        store.fleet.beat(HostSaid("a", "news-1", "1.0", "", 0))
        assert " s ago" in run(desk, ahead, "fleet")
        (delivery,) = put(store, "shelf", now=datetime.now(UTC) - HOUR)
        run(desk, ahead, "deliveries", "retry", delivery.id)
        (due,) = store.deliveries()
        assert abs(due.due_at - datetime.now(UTC)) < SOON
        run(desk, ahead, "silence", "nato-spending", "--until", "3h")
        (silence,) = store.silences(datetime.now(UTC))
        assert abs(silence.until - datetime.now(UTC) - 3 * HOUR) < SOON
        assert "nato-spending" in run(desk, ahead, "silence", "--list")
