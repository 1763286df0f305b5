"""Work under way on threads of its own: bounded in all, bounded by group, never one key twice.

What the work is, and when it is offered, is left to others. The threads are daemons: what has not
finished when the process ends was never recorded, and is done again.
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
"""Jobs that may have left their place at a time, at least; as many as `size` where that is more."""


class Pace(Enum):
    """What is known of how long a job takes."""

    QUICK = auto()
    NEW = auto()
    """Nothing yet."""
    SLOW = auto()

    @property
    def patience(self) -> float:
        """Seconds after which a job gives up its place, and goes on beside the others."""
        match self:
            case Pace.QUICK:
                return 2.0
            case Pace.NEW:
                return 0.5
            case Pace.SLOW:
                return 0.0
            case _:
                assert_never(self)


@dataclass(frozen=True, slots=True)
class _Job:
    group: str | None
    """None while the job needs nothing of its group."""
    pace: Pace
    since: float
    """By `time.monotonic`."""


class Workers:
    """Takes jobs while there is room. `size` and `per_group` may be changed while it works.

    With `lanes`, no number of jobs that take long keeps the others waiting. A job that takes longer than
    its pace's patience gives up its place and goes on beside the others. Slow jobs start beside them, as
    long as fewer than a quarter of `size` are there. New ones leave a quarter of the places free.
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
        self._under_way: dict[str, _Job] = {}
        self._changed = threading.Condition()

    def offer(self, key: str, job: Callable[[], object], group: str = "", pace: Pace = Pace.QUICK) -> bool:
        """Starts the job, or answers False: `key` is under way, or there is no room for it now."""
        with self._changed:
            if key in self._under_way or not self.has_room(group, pace):
                return False
            self._under_way[key] = _Job(group, pace, time.monotonic())
        try:
            threading.Thread(
                target=self._work, args=(key, job), name=f"{self.name} {key}", daemon=True
            ).start()
        except RuntimeError as error:  # the system has no room for another thread
            log.error("a thread could not be started", worker=self.name, job=key, why=str(error))
            with self._changed:
                del self._under_way[key]
                self._changed.notify_all()
            return False
        return True

    @contextmanager
    def out_of_group(self, key: str) -> Iterator[None]:
        """For a job that is under way: it does not count to its group meanwhile."""
        with self._changed:
            job = self._under_way[key]
            self._under_way[key] = replace(job, group=None)
        self._freed()
        try:
            yield
        finally:
            with self._changed:
                self._under_way[key] = job

    @property
    def is_busy(self) -> bool:
        """Whether anything is under way."""
        return bool(self._under_way)

    def has_room(self, group: str = "", pace: Pace = Pace.QUICK) -> bool:
        """Whether one more job of the group may start."""
        return self.has_place(pace) and group not in self.full_groups()

    def full_groups(self) -> Collection[str]:
        """The groups that have as many jobs as they may."""
        if self.per_group is None:
            return ()
        with self._changed:
            counts = Counter(job.group for job in self._under_way.values() if job.group is not None)
        return {group for group, count in counts.items() if count >= self.per_group}

    def has_place(self, pace: Pace = Pace.QUICK) -> bool:
        """Whether one more job of a group that is not full may start."""
        with self._changed:
            jobs = list(self._under_way.values())
        if not self._lanes:
            return len(jobs) < self.size
        share = max(1, self.size // 4)
        inside = [job for job in jobs if not _is_beside(job)]
        beside = len(jobs) - len(inside)
        taken = len(inside) + max(0, beside - max(MOST_BESIDE, self.size))
        match pace:
            case Pace.QUICK:
                return taken < self.size
            case Pace.NEW:
                new = sum(job.pace is Pace.NEW for job in inside)
                return taken < self.size and new < max(1, self.size - share)
            case Pace.SLOW:
                return beside < share
            case _:
                assert_never(pace)

    def wait_for_change(self, timeout: float) -> None:
        """Returns when a job has finished, or after `timeout` seconds, or when nothing is under way."""
        with self._changed:
            if self._under_way:
                self._changed.wait(timeout)

    def wait_until_idle(self, timeout: float | None = None) -> tuple[str, ...]:
        """Waits for everything under way; after `timeout` seconds, answers with the keys still there."""
        with self._changed:
            self._changed.wait_for(lambda: not self._under_way, timeout)
            return tuple(self._under_way)

    def _work(self, key: str, job: Callable[[], object]) -> None:
        try:
            job()
        except Exception:  # a mistake of ours in one job must not cost the others; it is told with its trace
            log.exception("a job failed", worker=self.name, job=key)
        finally:
            with self._changed:
                del self._under_way[key]
                self._changed.notify_all()
        self._freed()


def _is_beside(job: _Job) -> bool:
    return time.monotonic() - job.since >= job.pace.patience
