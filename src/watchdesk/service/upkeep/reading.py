"""The chore that reads the whole database for damage, at most 10 MB a second, and goes on where it was."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from watchdesk.logger import get_logger
from watchdesk.service.liveness.damage import CheckFile, CheckState, Damage, HowFar, read_through
from watchdesk.service.upkeep.chores import Workplace
from watchdesk.store import Reading, ReadingPlace

log = get_logger(__name__)

WEEKLY = timedelta(days=7)
SOONEST = timedelta(minutes=1)
AGAIN = timedelta(days=1)
"""After which a database in which damage was met is read once more."""
_PAUSES = 100
_SPEED = 10_000_000
"""Bytes a second."""
_STEP = 256_000
"""Bytes of one step."""
_NOTED = 5.0
"""Seconds between two notes of how far it is: what was read since is read again by the next process."""


class ReadingAll:
    """A `Chore`, and `Paced`."""

    name = "read the database for damage"
    every = timedelta(seconds=20)
    needs_steady_clock = False

    def __init__(self, file: CheckFile, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.rest = 0.0
        self._file = file
        self._monotonic = monotonic
        self._reading: Reading | None = None
        self._noted = 0.0
        self._began: datetime | None = None

    def step(self, place: Workplace) -> bool:
        """See `Chore.step`."""
        reading = self._reading or self._begun(place)
        if reading is None:
            return False
        began = self._monotonic()
        read = reading.step(_STEP)
        now = self._monotonic()
        self.rest = max(0.0, read.size / _SPEED - (now - began))
        if read.damages:
            found = [Damage(damage.part, damage.what, place.clock()) for damage in read.damages]
            self._file.add(*found)
            for damage in found:
                log.error("the database is damaged", part=damage.part, what=damage.what)
        if reading.is_done:
            self._end(place)
            return False
        if read.damages or now - self._noted >= _NOTED:
            self._noted = now
            self._file.change(lambda state: replace(state, place=_noted(reading.place)))
        return True

    def _begun(self, place: Workplace) -> Reading | None:
        now = place.clock()
        state = self._file.read()
        if not is_due(state, now, place.store.size().used):
            return None
        goes_on = state.place is not None and state.began is not None and not state.is_wanted
        at = state.place if goes_on and state.place else None
        self._began = state.began if goes_on else now
        self._file.change(lambda before: replace(before, is_wanted=False, began=self._began, place=at))
        self._noted = self._monotonic()
        self._reading = place.store.reading(ReadingPlace(at.table, at.index, at.after) if at else None)
        return self._reading

    def _end(self, place: Workplace) -> None:
        began, self._reading = self._began, None
        state = self._file.change(lambda before: read_through(before, began, place.clock()))
        if state.damages:
            log.info("read the whole database", damages=len(state.damages))
        else:  # a small database is read each minute
            log.debug("read the whole database, nothing is damaged")


def is_due(state: CheckState, now: datetime, size: int) -> bool:
    """Whether it is to be read now: when that is wanted, to the end once begun, and again after a pause.

    The pause after a reading is a hundred times as long as one takes at most, a minute at least, a week at
    most: a small database is read often. `size` in bytes.
    """
    if state.is_wanted or state.began is not None or state.ended is None:
        return True
    since = now - state.ended
    if since < timedelta(0):
        return True
    pause = min(WEEKLY, max(SOONEST, _PAUSES * timedelta(seconds=size / _SPEED)))
    return since >= (max(AGAIN, pause) if state.damages else pause)


def _noted(place: ReadingPlace | None) -> HowFar | None:
    return HowFar(place.table, place.index, place.after) if place else None
