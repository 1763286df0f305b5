"""The disk runs full under the service: it says so, loses nothing, and goes on when there is room again."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from support.desk import wait_for
from support.small_disk import small_disk
from torture.living import expect_news, said, service
from torture.newsroom import NATO
from torture.stage import Nursery, Stage, stage

REPEATED = timedelta(seconds=31)
"""After which a poll is repeated that could not be recorded."""


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
    end = time.monotonic() + 60
    while words not in on.desk.log:
        assert time.monotonic() < end, on.desk.log[-2000:]
        on.dial.forward(REPEATED)
        time.sleep(0.3)


TOLD = ("cannot write (a full disk?)", "has not written its heartbeat down")
"""Where the disk left room for what the service says of itself, and where it did not."""


def expect_in_status(on: Stage, nursery: Nursery) -> str:
    """What the status says, once it tells what the full disk keeps from being written."""
    end = time.monotonic() + 60
    while not any(words in (status := said(on, nursery, "status")) for words in TOLD):
        assert time.monotonic() < end, status + on.desk.log[-2000:]
        on.dial.forward(REPEATED)
    return status


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
            status = expect_in_status(on, nursery)
            assert "the disk of the state directory is full" in status, status
            ballast.unlink()
            expect_news(on, "with room again")
            wait_for(lambda: "is full" not in said(on, nursery, "status"), "the next heartbeat")
            fill(ballast)
            on.newsroom.publish(*[{NATO}] * 20)
            time.sleep(0.5)
        with service(on, nursery):
            wait_for(lambda: "it is tried again" in on.desk.log, "a start on a full disk")
            ballast.unlink()
            expect_news(on, "after a start on a full disk")
        on.hold()
