"""Without what lets hosts share the work, one service works on a PostgreSQL database."""

import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from fleet.hosts import wait_until_running
from support.desk import DeskFiles, wait_for
from support.postgresql import Cluster
from watchdesk.errors import UsageError
from watchdesk.store.sole_service import SoleService

SETTINGS = """\
storage: "%s"
channels: {shelf: {files: digests/}}
digests: {flash: {title: Flash, rules: all, at: once, to: [shelf]}}
"""


WITHOUT_EXTRA = """
import sys
sys.modules["procrastinate"] = None
from watchdesk.cli import main
main()
"""


def test_a_service_without_the_extra_is_refused_where_another_works(tmp_path: Path, cluster: Cluster) -> None:
    storage = cluster.new_database()
    first, second = (DeskFiles(tmp_path / name) for name in ("first", "second"))
    for desk in (first, second):
        desk.root.mkdir()
        desk.write({}, settings=SETTINGS % storage)
    with first.service() as running:
        wait_until_running(first, running)
        command = [sys.executable, "-c", WITHOUT_EXTRA, *second.command("run")[3:]]
        refused = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert refused.returncode == 2
        assert f"another watchdesk (watchdesk run, process {running.pid} on " in refused.stderr
        assert "pip install 'watchdesk[fleet]'" in refused.stderr
        assert running.poll() is None


@pytest.mark.parametrize("shares", [(False, False), (True, False), (False, True)])
def test_who_does_not_share_is_alone(tmp_path: Path, cluster: Cluster, shares: tuple[bool, bool]) -> None:
    storage = cluster.new_database()
    first, second = (SoleService(lambda _: None, shares=each) for each in shares)
    with closing(second):
        with closing(first):
            first.take(storage, tmp_path)
            with pytest.raises(UsageError, match="stop it first, or give this one a database of its own"):
                second.take(storage, tmp_path)
        second.take(storage, tmp_path)


def test_who_shares_lets_others_in(tmp_path: Path, cluster: Cluster) -> None:
    storage = cluster.new_database()
    with closing(SoleService(lambda _: None, shares=True)) as first:
        first.take(storage, tmp_path)
        with closing(SoleService(lambda _: None, shares=True)) as second:
            second.take(storage, tmp_path)


def test_a_connection_that_the_server_ended_is_made_again(tmp_path: Path, cluster: Cluster) -> None:
    storage = cluster.new_database()
    lost: list[UsageError] = []
    with closing(SoleService(lost.append)) as first, closing(SoleService(lost.append)) as second:
        first.take(storage, tmp_path)
        _end_holders(cluster, storage)
        time.sleep(2.5)
        with pytest.raises(UsageError, match="another watchdesk"):
            second.take(storage, tmp_path)
    assert not lost


def test_who_has_lost_the_database_to_another_says_so(tmp_path: Path, cluster: Cluster) -> None:
    storage = cluster.new_database()
    lost: list[UsageError] = []
    with closing(SoleService(lost.append)) as first, closing(SoleService(lost.append)) as second:
        first.take(storage, tmp_path)
        for _ in range(5):
            _end_holders(cluster, storage)
            with suppress(UsageError):  # the first one was quicker
                second.take(storage, tmp_path)
                break
        wait_for(lambda: lost, "the loss", seconds=20)
    assert "another watchdesk (watchdesk run, process" in str(lost[0])


def _end_holders(cluster: Cluster, storage: str) -> None:
    cluster.say(
        storage,
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    )
