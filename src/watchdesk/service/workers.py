"""Jobs in flight, each on a thread of its own: limited in all, limited by group, and no key twice.

The threads are daemons: a job that has not finished when the process ends was never recorded, and is done
again.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import assert_never

import structlog

log = structlog.get_logger(__name__)

MOST_BESIDE = 64
"""Jobs that may have given up their place at a time; as many as `size` if that is more."""


class Lane(Enum):
    """Jobs by how long they take, as far as that is known."""

    QUICK = auto()
    NEW = auto()
    """Nothing yet."""
    SLOW = auto()

    @property
    def grace(self) -> float:
        """Seconds after which a job gives up its place and goes on beside the others."""
        match self:
            case Lane.QUICK:
                return 2.0
            case Lane.NEW:
                return 0.5
            case Lane.SLOW:
                return 0.0
            case _:
                assert_never(self)


@dataclass(frozen=True, slots=True)
class _Job:
    group: str | None
    """None while the job needs nothing of its group."""
    lane: Lane
    since: float
    """By `time.monotonic`."""


class Workers:
    """Takes jobs while there is room. `size` and `per_group` may be changed at any time.

    With `lanes`, slow jobs never keep the others waiting, however many they are. A job that takes longer
    than the grace of its lane gives up its place and goes on beside the others. Slow jobs start beside them,
    as long as fewer than a quarter of `size` are there. New ones leave a quarter of the places free.
    """

    def __init__(
        self,
        name: str,
        size: int,
        per_group: int | None = None,
        freed: Callable[[], object] = lambda: None,
        *,
        lanes: bool = False,
    ) -> None:
        """`freed` is called, in the job's thread, when a job has made room."""
        self.name = name
        self._freed = freed
        self.size = size
        self.per_group = per_group
        self._lanes = lanes
        self._in_flight: dict[str, _Job] = {}
        self._changed = threading.Condition()

    def offer(self, key: str, job: Callable[[], object], group: str = "", lane: Lane = Lane.QUICK) -> bool:
        """Starts the job. False: `key` is in flight already, or there is no room for it now."""
        with self._changed:
            if key in self._in_flight or not self.has_room(group, lane):
                return False
            self._in_flight[key] = _Job(group, lane, time.monotonic())
        try:
            threading.Thread(
                target=self._work, args=(key, job), name=f"{self.name} {key}", daemon=True
            ).start()
        except RuntimeError as error:  # the system has no room for another thread
            log.error("a thread could not be started", worker=self.name, job=key, why=str(error))
            with self._changed:
                del self._in_flight[key]
                self._changed.notify_all()
            return False
        return True

    @contextmanager
    def out_of_group(self, key: str) -> Iterator[None]:
        """For a job in flight: meanwhile, it does not count against its group."""
        with self._changed:
            job = self._in_flight[key]
            self._in_flight[key] = replace(job, group=None)
        self._freed()
        try:
            yield
        finally:
            with self._changed:
                self._in_flight[key] = job

    @property
    def is_busy(self) -> bool:
        """Whether any job is in flight."""
        return bool(self._in_flight)

    def has_room(self, group: str = "", lane: Lane = Lane.QUICK) -> bool:
        """Whether one more job of the group may start."""
        return self.has_place(lane) and group not in self.full_groups()

    def full_groups(self) -> Collection[str]:
        """The groups that have as many jobs as they may."""
        if self.per_group is None:
            return ()
        with self._changed:
            counts = Counter(job.group for job in self._in_flight.values() if job.group is not None)
        return {group for group, count in counts.items() if count >= self.per_group}

    def has_place(self, lane: Lane = Lane.QUICK) -> bool:
        """Whether one more job of a group that is not full may start."""
        with self._changed:
            jobs = list(self._in_flight.values())
        if not self._lanes:
            return len(jobs) < self.size
        share = max(1, self.size // 4)
        inside = [job for job in jobs if not _is_beside(job)]
        beside = len(jobs) - len(inside)
        taken = len(inside) + max(0, beside - max(MOST_BESIDE, self.size))
        match lane:
            case Lane.QUICK:
                return taken < self.size
            case Lane.NEW:
                new = sum(job.lane is Lane.NEW for job in inside)
                return taken < self.size and new < max(1, self.size - share)
            case Lane.SLOW:
                return beside < share
            case _:
                assert_never(lane)

    def wait_for_change(self, timeout: float) -> None:
        """Returns when a job has finished, after `timeout` seconds, or at once when none is in flight."""
        with self._changed:
            if self._in_flight:
                self._changed.wait(timeout)

    def wait_until_idle(self, timeout: float | None = None) -> tuple[str, ...]:
        """Waits for all jobs in flight; after `timeout` seconds, answers with the keys of those left."""
        with self._changed:
            self._changed.wait_for(lambda: not self._in_flight, timeout)
            return tuple(self._in_flight)

    def _work(self, key: str, job: Callable[[], object]) -> None:
        try:
            job()
        except Exception:  # a bug of ours in one job must not cost the others
            log.exception("a job failed", worker=self.name, job=key)
        finally:
            with self._changed:
                del self._in_flight[key]
                self._changed.notify_all()
        self._freed()


def _is_beside(job: _Job) -> bool:
    return time.monotonic() - job.since >= job.lane.grace
