"""Stops polling while nothing can be recorded: publishers are not asked in vain.

The circuit opens when several polls in a row cannot be recorded, or the database cannot be written at all.
The database is then tried at growing intervals. When it answers, the circuit is half open: one poll goes
first, and the others follow once that one is recorded.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from watchdesk.errors import DamagedStorage, LostShard, OutdatedRules, RefusedRow, StorageError

ENOUGH = 3
"""Polls in a row that could not be recorded: one alone may fail by its own words."""
FIRST = timedelta(seconds=5)
"""Between the first two trials of the database, and twice as long each time; the first is made at once."""
LONGEST = timedelta(minutes=5)


class CircuitBreaker:
    """Safe to use from many threads."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._attempts = 0
        self._open = False
        self._half_open = False
        """The database answers again, and one poll is to show that it can be recorded."""
        self._trial_is_out = False
        self._suspected = False
        self._damage: DamagedStorage | None = None
        self.unrecorded = 0
        """Polls in a row."""
        self.trouble: StorageError | None = None
        self.since: datetime | None = None
        self.next_try: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether no publisher is to be asked now."""
        return self._open and not self._half_open

    @property
    def is_half_open(self) -> bool:
        """Whether one poll is to show that it can be recorded."""
        return self._half_open

    def admits(self) -> bool:
        """Whether one more poll may begin now. While half open, that is so for the first who asks."""
        with self._lock:
            if not self._open:
                return True
            if self._half_open and not self._trial_is_out:
                self._trial_is_out = True
                return True
            return False

    def poll_recorded(self) -> None:
        """Closes the circuit."""
        with self._lock:
            self.unrecorded = 0
            if self._half_open or not isinstance(self.trouble, DamagedStorage):
                self._forget()
            self._open = self._half_open = self._trial_is_out = False

    def poll_failed(self, error: StorageError) -> None:
        """A poll could not be recorded. Refused rows and outdated rules say nothing about the database."""
        if isinstance(error, RefusedRow | OutdatedRules | LostShard):
            self.poll_undecided()
            return
        with self._lock:
            self.unrecorded += 1
            self._suspected = True
            if isinstance(error, DamagedStorage):
                self._damage = error
            if self._open or self.unrecorded >= ENOUGH or _is_of_all(error):
                self._note(error)
                if self._half_open:
                    self._postpone()
                self._open, self._half_open, self._trial_is_out = True, False, False

    def poll_undecided(self) -> None:
        """What came of a poll says nothing of the database: while half open, another is to show it."""
        with self._lock:
            self._trial_is_out = False

    def take_damage(self) -> DamagedStorage | None:
        """The last damage that a poll has met since this was last asked."""
        with self._lock:
            found, self._damage = self._damage, None
            return found

    def suspect_store(self) -> None:
        """Asks for a trial of the database, since something met a failure of it."""
        self._suspected = True

    def store_failed(self, error: StorageError, *, stops: bool) -> None:
        """The database failed a trial; `stops`: it cannot be written at all, so polling stops."""
        with self._lock:
            self._note(error)
            self._postpone()
            self._open = self._open or stops

    def store_answered(self) -> None:
        """The database passed a trial, as far as that can be seen without a poll."""
        with self._lock:
            if self._open and self.unrecorded:
                self._half_open, self._trial_is_out = True, False
            else:
                self._forget()
                self._open = False

    def trial_is_due(self) -> bool:
        """Whether the database is to be tried now; whoever asks is expected to try it."""
        with self._lock:
            if self.next_try is None:
                due, self._suspected = self._suspected, False
                return due
            return not self._half_open and self._clock() >= self.next_try

    def _note(self, error: StorageError) -> None:
        now = self._clock()
        self.trouble = error
        self.since = self.since or now
        self.next_try = self.next_try or now

    def _postpone(self) -> None:
        """Schedules the next trial after one that failed; nothing else postpones it."""
        self.next_try = self._clock() + min(FIRST * 2 ** min(self._attempts, 10), LONGEST)
        self._attempts += 1

    def _forget(self) -> None:
        self.trouble = self.since = self.next_try = None
        self._attempts = 0


def _is_of_all(error: StorageError) -> bool:
    """Whether the whole database is damaged, gone or another one."""
    return isinstance(error, DamagedStorage) and error.part is None
