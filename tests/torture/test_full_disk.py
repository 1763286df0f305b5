"""The disk runs full under the service: it says so, loses nothing, and goes on when there is room again."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.desk import wait_for
from torture.living import expect_news, said, service
from torture.newsroom import NATO
from torture.stage import Nursery, Stage, stage

SIZE = "6m"
REPEATED = timedelta(seconds=31)
"""After which a poll is repeated that could not be recorded."""


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A file system of some megabytes (tmpfs); skips where this user may not mount one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount program")
    if done.returncode:
        pytest.skip(f"no small file system can be mounted here: {done.stderr.decode().strip()}")
    try:
        yield
    finally:
        # Lazily: readers of a service that was killed take a moment to notice.
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(ballast: Path) -> None:
    """To the last byte."""
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError:
                pass


def expect_in_log(on: Stage, words: str) -> None:
    end = time.monotonic() + 20
    while words not in on.desk.log:
        assert time.monotonic() < end, on.desk.log[-2000:]
        on.dial.forward(REPEATED)
        time.sleep(0.3)


def test_a_full_disk_is_told_and_costs_nothing(tmp_path: Path, nursery: Nursery, seed: int) -> None:
    with stage(tmp_path, seed) as on, small_disk(on.desk.state):
        on.calm()
        on.write()
        on.dial.turn(datetime(2026, 3, 2, 9, 0, 30, tzinfo=UTC))
        ballast = on.desk.state / "ballast"
        with service(on, nursery):
            expect_news(on, "before")
            fill(ballast)
            on.newsroom.publish(*[{NATO}] * 20)
            expect_in_log(on, "the disk is full: make room")
            on.dial.forward(timedelta(minutes=2))
            time.sleep(1)
            status = said(on, nursery, "status")
            assert "cannot write (a full disk?)" in status, status
            assert "the disk of the state directory is full" in status, status
            ballast.unlink()
            expect_news(on, "with room again")
            wait_for(
                lambda: "nothing needs a person" in said(on, nursery, "status"), "the next heartbeat", 40
            )
            fill(ballast)
            on.newsroom.publish(*[{NATO}] * 20)
            time.sleep(0.5)
        assert "the disk is full: make room" in said(on, nursery, "run")
        ballast.unlink()
        with service(on, nursery):
            expect_news(on, "after a death on a full disk")
        on.hold()
