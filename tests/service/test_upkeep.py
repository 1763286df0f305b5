"""Chores: whose turn it is, and the process that runs them beside the service."""

import os
import signal
import socket
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from support.desk import BRISK, SETTINGS, DeskFiles, item, rss, wait_for, wait_until_alone
from support.web import WebServer
from watchdesk.config.settings import Settings
from watchdesk.errors import DamagedStorage, StorageError
from watchdesk.plan import Configured
from watchdesk.remembered import ClockCheck, remember
from watchdesk.rules import RuleSet
from watchdesk.service.liveness.recorder import Liveness
from watchdesk.service.poll_workers import fork_server
from watchdesk.service.poll_workers.fork_server import ForkServer
from watchdesk.service.upkeep import keeper
from watchdesk.service.upkeep.chores import Chore, Workplace
from watchdesk.service.upkeep.keeper import Upkeep
from watchdesk.service.upkeep.messages import STEP
from watchdesk.service.upkeep.process import UpkeepParts, keep_up
from watchdesk.service.upkeep.rounds import LONGEST, SLICE, Rounds, run_once
from watchdesk.store import open_beside, open_store

CONFIGURED = Configured(Settings(Path()), RuleSet.from_yaml("rules: {nato: {title: NATO, query: NATO}}"))


@dataclass
class Doing:
    """A chore that does what it is told, and writes down who did it."""

    name: str
    steps: Path
    does: Callable[[int], object] = lambda _: None
    """Given the number of the step."""
    run: int = 1
    """Steps in a run."""
    every: timedelta = timedelta(milliseconds=20)
    needs_steady_clock: bool = False
    done: int = 0

    def step(self, place: Workplace) -> bool:
        self.done += 1
        self.does(self.done)
        place.store.appointments()
        with self.steps.open("a") as file:
            file.write(f"{self.name} {os.getpid()}\n")
        return self.done % self.run != 0


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def steps(tmp_path: Path) -> Path:
    path = tmp_path / "steps"
    path.touch()
    return path


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workplace]:
    with closing(open_store("sqlite", tmp_path)) as store:
        yield Workplace(store, CONFIGURED, lambda: datetime.now(UTC))


def test_chores_take_turns_and_each_rests_when_it_is_done(place: Workplace, steps: Path) -> None:
    clock, ended = Clock(), Counter[str]()
    long = Doing("long", steps, lambda _: setattr(clock, "now", clock.now + SLICE / 4), run=10**6)
    short = Doing("short", steps, run=2, every=timedelta(seconds=100))
    rounds = Rounds([long, short], place, lambda name, _: ended.update([name]), first=5, monotonic=clock)
    assert not rounds.step()
    assert rounds.wait == 5
    clock.now = 5
    for _ in range(12):
        assert rounds.step()
    names = [line.split()[0] for line in steps.read_text().splitlines()]
    assert names == ["long"] * 4 + ["short"] * 2 + ["long"] * 6
    assert ended == {"short": 1}


def _fails(error: Exception) -> Callable[[int], object]:
    def fail(_: int) -> None:
        raise error

    return fail


def test_a_chore_that_fails_is_tried_later_and_later_and_others_go_on(place: Workplace, steps: Path) -> None:
    clock, found = Clock(), list[tuple[str, float, bool]]()
    bad = Doing("bad", steps, _fails(StorageError("it is locked")))
    good = Doing("good", steps, every=timedelta(hours=3))
    rounds = Rounds(
        [bad, good], place, lambda n, e: found.append((n, clock.now, e is not None)), monotonic=clock
    )
    while clock.now < 4 * LONGEST:
        while rounds.step():
            pass
        clock.now += rounds.wait
    moments = [at for name, at, failed in found if name == "bad" and failed]
    waits = [after - before for before, after in pairwise(moments)]
    assert waits[:3] == [10, 20, 40]
    assert max(waits) == LONGEST
    assert [at for name, at, failed in found if name == "good" and not failed] == [0, 3 * LONGEST]


def test_what_deletes_waits_for_a_clock_that_has_not_leapt(place: Workplace, steps: Path) -> None:
    deleting = Doing("deleting", steps, needs_steady_clock=True)
    run_once(place, [deleting], 1)
    assert deleting.done == 0
    now = datetime.now(UTC)
    remember(place.store, ClockCheck(now - timedelta(days=2), now - timedelta(hours=1)))
    run_once(place, [deleting], 1)
    assert deleting.done == 1
    remember(place.store, ClockCheck(now - timedelta(days=9), now - timedelta(days=5)))
    run_once(place, [deleting], 1)
    assert deleting.done == 1


