"""A glance at a database: its header, its schema and its newest rows, in a moment however large it is."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import select, text

from watchdesk.errors import StorageError
from watchdesk.store.database import Database, damaged
from watchdesk.store.tables import metadata

FREE_PAGES = "the list of free pages"
"""A part like a table. Whoever writes takes pages from it, and might overwrite what is in use."""
_NEWEST = 20
"""Rows of each table."""


def glance(database: Database) -> None:
    """Raises `DamagedStorage`, of a part where only that cannot be read, or another `StorageError`."""
    with database.read() as connection:
        connection.execute(text("SELECT 1"))
        if database.open_file is None:
            for table in metadata.sorted_tables:
                newest = [column.desc() for column in table.primary_key]
                connection.execute(select(table).order_by(*newest).limit(_NEWEST)).all()
    if database.open_file:
        glance_at(database.open_file.path)


def glance_at(path: Path, uri: str | None = None) -> None:
    """A glance at a file. `uri`: how to open it."""
    # A connection of its own: the others keep pages in memory that may be damaged on the disk by now.
    # Never open the file but through SQLite: to close it would give up the locks of all connections here.
    try:
        with closing(read_only(path, uri)) as connection:
            with met_in(path, FREE_PAGES):
                (said,) = connection.execute('PRAGMA quick_check("sqlite_schema")').fetchone()
            if said != b"ok":
                what = " ".join(said.decode("utf-8", "replace").split())
                raise damaged(str(path), what[:200], FREE_PAGES)
            for table, has_rowid in tables_in(connection):
                order = "ORDER BY rowid DESC " if has_rowid else ""
                with met_in(path, table):
                    connection.execute(f'SELECT * FROM "{table}" {order}LIMIT {_NEWEST}').fetchall()  # noqa: S608 - our own names
    except sqlite3.Error as error:
        raise translated(path, error) from error


def read_only(path: Path, uri: str | None = None) -> sqlite3.Connection:
    """A connection that writes nothing and takes text as it is."""
    connection = sqlite3.connect(
        uri or f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False, isolation_level=None
    )
    connection.text_factory = bytes
    return connection


def tables_in(connection: sqlite3.Connection) -> list[tuple[str, bool]]:
    """The tables that hold rows, and whether these have numbers of SQLite's own."""
    found = connection.execute("PRAGMA table_list").fetchall()
    return sorted(
        (name.decode(), not without_rowid)
        for schema, name, kind, _, without_rowid, _ in found
        if schema == b"main" and kind in {b"table", b"shadow"}
    )


@contextmanager
def met_in(path: Path, part: str) -> Iterator[None]:
    """Turns what SQLite says of a damaged page into `DamagedStorage` of this part."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if is_corrupt(error):
            raise damaged(str(path), str(error), part) from error
        raise


def is_corrupt(error: sqlite3.Error) -> bool:
    """Whether a page is not what it has to be."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_CORRUPT


def translated(path: Path, error: sqlite3.Error) -> StorageError:
    """What happened to the database as a whole."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return damaged(str(path), str(error))
    return StorageError(f"the database {path} cannot be read: {error}")
