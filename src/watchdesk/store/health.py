"""Checks whether the database is whole, and opens it again after it was not."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text

from watchdesk.errors import DamagedStorage, StorageError
from watchdesk.store.database import Database, damaged
from watchdesk.store.database_identity import IdentityFile
from watchdesk.store.glancing import glance
from watchdesk.store.open_file import OpenFile
from watchdesk.store.opening import open_or_refuse, stamp
from watchdesk.store.reading import Reading, ReadingPlace

if TYPE_CHECKING:
    from watchdesk.store.verifying import Verifying

_LOOK = 10_000
"""SQLite instructions between two looks at the clock."""


class HealthRows:
    """`ports.HealthStore`."""

    _database: Database
    _identity_file: IdentityFile | None
    older_copy: str | None

    def take_damage(self) -> DamagedStorage | None:
        """See `ports.HealthStore.take_damage`."""
        found, self._database.damage = self._database.damage, None
        return found

    def stamp(self) -> None:
        """See `ports.HealthStore.stamp`."""
        if self._identity_file:
            stamp(self._database, self._identity_file)

    def check(self, patience: float | None = None) -> bool:
        """See `ports.HealthStore.check`."""
        database, file = self._database, self._database.open_file
        with database.read() as connection:
            connection.execute(text("SELECT 1"))
        return _check_pages(file.path, patience) if file else True

    def glance(self) -> None:
        """See `ports.HealthStore.glance`."""
        glance(self._database)

    def reading(self, place: ReadingPlace | None = None) -> Reading:
        """What reads the whole database for damage bit by bit, from this place on."""
        return Reading(self._database, place)

    def verifying(self) -> "Verifying":
        """What verifies the whole database."""
        from watchdesk.store.verifying import Verifying  # noqa: PLC0415 - one command verifies

        return Verifying(self._database)

    def reopen(self) -> str | None:
        """See `ports.HealthStore.reopen`."""
        database, file = self._database, self._database.open_file
        rescued = _kept(file) if file else None
        database.close()
        older = open_or_refuse(database, self._identity_file) if self._identity_file else None
        return "; ".join(sentence for sentence in (rescued, older) if sentence) or None


def _kept(file: OpenFile) -> str | None:
    """Saves what only this process can still reach, and says so."""
    if file.lost_log:
        try:
            file.write_back()
        except sqlite3.Error as error:
            raise damaged(str(file.path), f"its write-ahead log was deleted, and {error}") from error
        return (
            f"the write-ahead log beside {file.path} was deleted while watchdesk used it; what it held was "
            "written into the database; leave the files that end in -wal and -shm to watchdesk"
        )
    copy = file.rescue()
    return (
        f"what the database {file.path} held until it was deleted or replaced is in {copy}" if copy else None
    )


def _check_pages(path: Path, patience: float | None) -> bool:
    """Reads every page from disk, table by table; False when `patience` ran out. Raises `StorageError`."""
    # A connection of its own: the others keep pages in memory that may be damaged on the disk by now.
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        if patience is not None:
            end = time.monotonic() + patience
            connection.set_progress_handler(lambda: time.monotonic() > end, _LOOK)
        try:
            asked = "SELECT name FROM sqlite_schema WHERE type = 'table'"
            for (table,) in connection.execute(asked).fetchall():
                (said,) = connection.execute(f'PRAGMA quick_check("{table}")').fetchone()
                if said != "ok":
                    raise damaged(str(path), " ".join(said.split())[:200])
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_INTERRUPT:
                return False
            raise StorageError(f"the database {path} cannot be checked: {error}") from error
        except sqlite3.DatabaseError as error:
            raise damaged(str(path), str(error)) from error
    return True
