"""Reads the entries of an index of an SQLite table in their order, some at a time."""

import sqlite3
import time
from typing import Any

from watchdesk.store.database import Database
from watchdesk.store.glancing import met_in, read_only

OPEN = 20.0
"""Seconds after which the cursor is given up, and another one goes on where it was."""
_ENTRIES = 500


class IndexCursor:
    """Not for several threads at once; close it at the end."""

    def __init__(self, database: Database, table: str, name: str) -> None:
        assert database.open_file
        self._path = database.open_file.path
        self._connection = read_only(self._path)
        self._part = f"{table}, index {name}"
        named = self._connection.execute(f'PRAGMA index_info("{name}")').fetchall()
        columns = [f'"{field.decode()}"' for _, _, field in named if field]
        self._asked = f'SELECT {{}} FROM "{table}" INDEXED BY "{name}"'.format(", ".join(columns))  # noqa: S608 - our own names
        self._order = ", ".join(columns)
        self._first = columns[0]
        self._is_readable = len(columns) == len(named)
        self._began, self._last = 0.0, None
        self._cursor: sqlite3.Cursor | None = None

    def close(self) -> None:
        """Gives up its view of the database."""
        self._connection.close()

    def step(self, most: int) -> int | None:
        """Bytes that were read; None: there are no more. Raises `DamagedStorage`."""
        if not self._is_readable:
            return None
        size = 0
        with met_in(self._path, self._part):
            cursor = self._cursor or self._opened(None)
            while size < most:
                entries = cursor.fetchmany(_ENTRIES)
                if not entries:
                    return None
                size += sum(len(v) if isinstance(v, bytes) else 8 for entry in entries for v in entry)
                last = entries[-1][0]
            if time.monotonic() - self._began > OPEN and last is not None and last != self._last:
                self._opened(last)
        return size

    def _opened(self, first: Any) -> sqlite3.Cursor:
        """From the entries with this first value on, which are read once more."""
        if self._cursor:
            self._cursor.close()
        self._began, self._last = time.monotonic(), first
        if first is None:
            self._cursor = self._connection.execute(f"{self._asked} ORDER BY {self._order}")
        else:
            given = first.decode("utf-8", "surrogateescape") if isinstance(first, bytes) else first
            where = f"{self._asked} WHERE {self._first} >= ? ORDER BY {self._order}"
            self._cursor = self._connection.execute(where, (given,))
        return self._cursor
