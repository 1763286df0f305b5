"""Notices that the clock was put forward or back, which moves all that goes by it: schedules, ages, waits."""

import time
from collections import deque
from collections.abc import Callable
from datetime import timedelta

from watchdesk.notices.wording import clock as in_words
from watchdesk.notices.wording import span
from watchdesk.plan import Clock
from watchdesk.remembered import Remembered

LEAST = timedelta(minutes=1)
"""What is corrected little by little is no jump."""
SELDOM = 3600.0
"""Seconds in which a clock that jumps to and fro is reported `_MOST` times."""
_MOST = 2
"""Jumps that are reported in that time: one, and that it is right again."""


def since_boot() -> float:
    """Seconds by a clock that nobody sets, and that goes on while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class ClockWatch:
    """Compares the clock with one that nobody sets; call `look` every few seconds."""

    def __init__(
        self,
        clock: Clock,
        jumped: Callable[[str], object],
        steady: Callable[[], float] = since_boot,
        clock_of: str = "this machine",
    ) -> None:
        """`jumped` is told of a jump, in a sentence. `clock_of`: whose clock it is."""
        self._clock = clock
        self._jumped = jumped
        self._steady = steady
        self._what_to_do = (
            f"Look at how {clock_of} keeps its time (NTP): schedules, waits and ages go by its clock."
        )
        self._moment, self._passed = clock(), steady()
        self._by = timedelta(0)
        self._said: deque[float] = deque(maxlen=_MOST)

    def began(self, facts: Remembered) -> None:
        """Compares it with what it was when watchdesk last ran."""
        known = [fact.at for fact in (facts.heartbeat, facts.started, facts.loaded) if fact]
        last, now = max(known, default=self._moment), self._clock()
        if last - now >= LEAST:
            self._jumped(
                f"The clock is {span(last - now)} behind the {in_words(last)} that it was when watchdesk "
                f"last ran. {self._what_to_do}"
            )

    def look(self) -> None:
        """Reports a jump since the last look."""
        moment, passed = self._clock(), self._steady()
        self._by += moment - self._moment - timedelta(seconds=passed - self._passed)
        self._moment, self._passed = moment, passed
        if abs(self._by) < LEAST or (len(self._said) == _MOST and passed < self._said[0] + SELDOM):
            return
        by, self._by = timedelta(seconds=round(self._by.total_seconds())), timedelta(0)
        self._said.append(passed)
        way = "forward" if by > timedelta(0) else "back"
        self._jumped(
            f"The clock was put {way} by {span(abs(by))}: it is {in_words(moment)} now. {self._what_to_do}"
        )
