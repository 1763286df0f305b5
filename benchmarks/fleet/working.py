"""Hosts of a fleet at work by the clock, each a process of its own.

All is real but the web, which answers at once.

Each hands out what is due each second, takes shards as the job engine gives them to it, reads the states of
what is due, records what its polls brought, notes when all is due again, and gives the shard back, by the
statements of the service (`dispatch`, `write_behind` and `poll_workers.writer`).
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import processes

from fleet import desk
from fleet.news import Newsroom
from watchdesk.service.fleet.engine import Engine
from watchdesk.service.fleet.member import BEAT
from watchdesk.service.poll_workers.messages import Ingest
from watchdesk.service.poll_workers.writer import HandOver, Writer
from watchdesk.store.fleet_rows import HostSaid
from watchdesk.store.fleet_store import FleetStore, open_fleet_store

_AT_ONCE = 64
"""As `polling.concurrency`."""
_TICK = 1.0
_READ_TOGETHER = 64


@dataclass(frozen=True, slots=True)
class Job:
    """A shard that was polled."""

    at: float
    """By the monotonic clock, which is the same in all processes."""
    late: Sequence[float]
    """Of each poll: seconds."""
    news: int
    """Polls that brought any."""


@dataclass(slots=True)
class _Open:
    shard: int
    token: int
    due: Sequence[str]
    kept: Sequence[str]
    late: Sequence[float]
    ended: Future[None] = field(default_factory=Future)


class Host:
    """One of them, with threads of its own."""

    def __init__(self, name: str, storage: str, directory: Path, news: float) -> None:
        """`news`: the share of polls that bring any."""
        directory.mkdir()
        self._name, self._news = name, news
        self.done: list[Job] = []
        self._store: FleetStore = open_fleet_store(storage, directory)
        self._rows = self._store.fleet
        self._tokens: dict[int, int] = {}
        self._store.guard(self._name, self._tokens_of, lambda _: None)
        self._newsroom, self._making = Newsroom(), threading.Lock()
        self._writer = Writer(self._store)
        self._settling: list[_Open] = []
        self._lock, self._woken, self._over = threading.Lock(), threading.Event(), threading.Event()
        self._engine = Engine(self._store, self._begin)
        self._threads = [threading.Thread(target=run) for run in (self._beats, self._ticks, self._settles)]

    def start(self) -> None:
        """Joins."""
        self._beat()
        self._engine.follow(_AT_ONCE)
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Leaves."""
        self._engine.stop()
        self._over.set()
        self._woken.set()
        for thread in self._threads:
            thread.join()
        with self._lock:
            for job in self._settling:
                job.ended.set_result(None)
        self._rows.leave(self._name)
        self._engine.close()
        self._writer.close()
        self._store.close()

    def _begin(self, shard: int) -> "Future[None] | None":
        if self._over.is_set() or (taken := self._rows.take(shard, self._name)) is None:
            return None
        with self._lock:
            self._tokens[shard] = taken.token
        now, names = datetime.now(UTC), list(taken.due)
        for start in range(0, len(names), _READ_TOGETHER):
            self._store.source_states(names[start : start + _READ_TOGETHER])
        news = [name for name in names if desk.place(_number(name) + int(now.timestamp())) < self._news]
        late = [(now - due).total_seconds() for due in taken.due.values()]
        job = _Open(shard, taken.token, names, [name for name in names if name not in set(news)], late)
        self._record(job, news, now)
        return job.ended

    def _record(self, job: _Open, names: Sequence[str], now: datetime) -> None:
        """Hands over what polls brought; the job is settled when all of it is recorded."""
        with self._making:
            polls = [self._newsroom.poll(_number(name), now) for name in names]
        left = set(range(len(polls)))

        def recorded(number: int, _: object = None) -> None:
            with self._lock:
                left.discard(number)
                if not left:
                    self._settling.append(job)
            self._woken.set()

        for number, (keys, part) in enumerate(polls):
            assert part.state is not None
            self._store.known(part.state.source_id, keys)
            answer = partial(recorded, number)
            self._writer.put(HandOver(Ingest(0, part), 0, lambda: True, answer, _complain))
        if not polls:
            recorded(0)

    def _settles(self) -> None:
        while not self._over.is_set():
            self._woken.wait()
            self._woken.clear()
            with self._lock:
                jobs, self._settling = self._settling, []
            if jobs:
                self._settle(jobs)

    def _settle(self, jobs: Sequence[_Open]) -> None:
        now = datetime.now(UTC)
        states = [desk.state(_number(name), now) for job in jobs for name in job.kept]
        self._store.save_states(states)
        tokens = {job.shard: job.token for job in jobs}
        again = now + desk.EVERY
        self._rows.note_dues(self._name, tokens, {job.shard: dict.fromkeys(job.due, again) for job in jobs})
        with self._lock:
            for job in jobs:
                self._tokens.pop(job.shard, None)
        self._rows.free(self._name, tokens, {})
        for job in jobs:
            self.done.append(Job(time.monotonic(), job.late, len(job.due) - len(job.kept)))
            job.ended.set_result(None)

    def _tokens_of(self, source_ids: Iterable[str]) -> Mapping[int, int]:
        with self._lock:
            return {shard: self._tokens[shard] for shard in _shards(source_ids) if shard in self._tokens}

    def _beats(self) -> None:
        while not self._over.wait(BEAT):
            self._beat()

    def _beat(self) -> None:
        self._rows.beat(HostSaid(self._name, self._name, "1", "", len(self.done)))

    def _ticks(self) -> None:
        while not self._over.wait(_TICK):
            self._engine.hand_out()


class Working:
    """So many hosts, from now on."""

    def __init__(self, storage: str, directory: Path, count: int, news: float) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-m", "fleet.working", storage, str(directory), str(news)]
        self._hosts = [
            subprocess.Popen(
                [*command, f"host-{number}"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=environment,
                text=True,
            )
            for number in range(count)
        ]
        for host in self._hosts:
            assert host.stdout is not None
            host.stdout.readline()  # it works

    def cpu(self) -> float:
        """Seconds that they have taken."""
        return sum(processes.cpu(host.pid) for host in self._hosts)

    def end(self) -> Sequence[Job]:
        """All that they have done."""
        said = [host.communicate()[0] for host in self._hosts]
        return [Job(*job) for one in said for job in json.loads(one.splitlines()[-1])]


def _work(storage: str, directory: str, news: str, name: str) -> None:
    host = Host(name, storage, Path(directory) / name, float(news))
    with closing(host):
        host.start()
        print(flush=True)
        sys.stdin.read()
    print(json.dumps([(job.at, job.late, job.news) for job in host.done]))


def _complain(error: Exception) -> None:
    """A poll was not recorded; its shard is given back in the end."""
    print(f"not recorded: {error!r}", file=sys.stderr)


def _number(name: str) -> int:
    return int(name.rpartition("-")[2])


def _shards(source_ids: Iterable[str]) -> set[int]:
    return {desk.shard(_number(name)) for name in source_ids}


if __name__ == "__main__":
    _work(*sys.argv[1:])
