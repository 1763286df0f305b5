"""Jobs run at their interval, and sooner when they are woken."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from watchdesk.service.jobs import REST, Jobs

NEVER = timedelta(days=1)
"""An interval that does not pass while a test runs: what runs was woken."""
LONG = 30.0


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    jobs = Jobs()
    yield jobs
    jobs.stop()


def test_a_job_runs_when_it_is_woken(jobs: Jobs) -> None:
    ran = threading.Event()
    jobs.every(NEVER, "one", ran.set)
    jobs.start()
    jobs.wake("one")
    assert ran.wait(LONG)


def test_a_job_that_is_woken_at_work_runs_once_more(jobs: Jobs) -> None:
    runs: list[int] = []
    at_work, go_on, twice = threading.Event(), threading.Event(), threading.Event()

    def job() -> None:
        runs.append(len(runs))
        at_work.set()
        assert go_on.wait(LONG)
        if len(runs) == 2:
            twice.set()

    jobs.every(NEVER, "one", job)
    jobs.start()
    jobs.wake("one")
    assert at_work.wait(LONG)
    for _ in range(5):
        jobs.wake("one")
    go_on.set()
    assert twice.wait(LONG)
    time.sleep(4 * REST)
    assert runs == [0, 1]


def test_a_job_that_failed_can_be_woken_again(jobs: Jobs) -> None:
    runs: list[int] = []
    twice = threading.Event()

    def job() -> None:
        runs.append(1)
        if len(runs) == 2:
            twice.set()
        raise ZeroDivisionError

    jobs.every(NEVER, "one", job)
    jobs.start()
    deadline = time.monotonic() + LONG
    while not twice.wait(REST) and time.monotonic() < deadline:
        jobs.wake("one")
    assert twice.is_set()


def test_a_job_that_is_woken_all_the_time_rests(jobs: Jobs) -> None:
    runs: list[int] = []
    jobs.every(NEVER, "one", lambda: runs.append(1))
    jobs.start()
    began, wakes = time.monotonic(), 0
    while time.monotonic() < began + 10 * REST:
        jobs.wake("one")
        wakes += 1
    rests = (time.monotonic() - began) / REST
    assert 2 <= len(runs) <= 2 * rests + 2  # a wake that comes while a run ends may be early
    assert wakes > 2 * len(runs)


def test_a_job_runs_when_it_said_it_has_work_next(jobs: Jobs) -> None:
    runs, thrice = list[int](), threading.Event()

    def job() -> None:
        runs.append(1)
        jobs.run_in("one", 0.01)
        if len(runs) == 3:
            thrice.set()

    jobs.every(NEVER, "one", job)
    jobs.start()
    jobs.wake("one")
    assert thrice.wait(LONG)


def test_nothing_is_woken_after_the_end() -> None:
    jobs, runs = Jobs(), list[int]()
    jobs.every(NEVER, "one", lambda: runs.append(1))
    jobs.start()
    jobs.stop()
    jobs.wake("one")
    time.sleep(2 * REST)
    assert runs == []
