"""Every process of a service goes by the time of its database."""

import os
import time
from datetime import UTC, datetime, timedelta

from watchdesk.service.fleet.common_clock import CommonClock

SOON = timedelta(seconds=1)


def wrong() -> datetime:
    """A machine's clock that is 90 seconds behind."""
    return datetime.now(UTC) - timedelta(seconds=90)


def test_it_is_the_machines_time_until_the_database_was_asked() -> None:
    assert abs(CommonClock(wrong)() - wrong()) < SOON


def test_it_is_the_databases_time_from_then_on_and_goes_on() -> None:
    clock = CommonClock(wrong)
    now = datetime.now(UTC)
    clock.set(now, time.monotonic())
    assert abs(clock() - now) < SOON
    before = clock()
    time.sleep(0.02)
    assert timedelta(0) < clock() - before < SOON


def test_a_process_that_was_forked_before_goes_by_it_too() -> None:
    clock = CommonClock(wrong)
    asks, told = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        os.read(asks[0], 1)
        os.write(told[1], clock().isoformat().encode())
        os._exit(0)
    now = datetime.now(UTC) + timedelta(hours=1)
    clock.set(now, time.monotonic())
    os.write(asks[1], b".")
    said = datetime.fromisoformat(os.read(told[0], 100).decode())
    os.waitpid(child, 0)
    for descriptor in (*asks, *told):
        os.close(descriptor)
    assert abs(said - now) < 10 * SOON
