"""A service that cannot write its status file: nobody is told to kill it, but why it cannot be written."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.desk import DeskFiles
from support.small_disk import small_disk
from watchdesk.remembered import Heartbeat, remember
from watchdesk.service.liveness import Phase, Processes, ServiceStatus
from watchdesk.service.liveness.status import status_file
from watchdesk.store import open_store

AGO = timedelta(minutes=3)
STRANGER = 54321


@contextmanager
def silent_service(desk: DeskFiles, user: int | None = None) -> Iterator[int]:
    """A process that is there, and a status file that it has not written for three minutes."""
    process = subprocess.Popen(["sleep", "600"], user=user)
    try:
        moment = datetime.now(UTC) - AGO
        own = Processes()
        found = replace(own.own(), pid=process.pid, started=own._started(process.pid))
        clock = Processes.clock() - AGO.total_seconds()
        status = ServiceStatus(found, moment, moment, clock, phase=Phase.RUNNING)
        status_file(desk.state).write(status)
        yield process.pid
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


@pytest.fixture
def made(desk: DeskFiles) -> DeskFiles:
    desk.write({})
    assert desk.run("once").status == 0
    return desk


def need(desk: DeskFiles) -> str:
    answered = desk.run("status", "--json")
    assert answered.status == 1
    return str(answered.document["needs"][0])


def test_nothing_that_speaks_against_writing_means_that_it_hangs(made: DeskFiles) -> None:
    with silent_service(made):
        assert "hangs" in need(made) and "Kill it" in need(made)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts a process of another user")
def test_a_directory_that_its_user_may_not_write_in_is_named(made: DeskFiles) -> None:
    with silent_service(made, STRANGER) as pid:
        said = need(made)
        assert said.startswith(
            f"the service (process {pid}) has not written its heartbeat down for 3 minutes"
        )
        assert f"user {STRANGER}, as whom it runs, may not write in {made.state}" in said
        assert "chown" in said and "ill it" not in said
        assert "its status cannot be written" in made.run("status").out


def test_a_file_system_that_is_read_only_is_named(desk: DeskFiles) -> None:
    desk.write({})
    with small_disk(desk.state):
        assert desk.run("once").status == 0
        with silent_service(desk):
            subprocess.run(["mount", "-o", "remount,ro", str(desk.state)], check=True)
            said = need(desk)
    assert "is mounted read-only" in said and "ill it" not in said


def test_a_heartbeat_in_the_database_says_that_it_is_at_work(made: DeskFiles) -> None:
    with silent_service(made), closing(open_store("sqlite", made.state)) as store:
        remember(store, Heartbeat(datetime.now(UTC) - timedelta(seconds=5)))
        said = need(made)
        assert "it is at work, by the database" in said and "ill it" not in said
        remember(store, Heartbeat(datetime.now(UTC) - AGO))
        assert "Kill it" in need(made)


def test_a_directory_in_the_place_of_the_file_is_named(made: DeskFiles) -> None:
    Path(made.state / "liveness.json").mkdir()
    answered = made.run("status")
    assert answered.status == 2
    assert "liveness.json is a directory" in answered.err and "move it away" in answered.err
