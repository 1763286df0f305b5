"""The only home of APScheduler: it says when to look; what is due, the store says.

A job runs at its interval, and sooner when it is woken: nobody who brings work has to wait for the next turn.
APScheduler's defaults lose work in silence (a job more than a second late is dropped), so every job here may
be late without limit, runs once however often it was missed, and never twice at the same time. It goes
by the time of day, so clocks that are put forward or back are looked after here.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from watchdesk.logger import get_logger

log = get_logger(__name__)

LOOK = 1.0
"""Seconds between looks at the clock."""
REST = 0.05
"""Seconds between two runs of a job that is woken all the time."""


class Jobs:
    """Calls functions at intervals, each in a thread of a small pool."""

    def __init__(self) -> None:
        # It warns of every second in which a job was still at work, which is ordinary here.
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._stopping = threading.Event()
        self._jobs: dict[str, _Job] = {}

    def every(self, interval: timedelta, name: str, job: Callable[[], object]) -> None:
        """Calls `job` at each `interval`, the first time one interval from the start. It must not raise."""
        self._jobs[name] = _Job(job, lambda delay: self.run_in(name, delay))
        self._scheduler.add_job(self._jobs[name], _After(interval), id=name, name=name)

    def wake(self, name: str) -> None:
        """Runs a job now, without waiting for its interval; once more if it is at work already.

        A wake that comes while nothing runs any more, or yet, is dropped.
        """
        if job := self._jobs.get(name):
            job.wake()

    def run_in(self, name: str, delay: float) -> None:
        """Puts the next run of a job so many seconds from now. For a job that knows when it has work next."""
        with suppress(JobLookupError):  # stopped
            self._scheduler.modify_job(name, next_run_time=datetime.now(UTC) + timedelta(seconds=delay))

    def start(self) -> None:
        """Starts the clock."""
        self._scheduler.start()
        threading.Thread(target=self._watch_clock, name="clock", daemon=True).start()

    def stop(self) -> None:
        """Calls nothing any more; does not wait for what is at work."""
        self._stopping.set()
        self._scheduler.shutdown(wait=False)

    def _watch_clock(self) -> None:
        """Where the clock is put back, every job would wait until it has come as far again."""
        before = datetime.now(UTC)
        while not self._stopping.wait(LOOK):
            now = datetime.now(UTC)
            if now < before:
                log.warning("the clock was put back", seconds=round((before - now).total_seconds()))
                for job in self._scheduler.get_jobs():
                    job.modify(next_run_time=now)
            before = now


class _Job:
    """One job, and whether it was woken while it was at work: APScheduler would drop such a turn."""

    def __init__(self, run: Callable[[], object], run_in: Callable[[float], None]) -> None:
        """`run_in` puts its next run so many seconds from now."""
        self._run = run
        self._run_in = run_in
        self._at_work = False
        self._woken = False
        self._ended = -REST
        self._lock = threading.Lock()

    def __call__(self) -> None:
        with self._lock:
            self._at_work, self._woken = True, False
        try:
            self._run()
        finally:
            with self._lock:
                self._at_work, self._ended = False, time.monotonic()
                again = self._woken
            if again:
                self._run_in(REST)

    def wake(self) -> None:
        with self._lock:
            self._woken = True
            if self._at_work:
                return
            rest = self._ended + REST - time.monotonic()
        self._run_in(max(0.0, rest))


class _After(BaseTrigger):  # type: ignore[misc]  # APScheduler publishes no types
    """One interval after now.

    APScheduler's own counts every time that was missed, one by one: a clock that is put forward by years,
    as on a machine that wakes up in 1970, would keep it busy for as good as ever.
    """

    def __init__(self, interval: timedelta) -> None:
        self._interval = interval

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        """Never before `now`, whatever was missed."""
        return now + self._interval
