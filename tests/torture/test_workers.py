"""Poll workers are killed, files reloaded, and the service dies around the writing of what they found.

As in `test_kills`, the news goes on meanwhile, and what the receivers took is compared with what was served.
"""

import os
import random
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.desk import wait_for
from support.postgresql import Cluster
from torture.newsroom import RULES
from torture.stage import Nursery, Stage, kill, say, stage
from torture.test_kills import AFTER_LEASE, RATE, RUNNING, TICK, finish, hold, news, something_happens

AFTER_FAILURES = timedelta(days=1, hours=2)
"""Feeds are left alone for up to a day where polls fail again and again, and none that succeeds is kept."""
RELOADED = "configuration reloaded"
IDLE = "  never: {title: Never, query: zyzzyva}\n"
"""A rule that makes another configuration of the files, and matches nothing."""


@pytest.fixture(params=["sqlite", "postgresql"])
def storage(request: pytest.FixtureRequest) -> str:
    """Of an empty database."""
    if request.param == "sqlite":
        return "sqlite"
    running: Cluster = request.getfixturevalue("cluster")
    return running.begun_database()


def others_of(service: int) -> list[int]:
    """The processes of its session but its own. (A reload leaves some that are not its descendants.)"""
    found: list[int] = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            session = int((process / "stat").read_text().rpartition(")")[2].split()[3])
        except OSError:
            continue
        if session == service != int(process.name):
            found.append(int(process.name))
    return sorted(found)


def is_worker(process: int) -> bool:
    """Whether it polls, for which it has threads; what forks others has one."""
    try:
        return len(list(Path(f"/proc/{process}/task").iterdir())) > 1
    except OSError:
        return False


def kill_some_worker(service: int, rng: random.Random) -> bool:
    """Whether there was one to be killed."""
    eligible = [process for process in others_of(service) if is_worker(process)]
    if eligible:
        os.kill(rng.choice(eligible), signal.SIGKILL)
    return bool(eligible)


def reload(on: Stage, service: int) -> None:
    """The files say the same in other words."""
    rules = on.desk.config / "rules" / "desk.yaml"
    rules.write_text(RULES if IDLE in rules.read_text() else RULES + IDLE)
    os.kill(service, signal.SIGHUP)


def await_running(on: Stage, lives: int) -> None:
    end = time.monotonic() + 60
    while on.desk.log.count(RUNNING) == lives:
        assert time.monotonic() < end, on.desk.log[-2000:]
        time.sleep(0.05)


@pytest.mark.parametrize(
    "deaths",
    [
        pytest.param(5, marks=pytest.mark.timeout(300)),
        pytest.param(200, marks=[pytest.mark.slow, pytest.mark.timeout(3600)]),
    ],
)
def test_workers_that_are_killed_amid_reloads_lose_nothing_and_tell_nothing_twice(
    tmp_path: Path, nursery: Nursery, seed: int, storage: str, deaths: int
) -> None:
    with stage(tmp_path, seed) as on:
        on.write(storage)
        on.channels = ("hook",)  # the news comes in bulk, and makes long stories
        on.dial.turn(datetime.now(UTC), RATE)
        log = tmp_path / "service.log"
        log.touch()
        child = nursery.start(on.desk.command("run")[3:], log, on.dial, TICK)
        await_running(on, 0)
        killed = 0
        while killed < deaths or on.desk.log.count(RELOADED) < deaths // 6:
            news(on, 1)
            assert is_alive(child), on.desk.log[-4000:]
            killed += kill_some_worker(child, on.rng)
            if on.rng.random() < 0.3:
                reload(on, child)
        say(f"{killed} workers killed, {on.desk.log.count(RELOADED)} reloads")
        kill(child)
        nursery.wait(child)
        on.kills += 1
        finish(on, nursery, AFTER_FAILURES)
        hold(on)


@pytest.mark.timeout(300)
def test_a_service_whose_workers_cannot_be_replaced_ends_and_the_next_one_loses_nothing(
    tmp_path: Path, nursery: Nursery, seed: int
) -> None:
    with stage(tmp_path, seed) as on:
        on.write()
        on.channels = ("hook",)
        on.dial.turn(datetime.now(UTC), RATE)
        log = tmp_path / "service.log"
        log.touch()
        child = nursery.start(on.desk.command("run")[3:], log, on.dial, TICK)
        wait_for(lambda: RUNNING in on.desk.log, "the start")
        on.newsroom.publish()
        for process in others_of(child):
            os.kill(process, signal.SIGKILL)
        assert os.waitstatus_to_exitcode(nursery.wait(child)) == 2
        on.kills += 1
        on.dial.forward(AFTER_LEASE)
        finish(on, nursery)
        hold(on)


@pytest.mark.parametrize(
    ("storage", "kills", "written"),
    [
        pytest.param(*case, marks=pytest.mark.timeout(300))
        for case in (("sqlite", 2, False), ("postgresql", 2, True))
    ]
    + [
        pytest.param(storage, 60, written, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])
        for storage in ("sqlite", "postgresql")
        for written in (False, True)
    ],
    indirect=["storage"],
)
def test_a_service_that_dies_between_hand_over_and_answer_loses_nothing_and_tells_nothing_twice(
    tmp_path: Path, nursery: Nursery, seed: int, storage: str, kills: int, written: bool
) -> None:
    with stage(tmp_path, seed) as on:
        on.write(storage)
        on.channels = ("hook",)  # the news comes in bulk, and makes long stories
        on.dial.turn(datetime.now(UTC), RATE)
        log = tmp_path / "service.log"
        log.touch()
        while on.kills < kills:
            lives, at = on.desk.log.count(RUNNING), on.rng.randint(1, 4)
            child = nursery.start(
                on.desk.command("run")[3:], log, on.dial, TICK, dies_at_write=at, written=written
            )
            await_running(on, lives)
            if on.rng.random() < 0.5:
                reload(on, child)
            until(lambda: not is_alive(child), on)  # noqa: B023
            nursery.wait(child)
            on.kills += 1
            on.dial.forward(AFTER_LEASE)
        finish(on, nursery, AFTER_FAILURES)
        hold(on)


def until(happened: Callable[[], bool], on: Stage) -> None:
    """The newsroom works until then, and a day passes where all feeds are left alone."""
    begin, passed = time.monotonic(), 0
    while not happened():
        took = time.monotonic() - begin
        assert took < 60, on.desk.log[-2000:]
        if took > (passed + 1) * 15:
            on.dial.forward(AFTER_FAILURES)
            passed += 1
        something_happens(on, 0.2)


def is_alive(process: int) -> bool:
    """Whether it has not ended yet."""
    stat = Path(f"/proc/{process}/stat").read_text()
    return stat.rpartition(")")[2].split()[0] != "Z"