def test_a_single_pass_gives_chores_a_moment_and_no_more(place: Workplace, steps: Path) -> None:
    endless = Doing("endless", steps, lambda _: time.sleep(0.01), run=10**6)
    began = time.monotonic()
    assert run_once(place, [endless, Doing("short", steps)], 1.2) == {"short": None}
    assert 1.2 <= time.monotonic() - began < 20


@dataclass
class Kept:
    """An upkeep process of a service, and who forks it."""

    state: Path
    steps: Path
    liveness: Liveness
    servers: list[ForkServer] = field(default_factory=list)
    failures: list[StorageError] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.upkeep = Upkeep(self.liveness, self.failures.append)

    def follow(self, *chores: Chore) -> None:
        def opened() -> Sequence[Chore]:
            return chores

        parts = UpkeepParts(
            CONFIGURED, lambda: open_beside("sqlite", self.state), lambda: datetime.now(UTC), opened, 0.0
        )
        server = fork_server.begin(
            lambda connection: fork_server.serve(connection, lambda asked, own: keep_up(parts, asked, own))
        )
        self.servers.append(server)
        self.upkeep.follow(server)

    def does(self, name: str, others: int = 0) -> bool:
        """Whether a process other than this one has done a step of that chore."""
        found = [line.split() for line in self.steps.read_text().splitlines()]
        return any(chore == name and int(process) != others for chore, process in found)

    def failing(self, name: str) -> str | None:
        step = self.liveness.status.steps.get(name)
        return step.reason if step else None


@pytest.fixture
def kept(tmp_path: Path, steps: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    wait_until_alone()
    monkeypatch.setattr(keeper, "AGAIN", 0.05)
    open_store("sqlite", tmp_path).close()
    made = Kept(tmp_path, steps, Liveness(tmp_path, lambda: datetime.now(UTC)))
    yield made
    made.upkeep.close()
    for server in made.servers:
        server.close()


def test_a_process_that_is_killed_is_replaced(kept: Kept) -> None:
    kept.follow(Doing("sweeping", kept.steps))
    wait_for(lambda: kept.does("sweeping"), "a step", 10)
    first = kept.upkeep.process_id
    assert first
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: kept.does("sweeping", others=first), "a step of the next one", 10)
    wait_for(lambda: kept.liveness.status.steps[STEP].failures == 0, "that it is well", 10)


def test_a_chore_that_fails_is_told_and_others_go_on(kept: Kept) -> None:
    bad = Doing("bad", kept.steps, _fails(KeyError("a mistake")))
    worse = Doing("worse", kept.steps, _fails(DamagedStorage("it is damaged")))
    kept.follow(bad, worse, Doing("good", kept.steps))
    wait_for(lambda: kept.does("good"), "a step", 10)
    wait_for(lambda: kept.failing("bad") == "KeyError: 'a mistake'", "that it is told", 10)
    wait_for(lambda: kept.failing("worse") == "it is damaged", "that it is told", 10)
    assert [str(error) for error in kept.failures] == ["it is damaged"]


def test_a_chore_that_ends_its_process_keeps_no_other_from_its_turn(kept: Kept) -> None:
    deadly = Doing("deadly", kept.steps, lambda _: os.kill(os.getpid(), signal.SIGKILL))
    kept.follow(deadly, Doing("good", kept.steps))
    wait_for(lambda: kept.does("good"), "a step of the other", 10)
    assert "deadly" in (kept.failing(STEP) or "deadly")


def test_a_reload_lets_a_step_end_and_goes_on_with_the_new_settings(kept: Kept) -> None:
    kept.follow(Doing("old", kept.steps, lambda _: time.sleep(0.3)))
    wait_for(lambda: kept.does("old"), "a step", 10)
    first = kept.upkeep.process_id
    kept.follow(Doing("new", kept.steps))
    wait_for(lambda: kept.does("new"), "a step of the new one", 10)
    done = kept.steps.read_text().count("old")
    assert kept.upkeep.process_id not in {first, None}
    time.sleep(0.5)
    assert kept.steps.read_text().count("old") == done
    assert STEP not in kept.liveness.status.steps or not kept.liveness.status.steps[STEP].failures


