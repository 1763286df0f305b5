"""Watches the database while the service runs: finds damage, tries it again, and reports its state.

A database that cannot be used, or that polls cannot be recorded in, is a trouble: it is tried again until it
answers. Damage in a part of it is noted beside it (`liveness.damage`), and the service goes on with the rest.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from watchdesk.errors import DamagedStorage, FullDisk, StorageError
from watchdesk.logger import get_logger
from watchdesk.ports import Store
from watchdesk.service.circuit_breaker import CircuitBreaker
from watchdesk.service.liveness.damage import CheckFile, Damage, closed, lasting, opened, why_read
from watchdesk.service.liveness.processes import Processes
from watchdesk.service.liveness.recorder import Liveness
from watchdesk.service.liveness.status import StoreStatus
from watchdesk.store.dictionaries import dictionaries
from watchdesk.store.glancing import FREE_PAGES
from watchdesk.store.open_file import FileStamp, stamp_of, write_log_back

log = get_logger(__name__)

SELDOM = 30.0
"""Seconds between two glances at the database."""
PATIENCE = 2.0
"""Seconds that others have to close the database at a stop."""
SHARE = 100
"""A glance is followed by so many times its length without one."""
_TABLES = ("articles", "entry_keys", "matches", "notes", "places", "sources")
_OF_STORIES = ("stories", "story_keys", "story_members")
POLLED = frozenset((*_TABLES, *_OF_STORIES, FREE_PAGES))
"""What a poll writes: where the newest of it cannot be read, none can be recorded, or only at a cost."""


class StoreWatch:
    """Call `look` and `glance` at intervals, each from one thread."""

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
        self._file = CheckFile(liveness.state_directory)
        self._next_glance = time.monotonic()
        self._inode: int | None = None
        self._older = False
        if store.older_copy:
            liveness.incident(store.older_copy)

    def opened(self, stamp: FileStamp | None) -> None:
        """The service begins to use the database; one that may have been damaged is to be read as a whole.

        `stamp`: of the file, from before it was opened.
        """
        now = stamp_of(Path(self._address))
        self._inode = now[0] if now else None
        lasts_in = lasting(Processes().boot(), is_server=self._address.startswith("postgresql"))
        if why := why_read(self._file.read(), stamp, lasts_in):
            log.info("the whole database is read for damage", why=why)
        self._file.change(lambda before: opened(before, stamp, lasts_in))

    def closed(self) -> None:
        """Every connection has been closed."""
        path = Path(self._address)
        now = stamp_of(path)
        # Of a file that was replaced, the log beside it may be that of the one before.
        if now and now[0] == self._inode and self._breaker.trouble is None:
            write_log_back(path, PATIENCE)
        self._file.change(lambda before: closed(before, stamp_of(path)))

    def look(self) -> None:
        """Tries the database if something met a failure of it, and reports its state."""
        if self._older:
            self._open_anew()
        breaker = self._breaker
        for damage in (self._store.take_damage(), breaker.take_damage()):
            if damage:
                self.met(damage)
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
                damages=self._file.read().damages,
            )
        )

    def is_older(self) -> None:
        """The database has lost what it had confirmed; it is opened anew at the next look."""
        self._older = True

    def _open_anew(self) -> None:
        """What is remembered of it here may be of what was lost. Raises `StorageError`."""
        told = self._reopen()
        self._older = False
        self._liveness.incident(
            told
            or f"the database {self._address} has lost the last of what it had recorded, as a standby may "
            "that has taken over: what came then is missing from it, and what feeds still serve of that "
            "comes again"
        )

    def met(self, damage: DamagedStorage) -> None:
        """Something met damage: where the rest can be used, it is noted, and looked for in the whole file."""
        if damage.part is None:
            self._breaker.suspect_store()
            return
        # Texts of any table may need a dictionary that is lost; the damage is in one place.
        is_exact = damage.part == dictionaries.name
        found = Damage(damage.part, damage.what, self._clock(), is_exact)
        if self._file.add(found):
            log.error("the database is damaged", part=damage.part, why=str(damage))
            self._file.change(lambda state: replace(state, is_wanted=state.began is None))
            self._breaker.suspect_store()

    def glance(self) -> None:
        """Reads the newest of the database from disk. It takes at most a hundredth of the time."""
        now = time.monotonic()
        if self._breaker.trouble is None and now >= self._next_glance:
            try:
                self._store.glance()
            except DamagedStorage:
                self._breaker.suspect_store()
            finally:
                took = time.monotonic() - now
                self._next_glance = time.monotonic() + max(SELDOM, SHARE * took)

    def _try(self) -> None:
        before = self._breaker.trouble
        try:
            try:
                self._use()
            except DamagedStorage as damage:
                if damage.part is not None:
                    raise
                if told := self._reopen():
                    self._liveness.incident(told)
                self._use()
        except StorageError as error:
            self._store.take_damage()  # it is known by now
            self._found(error, stops=not _is_apart(error))
            return
        self._breaker.store_answered()
        if before and self._breaker.trouble is None:
            log.info("the database can be used again")

    def _use(self) -> None:
        self._store.glance()
        self._store.stamp()

    def _found(self, error: StorageError, *, stops: bool) -> None:
        before = self._breaker.trouble
        self._breaker.store_failed(error, stops=stops)
        if str(before) != str(error):
            log.error("the database cannot be used", why=str(error), polling_stops=self._breaker.is_open)


def _is_apart(error: StorageError) -> bool:
    """Whether it is damage that polls have nothing to do with."""
    return (
        isinstance(error, DamagedStorage)
        and error.part is not None
        and POLLED.isdisjoint(error.part.split(" or "))
    )
