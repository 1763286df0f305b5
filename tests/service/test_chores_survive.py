"""What ends or hinders chores in the middle costs nothing: a kill, a full disk, a clock that jumped."""

import os
import random
import signal
import time
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from store.test_store import NOW, STATE
from store.test_stories import told
from support.desk import wait_until_alone
from support.small_disk import small_disk
from torture.test_full_disk import fill
from watchdesk.config.settings import Settings
from watchdesk.errors import FullDisk
from watchdesk.plan import Configured
from watchdesk.remembered import ClockCheck, remember
from watchdesk.rules import RuleSet
from watchdesk.service.liveness.damage import CheckFile
from watchdesk.service.upkeep.chores import Workplace, chores
from watchdesk.service.upkeep.reading import SOONEST, WEEKLY, is_due
from watchdesk.service.upkeep.rounds import run_once
from watchdesk.store import SqlStore, open_store

RULES = RuleSet.from_yaml("rules: {nato: {title: NATO, query: NATO}}")
LATER = NOW + timedelta(days=4000)
"""When all that is stored now is old."""


def filled(state: Path, many: int) -> None:
    """Stores articles, and remembers a clock that is trusted later."""
    rng = random.Random(3)
    with closing(open_store("sqlite", state)) as store:
        for first in range(0, many, 20):
            texts = [" ".join(rng.randbytes(4).hex() for _ in range(90)) for _ in range(20)]
            items = [
                told(first + n, "paper", f"T{first + n}", text, matched=False) for n, text in enumerate(texts)
            ]
            store.ingest(items, STATE, NOW)
        remember(store, ClockCheck(LATER - timedelta(days=3), LATER - timedelta(hours=1)))


def passed(store: SqlStore, state: Path, now: datetime, seconds: float = 30) -> dict[str, Exception | None]:
    """One pass of all chores."""
    configured = Configured(Settings(state), RULES)
    return dict(run_once(Workplace(store, configured, lambda: now), chores(state), seconds))


def hold_all(state: Path) -> int:
    """How many articles are left, in a database that is whole."""
    with closing(open_store("sqlite", state)) as store:
        verifying = store.verifying()
        assert list(verifying.structure()) == []
        assert list(verifying.references()) == []
        assert [found for _, found in verifying.everything() if found] == []
        return verifying.counts()["articles"]


def test_chores_that_are_killed_again_and_again_come_to_their_end(tmp_path: Path) -> None:
    filled(tmp_path, 300)
    wait_until_alone()
    rng = random.Random(5)
    for _ in range(12):
        if (process := os.fork()) == 0:
            try:
                with closing(open_store("sqlite", tmp_path)) as store:
                    passed(store, tmp_path, LATER)
            finally:
                os._exit(0)
        time.sleep(rng.uniform(0.02, 0.25))
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    with closing(open_store("sqlite", tmp_path)) as store:
        outcomes = passed(store, tmp_path, LATER)
    assert set(outcomes.values()) == {None}
    assert hold_all(tmp_path) <= 1
    assert not is_due(CheckFile(tmp_path).read(), LATER, 0)


def test_a_full_disk_hinders_chores_and_costs_nothing(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with small_disk(state):
        filled(state, 300)
        ballast = state / "ballast"
        with closing(open_store("sqlite", state)) as store:
            fill(ballast)
            outcomes = passed(store, state, LATER, 3)
            failed = [error for error in outcomes.values() if error is not None]
            assert failed
            assert {type(error) for error in failed} == {FullDisk}
            ballast.unlink()
            assert set(passed(store, state, LATER).values()) == {None}
        assert hold_all(state) <= 1


def test_a_clock_that_jumped_removes_nothing_and_has_the_database_read_again(tmp_path: Path) -> None:
    filled(tmp_path, 40)
    with closing(open_store("sqlite", tmp_path)) as store:
        remember(store, ClockCheck(NOW - timedelta(days=9), NOW))
        passed(store, tmp_path, LATER)
        assert is_due(CheckFile(tmp_path).read(), NOW, 0), "it was read in a time that is yet to come"
        passed(store, tmp_path, NOW)
    assert hold_all(tmp_path) == 40
    state = CheckFile(tmp_path).read()
    for size, pause in ((0, SOONEST), (60_000_000, timedelta(minutes=10)), (10**12, WEEKLY)):
        assert not is_due(state, NOW + pause - timedelta(seconds=1), size)
        assert is_due(state, NOW + pause, size)
