"""Which jobs are in flight: limited in all, limited by group, and no key twice.

It counts jobs and starts none: `workers` runs them in threads, `poll_workers` in other processes.
"""

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import assert_never

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
    group: str
    lane: Lane
    off_group: bool = False
    """While the job needs nothing of its group."""


class Places:
    """Safe to use from many threads. `size` and `per_group` may be changed at any time.

    With `lanes`, slow jobs never keep the others waiting, however many they are. A job that takes longer
    than the grace of its lane gives up its place and goes on beside the others. Slow jobs start beside them,
    as long as fewer than a quarter of `size` are there. New ones leave a quarter of the places free.
    """

    def __init__(
        self,
        size: int,
        per_group: int | None = None,
        freed: Callable[[str], object] = lambda _: None,
        *,
        lanes: bool = False,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """`freed` is called with its group, in the job's thread, when a job has made room.

        `ticks` counts seconds monotonically.
        """
        self._freed = freed
        self.size = size
        self.per_group = per_group
        self._lanes = lanes
        self._ticks = ticks
        self._in_flight: dict[str, _Job] = {}
        self._inside: dict[Lane, OrderedDict[str, float]] = {lane: OrderedDict() for lane in Lane}
        """Jobs that have a place, and since when; the longest first. The others are beside them."""
        self._of_group: Counter[str] = Counter()
        """Jobs that count against their group; none that has no job."""
        self._changed = threading.Condition()

    def enter(self, key: str, group: str = "", lane: Lane = Lane.QUICK) -> bool:
        """Counts one more job. False: `key` is in flight already, or there is no room for it now."""
        with self._changed:
            if key in self._in_flight or not self.has_room(group, lane):
                return False
            self._in_flight[key] = _Job(group, lane)
            self._inside[lane][key] = self._ticks()
            self._of_group[group] += 1
            return True

    def leave(self, key: str, *, freed: bool = True) -> None:
        """The job has ended; `freed`: whether somebody may use the room now."""
        with self._changed:
            job = self._in_flight.pop(key)
            self._inside[job.lane].pop(key, None)
            if not job.off_group:
                self._discount(job.group)
            self._changed.notify_all()
        if freed:
            self._freed(job.group)

    def leave_group(self, key: str) -> None:
        """From now on, the job does not count against its group."""
        if job := self._set_off_group(key, off_group=True):
            self._freed(job.group)

    def rejoin_group(self, key: str) -> None:
        """From now on, the job counts again, whether its group is full or not."""
        self._set_off_group(key, off_group=False)

    def _set_off_group(self, key: str, *, off_group: bool) -> _Job | None:
        """The job, if it is in flight."""
        with self._changed:
            if (job := self._in_flight.get(key)) and job.off_group is not off_group:
                self._in_flight[key] = replace(job, off_group=off_group)
                if off_group:
                    self._discount(job.group)
                else:
                    self._of_group[job.group] += 1
            return job

    def _discount(self, group: str) -> None:
        self._of_group[group] -= 1
        if not self._of_group[group]:
            del self._of_group[group]

    @property
    def is_busy(self) -> bool:
        """Whether any job is in flight."""
        return bool(self._in_flight)

    def has_room(self, group: str = "", lane: Lane = Lane.QUICK) -> bool:
        """Whether one more job of the group may start."""
        return self.has_place(lane) and not self.is_full(group)

    def is_full(self, group: str) -> bool:
        """Whether the group has as many jobs as it may."""
        return self.per_group is not None and self._of_group.get(group, 0) >= self.per_group

    def has_place(self, lane: Lane = Lane.QUICK) -> bool:
        """Whether one more job of a group that is not full may start."""
        if not self._lanes:
            return len(self._in_flight) < self.size
        share = max(1, self.size // 4)
        most = self.size if lane is Lane.QUICK else share if lane is Lane.SLOW else max(1, self.size - share)
        if len(self._in_flight) < most:
            return True  # whatever they are
        with self._changed:
            self._move_beside()
            inside = sum(map(len, self._inside.values()))
            beside = len(self._in_flight) - inside
            new = len(self._inside[Lane.NEW])
        taken = inside + max(0, beside - max(MOST_BESIDE, self.size))
        match lane:
            case Lane.QUICK:
                return taken < most
            case Lane.NEW:
                return taken < self.size and new < most
            case Lane.SLOW:
                return beside < most
            case _:
                assert_never(lane)

    def _move_beside(self) -> None:
        """Jobs that have taken longer than the grace of their lane give up their place."""
        now = self._ticks()
        for lane, inside in self._inside.items():
            while inside and now - next(iter(inside.values())) >= lane.grace:
                inside.popitem(last=False)

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
