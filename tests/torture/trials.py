"""A desk that is brought back to the same state before each death, and what must hold after it."""

import json
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from support.desk import DeskFiles, environment
from support.postgresql import Cluster
from support.warm import TESTS, script
from torture.newsroom import AID, CALM, NATO
from torture.receivers import NONE, SECRET, Faults
from torture.stage import Stage, stage

BEFORE = datetime(2026, 11, 2, 9, 0, 30, tzinfo=UTC)
THEN = BEFORE + timedelta(hours=1)
AFTER = THEN + timedelta(hours=7)
"""When every lease and every wait has run out."""
LATER = AFTER + timedelta(seconds=6)
"""When what a lease was found to have run out for is tried again."""


class Mortals:
    """Passes over a desk, each in a process of its own."""

    def __init__(self, desk: DeskFiles) -> None:
        folders = {"PYTHONPATH": str(TESTS), "HOOK_SECRET": SECRET}
        self._process = subprocess.Popen(
            script("torture.mortal", str(desk.config), str(desk.state)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**environment(), **folders},
        )

    def live(self, now: datetime, die_at: int | None = None, *, traced: bool = False) -> list[str] | None:
        """The statements it came to, when traced; None when it died before the one of that number."""
        asked: dict[str, Any] = {"now": now.isoformat(), "die_at": die_at}
        asked["traced"] = traced or die_at is not None
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        self._process.stdin.flush()
        told = self._process.stdout.readline()
        assert told, "a pass failed by itself; its traceback is above"
        found: list[str] | None = json.loads(told)
        return found

    def close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe
            pipe.close()
        self._process.wait()


class SqliteFile:
    """The database of the desk, and a copy to come back to."""

    storage = "sqlite"

    def __init__(self, state: Path) -> None:
        self._file = state / "watchdesk.db"
        self._copy = state / "kept.db"

    def keep(self) -> None:
        """What it is now is what it is brought back to."""
        shutil.copyfile(self._file, self._copy)

    def bring_back(self) -> None:
        for left in self._file.parent.glob("watchdesk.db*"):
            left.unlink()
        shutil.copyfile(self._copy, self._file)


class PostgresqlDatabase:
    """The same on PostgreSQL."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.storage = cluster.new_database()
        self._kept = ""

    def keep(self) -> None:
        """What it is now is what it is brought back to."""
        self._kept = self._cluster.new_database(like=self.storage)

    def bring_back(self) -> None:
        self._cluster.drop(self.storage)
        self._cluster.new_database(self.storage, like=self._kept)


Databases = SqliteFile | PostgresqlDatabase


class Trials:
    """Deaths of one pass: it finds new entries, a revised one, an unchanged feed, and one that had failed."""

    def __init__(self, on: Stage, mortals: Mortals, databases: Databases) -> None:
        self._on = on
        self._mortals = mortals
        self._databases = databases
        self.repeats: Counter[str] = Counter()
        """By the statement before which a pass died."""
        self.count = 0
        self._prepare()

    def _prepare(self) -> None:
        on, newsroom = self._on, self._on.newsroom
        newsroom.publish([NATO], [AID], [], [NATO, AID])
        newsroom.moods = replace(CALM, error=1)
        self._mortals.live(BEFORE - timedelta(hours=1))
        newsroom.moods = CALM
        self._mortals.live(BEFORE)
        newsroom.publish([NATO], [NATO, AID], [])
        newsroom.revise()
        self._databases.keep()
        self._taken = list(on.mail.taken), list(on.hook.taken)

    def places(self, faults: Faults) -> list[str]:
        """The statements of a pass that is left alone."""
        self._reset(faults)
        found = self._mortals.live(THEN, traced=True)
        assert found
        return found

    def die(self, number: int, place: str, faults: Faults) -> None:
        """One trial; asserts that every promise was kept. Not counted where the pass ended before."""
        self._reset(faults)
        if self._mortals.live(THEN, number) is not None:
            return  # how many statements reading takes depends on how a network cuts what it carries
        self._on.mail.faults = self._on.hook.faults = NONE
        for moment in (AFTER, LATER):
            assert self._mortals.live(moment) is not None
        self.count += 1
        for channel, one in self._on.accounts.items():
            try:
                one.hold()
            except AssertionError as broken:
                raise AssertionError(f"death {number}, before {place}, {channel}: {broken}") from None
            if one.repeats:
                self.repeats[place] += one.repeats

    def _reset(self, faults: Faults) -> None:
        self._databases.bring_back()
        on = self._on
        on.mail.taken[:], on.hook.taken[:] = self._taken
        on.mail.faults = on.hook.faults = faults


@contextmanager
def trials(databases_of: Callable[[Path], Databases]) -> Iterator[Trials]:
    """In memory, where the machine has such a folder: dying by a signal leaves the disk out of it."""
    root = Path(tempfile.mkdtemp(prefix="wd-"))
    try:
        with stage(root, seed=1) as on:
            on.calm()
            on.dial.turn(BEFORE, rate=0)
            on.desk.state.mkdir()
            databases = databases_of(on.desk.state)
            on.write(databases.storage)
            with closing(Mortals(on.desk)) as mortals:
                yield Trials(on, mortals, databases)
    finally:
        shutil.rmtree(root)
