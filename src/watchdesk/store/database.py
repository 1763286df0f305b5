"""Connections and transactions, on SQLite and PostgreSQL, and their failures in plain words."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from watchdesk.config.private import open_private
from watchdesk.errors import RefusedRow, StorageError
from watchdesk.store.edge import refuse_unclean, refuses_a_row

FILE = "watchdesk.db"
BUSY = 15.0
"""Seconds that a writer waits for another process before it is told so."""


class Database:
    """One database. `read` and `write` are transactions; both raise `StorageError`."""

    def __init__(self, url: URL, busy: float = BUSY) -> None:
        self.url = url
        if self.is_sqlite(url):
            _make_private(url)
        self.engine = _sqlite(url, busy) if self.is_sqlite(url) else _postgresql(url)
        event.listen(self.engine, "before_execute", refuse_unclean)
        # SQLite has one writer; queueing in the process is fairer than its polling for the lock.
        self._writer = threading.Lock() if self.is_sqlite(url) else nullcontext()

    @staticmethod
    def is_sqlite(url: URL) -> bool:
        """Whether it is a file of our own."""
        return url.get_backend_name() == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view."""
        with self._told(), self._reader() as connection, connection.begin():
            yield connection

    def _reader(self) -> Connection:
        connection = self.engine.connect()
        if connection.dialect.name == "postgresql":
            # Its own level gives each statement a view of its own.
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        return connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """All or nothing."""
        with self._told(), self._writer, self.engine.connect() as connection:
            writing = connection.execution_options(watchdesk_writes=True)
            with writing.begin():
                yield writing

    def close(self) -> None:
        """Gives up every connection."""
        self.engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            kind = RefusedRow if refuses_a_row(error) else StorageError
            raise kind(_reason(error, self.url)) from error
        except UnicodeEncodeError as error:  # a driver's, of what was asked for
            raise RefusedRow(
                "text with a lone surrogate in it can be neither stored nor looked for"
            ) from error


def database_url(storage: str, state_directory: Path) -> URL:
    """`sqlite`, or `postgresql://…`, as an address for SQLAlchemy. Raises `StorageError`."""
    if storage == "sqlite":
        return URL.create("sqlite", database=str(state_directory / FILE))
    try:
        url = make_url(storage)
    except ArgumentError:
        raise StorageError("storage is neither sqlite nor postgresql://user@host/database") from None
    return url.set(drivername="postgresql+psycopg")


def _make_private(url: URL) -> None:
    """A database that is new is its owner's alone; SQLite gives its mode to the files beside it."""
    with suppress(OSError):  # SQLite says it better
        os.close(open_private(Path(url.database or "")))


def _sqlite(url: URL, busy: float) -> Engine:
    engine = create_engine(url, connect_args={"timeout": busy}, pool_size=8, max_overflow=64)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        # We begin transactions ourselves: sqlite3 would begin them late, and as readers.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        # FULL: in WAL, NORMAL may lose the last transactions at a power cut, and we promise not to.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("watchdesk_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: URL) -> Engine:
    return create_engine(url, pool_size=8, max_overflow=64, pool_pre_ping=True)


def _reason(error: DBAPIError, url: URL) -> str:
    """What happened and what to do."""
    said = str(error.orig).strip().splitlines()[0] if error.orig else str(error)
    where = url.database if Database.is_sqlite(url) else url.render_as_string(hide_password=True)
    advice = {
        "database is locked": "another process keeps it locked; it will be tried again",
        "database or disk is full": "the disk is full: make room",
        "disk I/O error": "the disk failed or is full: look at the system's log",
        "attempt to write a readonly database": "it may not be written: check the owner of the file",
        "unable to open database file": "it cannot be opened: check that the state directory may be written",
        "database disk image is malformed": "the file is damaged: restore it from a backup",
        "file is not a database": "the file is not a database: move it away",
    }
    for symptom, what_to_do in advice.items():
        if symptom in said:
            return f"the database {where}: {what_to_do}"
    if isinstance(error, OperationalError) and not Database.is_sqlite(url):
        return f"the database {where} cannot be used: {said}"
    return f"the database {where}: {said}"
