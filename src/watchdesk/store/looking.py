"""Looks at a database as it is: nothing is made, brought up to date or written, not even beside it."""

import re
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import text

from watchdesk.store.arrivals import moved_away
from watchdesk.store.database import Database, damaged, database_url
from watchdesk.store.database_identity import IdentityFile
from watchdesk.store.glancing import glance, glance_at, translated
from watchdesk.store.migration_copy import way_back
from watchdesk.store.oldest_version import may_work_on
from watchdesk.store.open_file import traceless_uri
from watchdesk.store.opening import newest_revision, revision_of
from watchdesk.store.rights import may_make_tables, missing_rights
from watchdesk.store.sql_store import SqlStore

_PATIENCE = "5"
"""Seconds for a server to accept the connection."""
_CONNECTIONS = 2
_LOOK = 10_000
"""SQLite instructions between two looks at the clock."""


class Age(StrEnum):
    """How the tables stand to this watchdesk."""

    EMPTY = "empty"
    """There are none yet."""
    OLDER = "older"
    CURRENT = "current"
    NEWER = "newer"


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What a PostgreSQL server says of itself, and of what we may do there."""

    version: str
    is_standby: bool
    may_make_tables: bool
    missing: Sequence[str]
    """Rights that are missing, such as `INSERT on articles`."""


class _LookedAt(SqlStore):
    """Its pages are checked by `Look.check` alone, which leaves no trace."""

    def check(self, patience: float) -> bool:  # noqa: ARG002 - a port's signature
        return True


class Look:
    """A database of which nothing is known yet. Each method raises `StorageError`."""

    def __init__(self, storage: str, state_directory: Path) -> None:
        url = database_url(storage, state_directory)
        self.is_file = Database.is_sqlite(url)
        self._was_here = IdentityFile(state_directory, url).read() is not None
        if not self.is_file and "connect_timeout" not in url.query:
            url = url.update_query_dict({"connect_timeout": _PATIENCE})
        self.database = Database(url, reads_with=_CONNECTIONS, leaves_no_trace=True)
        if self.database.open_file:
            self.database.open_file.may_begin = False

    @property
    def is_missing(self) -> bool:
        """Whether there is no file yet, and there was none before; False of a server."""
        file = self.database.open_file
        return file is not None and not self._was_here and not file.path.exists()

    @property
    def log_is_alone(self) -> bool:
        """Whether a file has a log without its index, so that it cannot be read without making one."""
        file = self.database.open_file
        return file is not None and file.log_is_alone

    @property
    def was_here(self) -> bool:
        """Whether one was used from this state directory."""
        return self._was_here

    def way_back(self) -> str:
        """What to do where the database is of a newer watchdesk."""
        file = self.database.open_file
        return way_back(file.path if file else None, newest_revision())

    def moved(self) -> str | None:
        """Where the desk is that has moved, and what to do; None of one that is here."""
        return moved_away(self.database)

    def age(self) -> Age:
        """How its tables stand to this watchdesk."""
        with self.database.read() as connection:
            revision, newest = revision_of(connection), newest_revision()
            if revision is None:
                return Age.EMPTY
            if revision == newest or (revision > newest and may_work_on(connection, revision, newest)):
                return Age.CURRENT
        return Age.OLDER if re.fullmatch(r"\d+", revision) and revision < newest else Age.NEWER

    def glance(self) -> None:
        """The header, the schema and the newest rows."""
        file = self.database.open_file
        if file is None:
            glance(self.database)
        else:
            glance_at(file.path, traceless_uri(file.path))

    def check(self, patience: float) -> bool:
        """Reads every page of a file, table by table; False when so many seconds were not enough."""
        file = self.database.open_file
        return file is None or _check_pages(file.path, patience)

    def server(self) -> ServerFacts | None:
        """None of a file."""
        if self.is_file:
            return None
        with self.database.read() as connection:
            return ServerFacts(
                str(connection.execute(text("SHOW server_version")).scalar_one()),
                bool(connection.execute(text("SELECT pg_is_in_recovery()")).scalar_one()),
                may_make_tables(connection),
                missing_rights(connection),
            )

    def store(self) -> SqlStore:
        """A store to look in, of tables that are `Age.CURRENT`. It is closed with the look."""
        return _LookedAt(self.database)

    def close(self) -> None:
        """Closes all connections."""
        self.database.close()


def _check_pages(path: Path, patience: float) -> bool:
    with closing(sqlite3.connect(traceless_uri(path), uri=True)) as connection:
        end = time.monotonic() + patience
        connection.set_progress_handler(lambda: time.monotonic() > end, _LOOK)
        try:
            asked = "SELECT name FROM sqlite_schema WHERE type = 'table'"
            for (table,) in connection.execute(asked).fetchall():
                (said,) = connection.execute(f'PRAGMA quick_check("{table}")').fetchone()
                if said != "ok":
                    raise damaged(str(path), " ".join(said.split())[:200])
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_INTERRUPT:
                return False
            raise translated(path, error) from error
    return True
