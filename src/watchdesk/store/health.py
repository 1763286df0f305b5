"""Checks whether the database is whole, and opens it again after it was not."""

import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

from watchdesk.errors import DamagedStorage
from watchdesk.store.database import Database, damaged
from watchdesk.store.database_identity import IdentityFile
from watchdesk.store.glancing import glance
from watchdesk.store.open_file import OpenFile
from watchdesk.store.opening import open_or_refuse, stamp, started_well
from watchdesk.store.reading import Reading, ReadingPlace

if TYPE_CHECKING:
    from watchdesk.store.verifying import Verifying

_STEP = 250_000
"""Bytes read between two looks at the clock."""


class HealthRows:
    """`ports.HealthStore`."""

    _database: Database
    _identity_file: IdentityFile | None
    older_copy: str | None
    moved: str | None

    def take_damage(self) -> DamagedStorage | None:
        """See `ports.HealthStore.take_damage`."""
        found, self._database.damage = self._database.damage, None
        return found

    def stamp(self) -> None:
        """See `ports.HealthStore.stamp`."""
        if self._identity_file:
            stamp(self._database, self._identity_file)

    def started_well(self) -> None:
        """See `ports.HealthStore.started_well`."""
        started_well(self._database)

    def check(self, patience: float) -> bool:
        """See `ports.HealthStore.check`."""
        end = time.monotonic() + patience
        glance(self._database)
        with closing(self.reading()) as reading:
            while not reading.is_done:
                if time.monotonic() >= end:
                    return False
                for damage in reading.step(_STEP).damages:
                    raise damaged(self._database.where, damage.what, damage.part)
        return True

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
