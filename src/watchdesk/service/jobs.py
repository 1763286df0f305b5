"""The only home of APScheduler: it says when to look; what is due, the store says.

Its defaults lose work in silence (a job more than a second late is dropped), so every job here may
be late without limit, runs once however often it was missed, and never twice at the same time.
"""

import logging
import time
from collections.abc import Callable
from datetime import UTC, timedelta

import structlog
from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.background import BackgroundScheduler

log = structlog.get_logger(__name__)

SELDOM = 60.0
"""Seconds between two tellings of the same failure."""


class Jobs:
    """Calls functions at intervals, each in a thread of a small pool."""

    def __init__(self) -> None:
        # It warns of every second in which a job was still at work, which is ordinary here.
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._scheduler.add_listener(_Teller(), EVENT_JOB_ERROR)

    def every(self, interval: timedelta, name: str, job: Callable[[], object]) -> None:
        """Calls `job` at each `interval`, the first time one interval from the start."""
        self._scheduler.add_job(job, "interval", seconds=interval.total_seconds(), id=name, name=name)

    def start(self) -> None:
        """Starts the clock."""
        self._scheduler.start()

    def stop(self) -> None:
        """Calls nothing any more; does not wait for what is at work."""
        self._scheduler.shutdown(wait=False)


class _Teller:
    """Tells of steps that fail: of one that goes on failing in the same way, once a minute."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[str, float]] = {}

    def __call__(self, event: JobExecutionEvent) -> None:
        said, now = repr(event.exception), time.monotonic()
        before, then = self._told.get(event.job_id, ("", 0.0))
        if said != before or now - then >= SELDOM:
            self._told[event.job_id] = said, now
            log.error("a step failed and will be tried again", step=event.job_id, exc_info=event.exception)
