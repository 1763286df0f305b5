"""Looks after the database while the service runs: notices damage, tries it again, and says what it finds."""

import time
from collections.abc import Callable
from datetime import datetime

import structlog

from watchdesk.errors import DamagedStorage, StorageError
from watchdesk.ports import Store
from watchdesk.service.circuit_breaker import StoreGate
from watchdesk.service.liveness.recorder import Liveness
from watchdesk.service.liveness.sign import StoreSign

log = structlog.get_logger(__name__)

SELDOM = 30.0
"""Seconds between two readings of the whole database."""
SHARE = 100
"""A reading that takes long is followed by so many times its length without one."""


class StoreWatch:
    """`look` and `read_all` are called again and again, each by one thread."""

    def __init__(
        self, store: Store, gate: StoreGate, liveness: Liveness, address: str, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._gate = gate
        self._liveness = liveness
        self._address = address
        self._clock = clock
        self._next_reading = time.monotonic()
        if store.older_copy:
            liveness.incident(store.older_copy)

    def look(self) -> None:
        """Tries the database where something met a failure of it, and reports how it is."""
        gate = self._gate
        if self._store.damage and gate.trouble is None:
            gate.suspect()
        if gate.is_due():
            self._try()
        trouble = gate.trouble
        self._liveness.store(
            StoreSign(
                self._address,
                str(trouble) if trouble else None,
                gate.since,
                gate.next_try,
                isinstance(trouble, DamagedStorage),
                gate.unrecorded,
            )
        )

    def read_all(self) -> None:
        """Reads the whole database for damage, at most a hundredth of the time."""
        now = time.monotonic()
        if self._gate.trouble is None and now >= self._next_reading:
            try:
                self._store.check()
            finally:
                took = time.monotonic() - now
                self._next_reading = time.monotonic() + max(SELDOM, SHARE * took)

    def _try(self) -> None:
        before, found = self._gate.trouble, self._store.damage
        damaged = found is not None or isinstance(before, DamagedStorage)
        try:
            told = self._store.reopen() if damaged else None
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
        self._gate.answers()
        if before and self._gate.trouble is None:
            log.info("the database can be used again")

    def _found(self, error: StorageError, *, stops: bool) -> None:
        before = self._gate.trouble
        self._gate.found(error, stops=stops)
        if str(before) != str(error):
            log.error("the database cannot be used", why=str(error), polling_stops=self._gate.is_shut)
