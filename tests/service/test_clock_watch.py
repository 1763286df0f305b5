"""A clock that was put forward or back is told of, and one that is put right as well."""

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

from support.desk import BRISK, DeskFiles, wait_for
from support.dial import Dial
from support.notices import causes, sentences
from torture.stage import Nursery
from watchdesk.remembered import Heartbeat, Remembered, ServiceStart
from watchdesk.service.clock_watch import ClockWatch

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Clocks:
    """A clock that a test sets, and one that nobody sets."""

    def __init__(self) -> None:
        self.shown, self.passed = NOW, 0.0
        self.said: list[str] = []
        self.watch = ClockWatch(lambda: self.shown, self.said.append, lambda: self.passed)

    def wait(self, seconds: float, by: timedelta = timedelta(0)) -> None:
        """Time passes, in which the clock is put forward or back."""
        self.passed += seconds
        self.shown += timedelta(seconds=seconds) + by
        self.watch.look()


def test_a_jump_is_said_once_and_so_is_the_way_back() -> None:
    clocks = Clocks()
    clocks.wait(3 * 3600)  # the machine slept
    clocks.wait(1, timedelta(seconds=59))
    assert clocks.said == []
    clocks.wait(1, 3 * HOUR)
    clocks.wait(1)
    assert [said.split(": ")[0] for said in clocks.said] == ["The clock was put forward by 3 hours"]
    clocks.wait(40, -3 * HOUR)
    clocks.wait(1)
    assert [said.split(": ")[0] for said in clocks.said[1:]] == ["The clock was put back by 3 hours"]


def test_a_clock_that_jumps_to_and_fro_is_said_twice_an_hour() -> None:
    clocks = Clocks()
    for _ in range(60):
        clocks.wait(30, HOUR)
        clocks.wait(30, -HOUR)
    assert len(clocks.said) == 2
    assert "put forward by 60 minutes" in clocks.said[0]
    assert "put back by 60 minutes" in clocks.said[1]


def test_a_clock_behind_what_it_was_at_the_last_run_is_said() -> None:
    clocks = Clocks()
    clocks.watch.began(Remembered(heartbeat=Heartbeat(NOW), started=ServiceStart(NOW - HOUR)))
    assert clocks.said == []
    clocks.watch.began(Remembered(heartbeat=Heartbeat(NOW + 2 * HOUR)))
    assert clocks.said[0].startswith("The clock is 2 hours behind the 2026-03-01 14:00 UTC")


def test_a_real_service_tells_its_operators_that_its_clock_jumped(desk: DeskFiles, tmp_path: Path) -> None:
    dial, nursery, log = Dial(tmp_path / "dial"), Nursery(), tmp_path / "service.log"
    dial.turn(NOW)
    desk.write({}, settings="channels: {shelf: {files: digests/}}\noperators: {to: [shelf]}\n")
    child = nursery.start(desk.command("run")[3:], log, dial, tick=0.2, paces=BRISK)
    try:
        wait_for(lambda: "watchdesk is running" in log.read_text(), "the start")
        dial.forward(3 * HOUR)
        wait_for(lambda: causes(desk), "the notice")
    finally:
        os.kill(child, signal.SIGKILL)
        nursery.wait(child)
    assert [[cause.partition(":")[0] for cause in notice] for notice in causes(desk)] == [["incident"]]
    assert "The clock was put forward by 3 hours: it is 2026-03-01 15:00 UTC now." in sentences(desk)
