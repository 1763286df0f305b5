"""Connections and transactions on SQLite and PostgreSQL, and their failures in plain words."""

import os
import re
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, ClauseElement, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError, SQLAlchemyError

from watchdesk.config.private import open_private
from watchdesk.errors import (
    DamagedStorage,
    FullDisk,
    MissingRight,
    ReadOnlyStorage,
    RefusedRow,
    StorageError,
    UnreachableStorage,
    UnusableStorage,
)
from watchdesk.logger import get_logger
from watchdesk.store.database_identity import IdentityFile
from watchdesk.store.dictionaries import Dictionaries
from watchdesk.store.move_marks import refusal_in
from watchdesk.store.open_file import FILE, OpenFile, traceless_uri
from watchdesk.store.packing import pack_for
from watchdesk.store.row_validation import is_row_refused, refuse_unstorable
from watchdesk.store.tables import metadata

log = get_logger(__name__)

BUSY = 15.0
"""Seconds that a writer waits for another process before it fails."""


class Database:
    """One database. `read` and `write` are transactions; both raise `StorageError`."""

    def __init__(
        self,
        url: URL,
        busy: float | None = None,
        reads_with: int | None = None,
        *,
        leaves_no_trace: bool = False,
    ) -> None:
        """`busy`: seconds that a writer waits, `BUSY` where none are given.

        `reads_with`: at most so many connections, which may write nothing.

        `leaves_no_trace`: they make no file either, not even beside the database.
        """
        self.url = url
        self.open_file = _open_file(url) if self.is_sqlite(url) else None
        self.engine = (
            _sqlite(
                self.open_file,
                url,
                BUSY if busy is None else busy,
                reads_with,
                leaves_no_trace=leaves_no_trace,
            )
            if self.open_file
            else _postgresql(url, reads_with)
        )
        event.listen(self.engine, "before_execute", refuse_unstorable)
        self.dictionaries = Dictionaries(self._aside, self._damaged)
        pack_for(self.engine.dialect, self.dictionaries)
        self.damage: DamagedStorage | None = None
        """The last damage that was met, until somebody asks for it."""
        self._last = _Last()
        event.listen(self.engine, "before_cursor_execute", self._note_statement)
        self._running: set[Any] = set()
        """The drivers' connections that read now."""
        # SQLite has one writer; queueing in the process is fairer than its polling for the lock.
        self._writer = threading.Lock() if self.is_sqlite(url) else nullcontext()

    @staticmethod
    def is_sqlite(url: URL) -> bool:
        """Whether it is an SQLite file."""
        return url.get_backend_name() == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction with one consistent view."""
        with self._translated_errors(), self._readable(), self._reader() as connection:
            running = connection.connection.dbapi_connection
            self._running.add(running)
            try:
                with connection.begin():
                    yield connection
            finally:
                self._running.discard(running)

    def _reader(self) -> Connection:
        connection = self.engine.connect()
        if connection.dialect.name == "postgresql":
            # Its own level gives each statement a view of its own.
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        return connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is committed in full or not at all."""
        with self._translated_errors(), self._writer, self.engine.connect() as connection:
            writing = connection.execution_options(watchdesk_writes=True)
            with writing.begin():
                yield writing

    def at_once(self, *statements: ClauseElement) -> Sequence[Any]:
        """On PostgreSQL: a transaction that goes to the server as one message, so that nobody who waits for
        what it locks waits for this host or its line; the rows of the last statement.
        """
        said = "; ".join(
            str(one.compile(dialect=self.engine.dialect, compile_kwargs={"literal_binds": True}))
            for one in statements
        )
        with self._translated_errors(), self.engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            driver: Any = alone.connection.dbapi_connection
            threshold, driver.prepare_threshold = driver.prepare_threshold, None  # several are never prepared
            try:
                cursor: Any = alone.exec_driver_sql(said).cursor
                while cursor.nextset():
                    pass
                found: Sequence[Any] = cursor.fetchall()
            finally:
                driver.prepare_threshold = threshold
        return found

    def interrupt(self) -> None:
        """Stops the statements of every reader, from any thread; they fail with `StorageError`."""
        for connection in list(self._running):
            with suppress(Exception):  # it has ended meanwhile
                connection.interrupt() if self.open_file else connection.cancel_safe(timeout=1.0)

    def close(self) -> None:
        """Closes every connection."""
        self.engine.dispose()
        if self.open_file:
            self.open_file.forget()

    @property
    def where(self) -> str:
        """Its name in messages: the file, or the address without its password."""
        return (self.url.database or "") if self.open_file else shown_address(self.url)

    @property
    def named(self) -> str:
        """The same, as `watchdesk move` takes it."""
        return place_name(self.url)

    def _note_statement(self, _connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        self._last.statement = statement

    @contextmanager
    def _aside(self) -> Iterator[Connection]:
        """A connection in the midst of a statement, which stays the last one unless it fails here."""
        before = self._last.statement
        with self.engine.connect() as connection:
            yield connection
        self._last.statement = before

    def _damaged(self, what: str, part: str | None = None) -> DamagedStorage:
        return damaged(self.where, what, part or self.last_tables)

    @property
    def last_tables(self) -> str | None:
        """The tables that the last statement of this thread names, for who has to say where damage is."""
        return _tables_in(self._last.statement)

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        try:
            if self.open_file:
                self.open_file.check()
            yield
        except DamagedStorage as damage:
            self.damage = damage
            raise
        except DBAPIError as error:
            translated = _storage_error(error, self)
            if isinstance(translated, DamagedStorage):
                self.damage = translated
            if isinstance(translated, ReadOnlyStorage):
                self.engine.dispose()  # a session stays read-only when the database is no more
            raise translated from error
        except UnicodeEncodeError as error:  # a driver's, of what was asked for
            raise RefusedRow(
                "text with a lone surrogate in it can be neither stored nor looked for"
            ) from error
        except SQLAlchemyError as error:
            said = str(error).splitlines()[0]
            raise StorageError(f"the database {self.where} cannot be used: {said}") from error

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Treats a value that nobody can have written as damage, even where its page is well formed."""
        try:
            yield
        except UnicodeEncodeError:
            raise  # it is of what was asked for
        except (ValueError, OverflowError) as error:
            log.debug("a stored value cannot be read", exc_info=error)
            raise damaged(self.where, "it holds values that nobody wrote", self.last_tables) from error


def damaged(where: str, what: str, part: str | None = None) -> DamagedStorage:
    """What is wrong with a file, and what to do. `part`: the tables, where the rest may be whole."""
    found = f"{what}; met in {part}" if part else what
    return DamagedStorage(
        f"the database {where} is damaged ({found}): stop watchdesk, set the file aside with those beside it "
        "that end in -wal and -shm, and put a backup in its place; without a backup, "
        "`watchdesk help database-damaged` "
        "says how to save what can still be read",
        part,
        what,
    )


def _tables_in(statement: str | None) -> str | None:
    """The tables that a statement names."""
    named = dict.fromkeys(_NAMED.findall(statement or ""))
    return " or ".join(name for name in named if name in metadata.tables) or None


_NAMED = re.compile(r'\b(?:FROM|JOIN|INTO|UPDATE|,)\s+"?(\w+)', re.IGNORECASE)


class _Last(threading.local):
    """The last statement of a thread, to say where a value was that cannot be read."""

    statement: str | None = None


def database_url(storage: str, state_directory: Path) -> URL:
    """`sqlite` or `postgresql://…` as an address for SQLAlchemy. Raises `StorageError`."""
    if storage == "sqlite":
        return URL.create("sqlite", database=str(state_directory / FILE))
    try:
        url = make_url(storage)
    except ArgumentError:
        raise UnusableStorage("storage is neither sqlite nor postgresql://user@host/database") from None
    return url.set(drivername="postgresql+psycopg")


def shown_address(url: URL) -> str:
    """A server's database in messages, without its password."""
    return url.set(drivername="postgresql").render_as_string(hide_password=True)


def place_name(url: URL) -> str:
    """A database as `watchdesk move` takes it, from whatever directory, without its password."""
    if Database.is_sqlite(url):
        return f"sqlite:{Path(url.database or '').resolve()}"
    plain = url.set(drivername="postgresql", password=None).difference_update_query(_SECRETS)
    return plain.render_as_string()


def _open_file(url: URL) -> OpenFile:
    path = Path(url.database or "")
    identity = IdentityFile(path.parent, url)

    def noted() -> tuple[str | None, str | None]:
        known = identity.read()
        return (known.file, known.log) if known else (None, None)

    return OpenFile(path, noted)


def _make_private(path: Path) -> None:
    """Makes a new database readable by its owner alone; SQLite gives its mode to the files beside it."""
    with suppress(OSError):  # SQLite says it better
        os.close(open_private(path))


def _pool(reads_with: int | None) -> dict[str, Any]:
    if reads_with is None:
        return {"pool_size": 8, "max_overflow": 64}
    return {"pool_size": reads_with, "max_overflow": 0, "pool_timeout": BUSY}


def _sqlite(
    file: OpenFile, url: URL, busy: float, reads_with: int | None, *, leaves_no_trace: bool
) -> Engine:
    def address() -> str:
        if leaves_no_trace:
            return traceless_uri(file.path)
        if file.may_begin:
            _make_private(file.path)
        return f"{file.uri}?mode={'rwc' if file.may_begin else 'rw'}"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(address(), uri=True, timeout=busy, check_same_thread=False)
        try:
            file.admit()
        except DamagedStorage:
            connection.close()
            raise
        return connection

    engine = create_engine(url, creator=connect, **_pool(reads_with))

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        # We begin transactions ourselves: sqlite3 would begin them late, and as readers.
        connection.isolation_level = None
        if leaves_no_trace:
            return
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        # FULL: in WAL, NORMAL may lose the last transactions at a power cut, and we promise not to.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        if reads_with is not None:
            cursor.execute("PRAGMA query_only = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("watchdesk_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: URL, reads_with: int | None) -> Engine:
    options = {} if reads_with is None else {"options": "-c default_transaction_read_only=on"}
    try:
        return create_engine(url, pool_pre_ping=True, connect_args=options, **_pool(reads_with))
    except (ModuleNotFoundError, NoSuchModuleError):
        raise UnusableStorage(
            "storage: postgresql:// needs psycopg, which is not installed: install watchdesk[postgresql]"
        ) from None


_DAMAGED = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB))
_DAMAGED_SERVER = frozenset(("XX001", "XX002"))
"""data_corrupted, index_corrupted (PostgreSQL, appendix A)."""
_SECRETS = ("password", "sslpassword")
"""What in the query of an address is nobody's to read (PostgreSQL, 34.1.2)."""
_READ_ONLY, _FULL = "25006", "53100"
"""read_only_sql_transaction, disk_full (PostgreSQL, appendix A)."""
_NO_RIGHT = frozenset(("42501", "3F000"))
"""insufficient_privilege; invalid_schema_name, where it may look into no schema."""
_ADVICE = {
    "interrupted": "a statement was stopped before it was done",
    "database is locked": "another process keeps it locked",
    "disk I/O error": "the disk failed or is full: look at the system's log",
    "attempt to write a readonly database": "it may not be written: check the owner of the file",
    "unable to open database file": "it cannot be opened: check that the state directory may be written",
}


