"""Watches the database while the service runs: finds damage, tries it again, and reports its state."""

import time
from collections.abc import Callable
from datetime import datetime

from watchdesk.errors import DamagedStorage, FullDisk, StorageError
from watchdesk.logger import get_logger
from watchdesk.ports import Store
from watchdesk.service.circuit_breaker import CircuitBreaker
from watchdesk.service.liveness.recorder import Liveness
from watchdesk.service.liveness.status import StoreStatus

log = get_logger(__name__)

SELDOM = 30.0
"""Seconds between two readings of the whole database."""
SHARE = 100
"""A reading is followed by so many times its length without one."""


class StoreWatch:
    """Call `look` and `read_all` at intervals, each from one thread."""

    def __init__(
        self,
        store: Store,
        breaker: CircuitBreaker,
        liveness: Liveness,
        address: str,
        clock: Callable[[], datetime],
        reopen: Callable[[], str | None] | None = None,
    ) -> None:
        """`reopen`: opens the database anew; the store's own when left out."""
        self._store = store
        self._breaker = breaker
        self._liveness = liveness
        self._address = address
        self._clock = clock
        self._reopen = reopen or store.reopen
        self._next_reading = time.monotonic()
        if store.older_copy:
            liveness.incident(store.older_copy)

    def look(self) -> None:
        """Tries the database if something met a failure of it, and reports its state."""
        breaker = self._breaker
        if self._store.damage and breaker.trouble is None:
            breaker.suspect_store()
        if breaker.trial_is_due():
            self._try()
        trouble = breaker.trouble
        self._liveness.store(
            StoreStatus(
                self._address,
                str(trouble) if trouble else None,
                breaker.since,
                breaker.next_try,
                damaged=isinstance(trouble, DamagedStorage),
                disk_is_full=isinstance(trouble, FullDisk),
                unrecorded=breaker.unrecorded,
            )
        )

    def read_all(self) -> None:
        """Reads the whole database for damage. It takes at most a hundredth of the time."""
        now = time.monotonic()
        if self._breaker.trouble is None and now >= self._next_reading:
            try:
                self._store.check()
            finally:
                took = time.monotonic() - now
                self._next_reading = time.monotonic() + max(SELDOM, SHARE * took)

    def _try(self) -> None:
        before, found = self._breaker.trouble, self._store.damage
        damaged = found is not None or isinstance(before, DamagedStorage)
        try:
            told = self._reopen() if damaged else None
            self._store.stamp()
        except StorageError as error:
            self._found(error, stops=True)
            return
        if told:
            self._liveness.incident(told)
        try:
            if damaged:
                self._store.check()
        except StorageError as error:
            self._found(error, stops=False)
            return
        self._breaker.store_answered()
        if before and self._breaker.trouble is None:
            log.info("the database can be used again")

    def _found(self, error: StorageError, *, stops: bool) -> None:
        before = self._breaker.trouble
        self._breaker.store_failed(error, stops=stops)
        if str(before) != str(error):
            log.error("the database cannot be used", why=str(error), polling_stops=self._breaker.is_open)
