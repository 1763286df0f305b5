"""Notices when the open SQLite file or its write-ahead log is deleted or replaced.

SQLite would go on with the deleted files, and what it writes is lost with the last connection. One
connection stays open here as long as the database, because only that can still reach them.
"""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from watchdesk.errors import DamagedStorage

FILE = "watchdesk.db"
"""The name of the SQLite database in the state directory."""

_COMPANIONS = ("-wal", "-shm")

_LOOK = 0.05
"""Seconds between two looks whether others have closed it."""

_PUT_BACK = "put it back, or a backup in its place; watchdesk goes on by itself then"

FileId = tuple[int, int]
"""Device and inode."""

FileStamp = tuple[int, int, int]
"""Inode, size in bytes, and when it was last written (ns)."""


def may_be_database(storage: str, state_directory: Path) -> bool:
    """Whether there may be a database already. Answers without SQLAlchemy, which takes long to load."""
    return storage != "sqlite" or (state_directory / FILE).is_file()


class OpenFile:
    """The files of one database, as they were when it was opened."""

    def __init__(self, path: Path, noted: Callable[[], tuple[str | None, str | None]]) -> None:
        """`noted`: the `ids` that were noted last of the database at this path."""
        self.path = path
        self._noted = noted
        self._admitted: FileId | None = None
        self._main: FileId | None = None
        self._companions: dict[Path, FileId] = {}
        self._anchor: sqlite3.Connection | None = None
        self._is_rescued = False
        self.may_begin = True
        """Whether a missing file may be created."""

    def remember(self) -> None:
        """Remembers the files as they are now as the open ones.

        Raises `sqlite3.Error`, or what `admit` does.
        """
        self._anchor = sqlite3.connect(f"{self.uri}?mode=rw", uri=True, check_same_thread=False)
        self.admit()
        self._anchor.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        self._main = _id_of(self.path)
        named = [self.path.with_name(self.path.name + ending) for ending in _COMPANIONS]
        self._companions = {path: found for path in named if (found := _id_of(path))}
        self.may_begin = False

    def forget(self) -> None:
        """Forgets the open files."""
        anchor, companions, rescued = self._anchor, self._companions, self._is_rescued
        # First of all: SQLite deletes the companions with its last connection, and nobody else has then.
        self._anchor, self._main, self._companions, self._is_rescued = None, None, {}, False
        self._admitted = None
        if anchor:
            anchor.close()
        if rescued:  # they belong to the file that was there, and would be mixed into the next one
            for path in companions:
                path.unlink(missing_ok=True)

    @property
    def uri(self) -> str:
        """For sqlite3.connect."""
        return self.path.absolute().as_uri()

    @property
    def ids(self) -> tuple[str | None, str | None]:
        """The file at the path and its write-ahead log, as text."""
        log = self.path.with_name(f"{self.path.name}-wal")
        main, beside = _id_of(self.path), _id_of(log)
        return _text(main), _text(beside)

    def admit(self) -> None:
        """Call with each connection, before it reads. Raises `DamagedStorage` if the log is of another file.

        SQLite would mix what such a log holds into the file, without a word, whoever connects to it.
        """
        main = _id_of(self.path)
        if main is None or main == self._admitted:  # a log made since then is its own
            return
        file, log = self._noted()
        if log and log == self.ids[1] and _text(main) != file:
            raise DamagedStorage(
                f"the database {self.path} was replaced, and the files beside it that end in -wal and -shm "
                "are of the one before: stop watchdesk, move these two aside, and start it again"
            )
        self._admitted = main

    @property
    def log_is_alone(self) -> bool:
        """Whether the log holds something, and its index is missing: to read it, SQLite has to make one."""
        log, index = (self.path.with_name(self.path.name + ending) for ending in _COMPANIONS)
        return not index.exists() and log.exists() and log.stat().st_size > 0

    def write_back(self) -> None:
        """Moves the content of a deleted write-ahead log into the database. Raises `sqlite3.Error`."""
        if self._anchor:
            self._anchor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def rescue(self) -> Path | None:
        """Copies a database that was deleted or replaced; None where there is none, or the copy failed."""
        if self._anchor is None or self._main == _id_of(self.path):
            return None
        copy = self.path.with_name(f"{self.path.name}.rescued")
        number = 1
        while copy.exists():
            number += 1
            copy = self.path.with_name(f"{self.path.name}.rescued-{number}")
        try:
            copy.touch(0o600)
            with closing(sqlite3.connect(copy)) as target:
                self._anchor.backup(target)
        except (OSError, sqlite3.Error):
            copy.unlink(missing_ok=True)
            return None
        self._is_rescued = True
        return copy

    @property
    def lost_log(self) -> bool:
        """Whether only the write-ahead log or its index was deleted or replaced."""
        return self._main is not None and self._main == _id_of(self.path) and not self._companions_hold()

    def check(self) -> None:
        """Raises `DamagedStorage` when a file that is open is no longer the one at its path."""
        main = self._main
        if main is None:
            if not self.may_begin and _id_of(self.path) is None:
                raise DamagedStorage(f"the database {self.path} is gone: {_PUT_BACK}")
            return
        found, whole = _id_of(self.path), self._companions_hold()
        if self._main is not main:
            return  # another thread is reopening it
        if found is None:
            raise DamagedStorage(f"the database {self.path} was deleted while watchdesk used it: {_PUT_BACK}")
        if found != main:
            raise DamagedStorage(f"the database {self.path} was replaced while watchdesk used it")
        if not whole:
            raise DamagedStorage(
                f"the write-ahead log beside {self.path} was deleted while watchdesk used it; "
                "leave the files that end in -wal and -shm to watchdesk"
            )

    def _companions_hold(self) -> bool:
        return all(_id_of(path) == known for path, known in self._companions.items())


def traceless_uri(path: Path) -> str:
    """For sqlite3.connect: to read a database, and to make nothing beside it.

    Whoever has one open keeps a log and its index beside it. Without both nobody has, and SQLite is told that
    the file does not change: it would make them otherwise, also to read. See `OpenFile.log_is_alone` for what
    cannot be read so.
    """
    log, index = (path.with_name(path.name + ending) for ending in _COMPANIONS)
    uri = path.absolute().as_uri()
    if log.exists() and index.exists():
        return f"{uri}?mode=ro"
    return f"{uri}?mode=ro&immutable=1"


def stamp_of(path: Path) -> FileStamp | None:
    """Of a file as it is now; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def write_log_back(path: Path, seconds: float) -> None:
    """Moves what is left in the write-ahead log into the database, once every connection here is closed.

    A process that has just ended may still have had the file open when the last of them was.
    """
    log, end = path.with_name(f"{path.name}-wal"), time.monotonic() + seconds
    while log.exists():
        with (
            suppress(sqlite3.Error),
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as last,
        ):
            last.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if time.monotonic() >= end:
            return
        time.sleep(_LOOK)


def _text(found: FileId | None) -> str | None:
    return f"{found[0]}:{found[1]}" if found else None


def _id_of(path: Path) -> FileId | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