def _storage_error(error: DBAPIError, database: Database) -> StorageError:
    """What happened, and what to do."""
    said = (str(error.orig).strip().splitlines() or [""])[0] if error.orig else str(error)
    where = database.where
    if moved := refusal_in(said, where, database.named):
        return moved
    if is_row_refused(error):
        return RefusedRow(f"the database {where}: {said}")
    if database.open_file is None:
        return _server_error(error, said, database)
    return _file_error(error, said, database)


def _file_error(error: DBAPIError, said: str, database: Database) -> StorageError:
    where = database.where
    code = getattr(error.orig, "sqlite_errorcode", 0) or 0
    if code & 0xFF in _DAMAGED or said.startswith("Could not decode to UTF-8"):
        what = "text in it is not text" if said.startswith("Could not decode") else said
        part = None if code & 0xFF == sqlite3.SQLITE_NOTADB else database.last_tables
        return damaged(where, what, part)
    if "database or disk is full" in said:
        return FullDisk(f"the database {where}: the disk is full: make room")
    for symptom, what_to_do in _ADVICE.items():
        if symptom in said:
            return StorageError(f"the database {where}: {what_to_do}")
    return StorageError(f"the database {where}: {said}")


def _is_away(error: OperationalError) -> bool:
    """Whether the server is down or not up yet: classes 08 and 57P are connections and shutdowns."""
    state = getattr(error.orig, "sqlstate", None)
    return error.connection_invalidated or state is None or state.startswith(("08", "57P"))


def _server_error(error: DBAPIError, said: str, database: Database) -> StorageError:
    where = database.where
    state = getattr(error.orig, "sqlstate", None)
    if state == _READ_ONLY:
        return ReadOnlyStorage(
            f"the database {where} may only be read: {said}. Where it is a standby, name its primary under "
            "`storage`; else see who has set default_transaction_read_only"
        )
    if state == _FULL:
        return FullDisk(f"the database {where}: the disk of its server is full ({said}): make room there")
    if state in _NO_RIGHT:
        return MissingRight(f"the database {where}: {said}")
    if state in _DAMAGED_SERVER:
        part = database.last_tables
        met = f"{said}; met in {part}" if part else said
        return DamagedStorage(
            f"the database {where} is damaged ({met}): restore it from a backup", part, said
        )
    if isinstance(error, OperationalError) and _is_away(error):
        return UnreachableStorage(f"the database {where} cannot be used: {said}")
    return StorageError(f"the database {where} cannot be used: {said}")
