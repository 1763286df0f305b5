"""What each thing costs that a host asks of the database, one after the other, at one number of sources."""

import statistics
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import astuple
from datetime import UTC, datetime, timedelta

from fleet import desk
from fleet.news import Newsroom
from fleet.plans import Plans
from fleet.server import Cost, Meter
from watchdesk.model import PollPart
from watchdesk.service.fleet.engine import Engine
from watchdesk.store.fleet_rows import HostSaid
from watchdesk.store.fleet_store import FleetStore

_HOST = "the one that is measured"
_ROUNDS = 7
_SHARDS = 256
"""That have something due, one source each."""
_PATIENCE = timedelta(minutes=10)
_AT_ONCE = 64
"""As `polling.concurrency`."""
_TOGETHER = 8
"""Polls that are written in one transaction where some come at the same time."""
_SETTLES = 1.0
"""Seconds in which the engine ends its last jobs."""

Poll = tuple[Sequence[str], PollPart]


def measure(store: FleetStore, meter: Meter, newsroom: Newsroom, sources: int) -> Mapping[str, Cost]:
    """By what was done, of a database that knows so many sources, none of which is due."""
    return _Asking(store, newsroom, sources, _Measured(meter)).all()


def plans_of(store: FleetStore, newsroom: Newsroom, sources: int) -> str:
    """The plans of the same, to be read."""
    looked = _Looked(store)
    _Asking(store, newsroom, sources, looked).all()
    return looked.plans.text()


class _Measured:
    """Takes the cost of each."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self.each: dict[str, Cost] = {}

    def of(self, name: str, work: Sequence[Callable[[], object]], parts: int = 1) -> None:
        """The median of several; each does so many things at once."""
        costs = [self._meter.of(one) / parts for one in work]
        self.each[name] = Cost(*(statistics.median(v) for v in zip(*map(astuple, costs), strict=True)))


class _Looked:
    """Takes the plans of each."""

    def __init__(self, store: FleetStore) -> None:
        self._store, self.plans = store, Plans()
        self.each: dict[str, Cost] = {}

    def of(self, name: str, work: Sequence[Callable[[], object]], _parts: int = 1) -> None:
        """Does all of it, and looks at what is executed first."""
        for number, one in enumerate(work):
            with nullcontext() if number else self.plans.of(self._store, name):
                one()


class _Asking:
    def __init__(
        self, store: FleetStore, newsroom: Newsroom, sources: int, told: "_Measured | _Looked"
    ) -> None:
        self._store, self._rows, self._newsroom = store, store.fleet, newsroom
        self._sources, self._told = sources, told
        self._now = datetime.now(UTC)

    def all(self) -> Mapping[str, Cost]:
        """In the order in which a host does it."""
        said = HostSaid(_HOST, "host", "1", "", 0)
        self._told.of("heartbeat", [lambda: self._rows.beat(said)] * _ROUNDS)
        self._told.of("what is late", [lambda: self._rows.late(_HOST, _PATIENCE)] * _ROUNDS)
        self._start()
        self._shards()
        self._polls()
        self._rows.leave(_HOST)
        return self._told.each

    def _start(self) -> None:
        known = desk.dues(range(self._sources), self._now + timedelta(days=1))
        self._told.of("start: what is remembered of all", [self._store.appointments])
        self._told.of("start or reload: all are known", [lambda: self._rows.know(known)])
        again: Callable[[], object] = lambda: self._rows.know(known, only_new=True)  # noqa: E731
        self._told.of("every ten minutes: all are known", [again])

    def _shards(self) -> None:
        polled = threading.Semaphore(0)

        def begin(_: int) -> "Future[None] | None":
            polled.release()
            return None

        engine = Engine(self._store, begin)
        self._told.of("tick, nothing due", [engine.hand_out] * _ROUNDS)
        due = self._due()
        self._rows.know(due)
        self._told.of(f"tick, {_SHARDS} shards due", [engine.hand_out])
        shards = sorted({shard for shard, _ in due.values()})
        taken = {}

        def take() -> None:
            for shard in shards:
                found = self._rows.take(shard, _HOST)
                assert found is not None
                taken[shard] = found

        self._told.of("a shard taken", [take], len(shards))
        later = self._now + timedelta(days=1)

        def note() -> None:
            for shard, found in taken.items():
                dues = {shard: dict.fromkeys(found.due, later)}
                assert not self._rows.note_dues(_HOST, {shard: found.token}, dues)

        def free() -> None:
            for shard, found in taken.items():
                self._rows.free(_HOST, {shard: found.token}, {})

        self._told.of("a job's due times noted", [note], len(shards))
        self._told.of("a shard given back", [free], len(shards))

        def work() -> None:
            engine.follow(_AT_ONCE)
            for _ in shards:
                polled.acquire()
            threading.Event().wait(_SETTLES)

        self._told.of("a job of the engine", [work], len(shards))
        engine.close()

    def _due(self) -> Mapping[str, tuple[int, datetime | None]]:
        """A source in each of so many shards, which is due now."""
        found: dict[int, str] = {}
        for number in range(self._sources):
            found.setdefault(desk.shard(number), desk.name(number))
            if len(found) == _SHARDS:
                break
        return {name: (shard, self._now - timedelta(seconds=1)) for shard, name in found.items()}

    def _polls(self) -> None:
        spread = range(0, self._sources, max(1, self._sources // 2560))[:2560]
        many = [spread[start : start + 256] for start in range(0, len(spread), 256)]
        few = [spread[start : start + _TOGETHER] for start in range(0, len(spread), _TOGETHER)][:64]
        self._told.of("states read, eight together", [self._read(part) for part in few], _TOGETHER)
        self._told.of("poll with nothing new, 256 states together", [self._save(p) for p in many], 256)
        self._told.of("poll with nothing new, eight states together", [self._save(p) for p in few], _TOGETHER)
        self._news("poll with 2 of 20 new, alone", [[number] for number in spread[:24]])
        self._news("poll with 2 of 20 new, eight together", few[:12])

    def _read(self, numbers: Sequence[int]) -> Callable[[], object]:
        names = [desk.name(number) for number in numbers]
        return lambda: self._store.source_states(names)

    def _save(self, numbers: Sequence[int]) -> Callable[[], object]:
        states = desk.states(numbers, self._now)
        return lambda: self._store.save_states(states)

    def _news(self, name: str, groups: Sequence[Sequence[int]]) -> None:
        made = [[self._newsroom.poll(number, datetime.now(UTC)) for number in group] for group in groups]
        self._write(made[0])()  # what new articles are compared with is read
        self._told.of(name, [self._write(polls) for polls in made[1:]], len(groups[0]))

    def _write(self, polls: Sequence[Poll]) -> Callable[[], object]:
        def write() -> None:
            for keys, part in polls:
                self._store.known(part.items[0].article.source_id, keys)
            for stored in self._store.ingest_together([part for _, part in polls]):
                assert not isinstance(stored, Exception), stored

        return write