def test_a_step_that_takes_long_holds_up_neither_a_reload_nor_a_stop(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "PATIENCE", 0.2)
    kept.follow(Doing("long", kept.steps, lambda n: time.sleep(60 * (n > 1))))
    wait_for(lambda: kept.does("long"), "a step", 10)
    began = time.monotonic()
    kept.follow(Doing("longer", kept.steps, lambda n: time.sleep(60 * (n > 1))))
    assert time.monotonic() - began < 10
    wait_for(lambda: kept.does("longer"), "a step", 10)
    process = kept.upkeep.process_id
    kept.upkeep.close()
    wait_for(lambda: process and not alive(process), "its end", 2)


def test_one_that_hangs_is_ended(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "SILENT", 0.3)
    kept.follow(Doing("hanging", kept.steps, lambda n: time.sleep(60 * (n > 1))))
    wait_for(lambda: kept.does("hanging"), "a step", 10)
    first = kept.upkeep.process_id

    def is_another() -> bool:
        kept.upkeep.look()
        return kept.upkeep.process_id not in {first, None}

    wait_for(is_another, "another process", 10)


def test_it_waits_while_it_is_held_and_is_gone_while_the_database_is_replaced(kept: Kept) -> None:
    kept.upkeep.hold(is_held=True)
    kept.follow(Doing("sweeping", kept.steps))
    wait_for(lambda: kept.upkeep.process_id, "a process", 10)
    time.sleep(0.3)
    assert not kept.does("sweeping")
    kept.upkeep.hold(is_held=False)
    wait_for(lambda: kept.does("sweeping"), "a step", 10)
    first = kept.upkeep.process_id
    with kept.upkeep.paused():
        assert kept.upkeep.process_id is None
        time.sleep(0.2)
        assert kept.upkeep.process_id is None
    wait_for(lambda: kept.does("sweeping", others=first or 0), "a step of the next one", 10)


def test_it_ends_with_the_service(kept: Kept) -> None:
    kept.follow(Doing("sweeping", kept.steps))
    wait_for(lambda: kept.upkeep.process_id, "a process", 10)
    process = kept.upkeep._process
    assert process
    with socket.socket(fileno=os.dup(process.forked.connection.fileno())) as ours:
        ours.shutdown(socket.SHUT_RDWR)  # as when a process has died that had it
    wait_for(lambda: not alive(process.forked.process_id), "its end", 10)


def alive(process_id: int) -> bool:
    try:
        stat = Path(f"/proc/{process_id}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def make_old(desk: DeskFiles) -> None:
    """Puts a year between now and what is stored, by a clock that went without a leap."""
    with closing(sqlite3.connect(desk.state / "watchdesk.db")) as database:
        year = 366 * 86400 * 10**6
        database.execute("UPDATE articles SET first_seen = first_seen - ?", (year,))
        database.execute("UPDATE places SET digest_id = NULL")
        database.execute("DELETE FROM places")
        now = datetime.now(UTC)
        steady = f"{(now - timedelta(days=3)).isoformat()} {(now - timedelta(hours=1)).isoformat()}"
        database.execute("INSERT OR REPLACE INTO notes (name, value) VALUES ('clock.steady', ?)", (steady,))
        database.commit()


def stored(desk: DeskFiles) -> int:
    with closing(sqlite3.connect(desk.state / "watchdesk.db")) as database:
        return int(database.execute("SELECT count(*) FROM articles").fetchone()[0])


@pytest.fixture
def old(desk: DeskFiles, web: WebServer) -> DeskFiles:
    """A desk with an article of a year ago."""
    web.serve("/feed", rss(item("1", "NATO agrees a new spending target")))
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS)
    assert desk.run("once", "--all").status == 0
    make_old(desk)
    web.serve("/feed", rss())
    assert stored(desk) == 1
    return desk


def test_a_single_pass_removes_what_is_old(old: DeskFiles) -> None:
    assert old.run("once").status == 0
    assert stored(old) == 0


def test_the_service_removes_what_is_old_in_its_upkeep_process(old: DeskFiles) -> None:
    with old.service(BRISK) as process:
        wait_for(lambda: stored(old) == 0, "the pruning")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert "removed what is old" in old.log
    assert "Traceback" not in old.log
