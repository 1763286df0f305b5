"""The service is killed at random instants while the news goes on: nothing is lost, nothing is told twice.

Feeds fail, receivers fail, and the process dies by SIGKILL, again and again. Then it is left to finish,
and what the receivers took is compared with what the newsroom served: every match in exactly one digest
of each subscription and channel, and repeats only under an identity already seen, byte for byte the same.
The database is not asked. WATCHDESK_TORTURE_SEED repeats the choices of a run, though not its instants.
"""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.desk import wait_for
from torture.receivers import SECRET
from torture.stage import Nursery, Stage, kill, stage

TICK = 0.1
RATE = 30.0
SENDERS = 8
"""More than any service has."""
RUNNING = "watchdesk is running"
AFTER_LEASE = timedelta(minutes=11)
AFTER_WAITS = timedelta(hours=7)


def news(on: Stage, longest: float, lives: int = 0) -> None:
    """The newsroom works until some instant of a service's life: one in five while it starts.

    `lives`: how many of those before it the log tells of.
    """
    if on.rng.random() < 0.8:
        end = time.monotonic() + 30
        while on.desk.log.count(RUNNING) == lives and time.monotonic() < end:
            something_happens(on, 0.1)
    end = time.monotonic() + on.rng.uniform(0, longest)
    while (left := end - time.monotonic()) > 0:
        something_happens(on, left)


def something_happens(on: Stage, longest: float) -> None:
    on.newsroom.publish()
    if on.rng.random() < 0.1:
        on.newsroom.revise()
    time.sleep(min(longest, on.rng.uniform(0.05, 0.25)))


def retry_dead(on: Stage, nursery: Nursery) -> None:
    """As a person would: what was refused for good is sent again."""
    log = on.desk.root / "retry.log"
    status = nursery.wait(nursery.start(on.desk.command("deliveries", "retry", "--all")[3:], log, on.dial))
    assert status == 0, log.read_text()


def finish(on: Stage, nursery: Nursery, waits: timedelta = AFTER_WAITS) -> None:
    """Everyone is well; leases and waits have run out; the service is left alone until all has arrived."""
    on.calm()
    on.dial.turn(on.dial.now() + waits, RATE)
    retry_dead(on, nursery)
    child = nursery.start(on.desk.command("run")[3:], on.desk.root / "service.log", on.dial, TICK)
    try:
        wait_for(lambda: on.newsroom.published == on.newsroom.served.keys(), "the last of the polls", 60)
        left = 60 + len(on.newsroom.served) / 10  # a long run leaves thousands to be told
        wait_for(lambda: on.is_complete, "the arrival of every match", left)
        time.sleep(1)  # for what should not arrive
    finally:
        kill(child)
        nursery.wait(child)


def hold(on: Stage) -> None:
    """Asserts every promise; and repeats there may be only where an answer was lost, or a sender died."""
    on.hold()
    assert "another watchdesk" not in on.desk.log  # who was killed keeps nobody from starting
    lost = on.mail.lost_answers + on.hook.lost_answers
    repeats = sum(one.repeats for one in on.accounts.values())
    assert repeats <= lost + SENDERS * on.kills


@pytest.mark.parametrize(
    "kills",
    [
        pytest.param(6, marks=pytest.mark.timeout(300)),
        pytest.param(200, marks=[pytest.mark.slow, pytest.mark.timeout(3600)]),
    ],
)
def test_a_service_that_is_killed_again_and_again_loses_nothing_and_tells_nothing_twice(
    tmp_path: Path, nursery: Nursery, seed: int, kills: int
) -> None:
    """Time passes thirty times faster, for leases and waits to run out; a round takes a tenth of a second."""
    with stage(tmp_path, seed) as on:
        on.write()
        on.dial.turn(datetime.now(UTC), RATE)
        log = tmp_path / "service.log"
        log.touch()
        while on.kills < kills:
            lives = log.read_text().count(RUNNING)
            child = nursery.start(on.desk.command("run")[3:], log, on.dial, TICK)
            news(on, 1, lives)
            kill(child)
            nursery.wait(child)
            on.kills += 1
            on.dial.forward(AFTER_LEASE)
        finish(on, nursery)
        hold(on)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_the_command_as_it_is_killed_two_hundred_times_loses_nothing_and_tells_nothing_twice(
    tmp_path: Path, nursery: Nursery, seed: int
) -> None:
    """`watchdesk run` by the machine's own clock; only the last of its lives begins some hours later."""
    with stage(tmp_path, seed) as on:
        on.write()
        while on.kills < 200:
            with on.desk.service_from_cold(HOOK_SECRET=SECRET) as process:
                news(on, 4)
                process.kill()
            on.kills += 1
        finish(on, nursery)
        hold(on)
