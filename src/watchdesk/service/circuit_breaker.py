"""Whether publishers may be asked: not while what they say cannot be recorded. A circuit breaker.

It shuts when polls in a row cannot be recorded, or the database cannot be written at all. The database itself
is then tried with growing waits; when it answers, one poll goes first, and the others follow when that one is
recorded.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from watchdesk.errors import DamagedStorage, RefusedRow, StorageError

ENOUGH = 3
"""Polls in a row that could not be recorded; of one alone its own words may be the reason."""
FIRST = timedelta(seconds=5)
"""Between the first two trials, the first of which is made at once; twice as long each time."""
LONGEST = timedelta(minutes=5)


class StoreGate:
    """Safe to use from many threads."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._attempts = 0
        self._shut = False
        self._trying = False
        """The database answers again, and one poll is to show that it can be recorded."""
        self._first_is_out = False
        self._suspected = False
        self.unrecorded = 0
        """Polls in a row."""
        self.trouble: StorageError | None = None
        self.since: datetime | None = None
        self.next_try: datetime | None = None

    @property
    def is_shut(self) -> bool:
        """Whether nobody is to be asked now."""
        return self._shut and not self._trying

    def admits(self) -> bool:
        """Whether one more poll may begin now; the first after a trouble is taken by this."""
        with self._lock:
            if not self._shut:
                return True
            if self._trying and not self._first_is_out:
                self._first_is_out = True
                return True
            return False

    def recorded(self) -> None:
        """A poll was recorded."""
        with self._lock:
            self.unrecorded = 0
            if self._trying or not isinstance(self.trouble, DamagedStorage):
                self._forget()
            self._shut = self._trying = self._first_is_out = False

    def unrecorded_poll(self, error: StorageError) -> None:
        """A poll could not be recorded. Where its own words are refused, the database is not the reason."""
        if isinstance(error, RefusedRow):
            return
        with self._lock:
            self.unrecorded += 1
            self._suspected = True
            if self._shut or self.unrecorded >= ENOUGH or isinstance(error, DamagedStorage):
                self._note(error)
                if self._trying:
                    self._postpone()
                self._shut, self._trying, self._first_is_out = True, False, False

    def suspect(self) -> None:
        """Something met a failure of the database: whether it can be used is to be found out."""
        self._suspected = True

    def found(self, error: StorageError, *, stops: bool) -> None:
        """The database was tried and is in trouble; `stops`: it cannot be written at all."""
        with self._lock:
            self._note(error)
            self._postpone()
            self._shut = self._shut or stops

    def answers(self) -> None:
        """The database was tried and can be used, as far as that can be seen without a poll."""
        with self._lock:
            if self._shut and self.unrecorded:
                self._trying, self._first_is_out = True, False
            else:
                self._forget()
                self._shut = False

    def is_due(self) -> bool:
        """Whether the database is to be tried now; asking for it is taken for the trial."""
        with self._lock:
            if self.next_try is None:
                due, self._suspected = self._suspected, False
                return due
            return not self._trying and self._clock() >= self.next_try

    def _note(self, error: StorageError) -> None:
        now = self._clock()
        self.trouble = error
        self.since = self.since or now
        self.next_try = self.next_try or now

    def _postpone(self) -> None:
        """A trial has failed; nothing else puts the next one off."""
        self.next_try = self._clock() + min(FIRST * 2 ** min(self._attempts, 10), LONGEST)
        self._attempts += 1

    def _forget(self) -> None:
        self.trouble = self.since = self.next_try = None
        self._attempts = 0
