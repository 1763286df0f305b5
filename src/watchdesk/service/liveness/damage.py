"""What is known of damage in the database, and how far the reading of it has come: a file beside it.

It needs no database. The service, its upkeep process and commands write it; a lock keeps them apart.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from watchdesk.logger import get_logger
from watchdesk.service.liveness.state_file import StateFile
from watchdesk.store.open_file import FileStamp, stamp_of

log = get_logger(__name__)

FILE = "damage.json"
_MOST = 20
"""Damages that are kept: they show where it is damaged, and are no list of all that is lost."""


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing in the database that cannot be read."""

    part: str
    """Which table, and which index of it."""
    what: str
    found: datetime
    is_exact: bool = True
    """Else it was met by something that read several tables, and is in one of those named."""


@dataclass(frozen=True, slots=True)
class HowFar:
    """Where a reading of the whole database goes on: a table, or an index of it, and the last key read."""

    table: str
    index: str | None = None
    after: tuple[int | str, ...] | None = None


@dataclass(frozen=True, slots=True)
class CheckState:
    """The content of damage.json."""

    version: Literal[1] = 1
    damages: tuple[Damage, ...] = ()
    in_use: bool = False
    """A service has the database open, or has ended without closing it."""
    is_wanted: bool = False
    """It is to be read from its beginning, whenever it was read last."""
    began: datetime | None = None
    """The reading that goes on."""
    place: HowFar | None = None
    ended: datetime | None = None
    """The last reading that came to its end."""
    closed: FileStamp | None = None
    """The file, as it was when it was last closed."""
    opened_in: str | None = None
    """As long as this lasts, a process that dies costs the database nothing: see `lasting`."""


class CheckFile:
    """The file; safe to use from many threads and processes."""

    def __init__(self, state_directory: Path) -> None:
        self._directory = state_directory
        self._file = StateFile(state_directory / FILE, CheckState)
        self._known: tuple[FileStamp | None, CheckState] = None, CheckState()

    def read(self) -> CheckState:
        """What stands in it; nothing is known where it cannot be read."""
        stamp = stamp_of(self._file.path)
        if stamp != self._known[0]:
            try:
                self._known = stamp, self._file.read() or CheckState()
            except OSError:
                return CheckState()
        return self._known[1]

    def change(self, changed: Callable[[CheckState], CheckState]) -> CheckState:
        """Replaces what stands in it. Where that cannot be written, the log says so."""
        after = before = CheckState()
        try:
            with self._alone():
                before = self.read()
                after = changed(before)
                if after != before:
                    self._file.write(after)
        except OSError as error:
            log.warning("what is known of damage cannot be written", file=FILE, why=error.strerror)
            return changed(before)
        return after

    def add(self, *found: Damage) -> bool:
        """Notes damage; whether any of it is in a part where none was known."""
        news: list[Damage] = []

        def added(state: CheckState) -> CheckState:
            known = {damage.part for damage in state.damages}
            news[:] = [damage for damage in found if damage.part not in known]
            exact = [d for d in found if d not in news and not _is_known(d, state.damages)]
            return replace(state, damages=(*state.damages, *news, *exact)[:_MOST])

        self.change(added)
        return bool(news)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        lock = os.open(self._directory / f".{FILE}.lock", os.O_CREAT | os.O_RDONLY | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def _is_known(damage: Damage, known: tuple[Damage, ...]) -> bool:
    return any((damage.part, damage.what) == (one.part, one.what) for one in known)


def read_through(state: CheckState, began: datetime | None, now: datetime) -> CheckState:
    """All of it was read. What was met before that began, and was not found, is mended."""
    left = tuple(damage for damage in state.damages if began is None or damage.found >= began)
    exact = tuple(damage for damage in left if damage.is_exact)
    return replace(state, damages=exact or left, began=None, place=None, ended=now)


def is_changed(state: CheckState, stamp: FileStamp | None) -> bool:
    """Whether somebody else has changed the file since it was closed."""
    return state.closed is not None and stamp is not None and stamp != state.closed


def lasting(boot: str | None, *, is_server: bool) -> str | None:
    """What a database lasts in when a process dies: a server; of a file this run of the machine, by its boot.

    What a killed process wrote last is with the system still, and SQLite takes back by its log what was not
    committed. A machine that goes down may lose what its disk said was written. None: nobody knows.
    """
    return "server" if is_server else boot


def opened(state: CheckState, stamp: FileStamp | None, lasts_in: str | None) -> CheckState:
    """The service opens the database: one that a machine left open that went down since, or that was changed
    since it was closed, is to be read.

    `stamp`: from before it was opened, for to open it may change it. `lasts_in`: what `lasting` says now.
    """
    suspicious = _was_left_open(state, lasts_in) or (not state.in_use and is_changed(state, stamp))
    return replace(state, in_use=True, is_wanted=state.is_wanted or suspicious, opened_in=lasts_in)


def _was_left_open(state: CheckState, lasts_in: str | None) -> bool:
    return state.in_use and (lasts_in is None or state.opened_in != lasts_in)


def why_read(state: CheckState, stamp: FileStamp | None, lasts_in: str | None) -> str | None:
    """Why the whole database is read, or read on, now that the service opens it; for the log."""
    if _was_left_open(state, lasts_in):
        return "it was not closed when the machine went down"
    if not state.in_use and is_changed(state, stamp):
        return "it was changed since it was closed"
    if state.is_wanted:
        return "that is still to be done"
    if state.began is not None:
        return "it goes on where it was"
    return None


def closed(state: CheckState, stamp: FileStamp | None) -> CheckState:
    """The service has closed it."""
    return replace(state, in_use=False, closed=stamp)


def begun(state: CheckState, before: FileStamp | None, stamp: FileStamp | None, now: datetime) -> CheckState:
    """A single pass has made the database where there was none: it is as one that was just read.

    `before`: from before it was opened; `stamp`: of the file as it is now.
    """
    is_new = before is None and stamp is not None and state == CheckState()
    return replace(state, ended=now) if is_new else state


def passed(state: CheckState, before: FileStamp | None, stamp: FileStamp | None) -> CheckState:
    """A single pass has closed it; `before`: from before it was opened."""
    if state.in_use:
        return state
    return closed(replace(state, is_wanted=state.is_wanted or is_changed(state, before)), stamp)


def used(state: CheckState, before: FileStamp | None, stamp: FileStamp | None) -> CheckState:
    """A command has changed it while no service ran: that is no reason to read it."""
    return state if state.in_use or state.closed != before else closed(state, stamp)
