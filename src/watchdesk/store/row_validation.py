"""Refuses rows with text that UTF-8 or PostgreSQL cannot hold, on both databases alike.

Sources clean what they read, so such text is a mistake of ours: it costs only its own row, and the error
names it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.sql.dml import UpdateBase

from watchdesk.encoding.repair import is_clean
from watchdesk.errors import RefusedRow

_OF_A_VALUE = ("22", "23", "54")
"""Classes of SQLSTATE: data exceptions, broken constraints, and limits, such as of an index row."""
_SHOWN = 60
_WITHOUT_TEXT = frozenset((int, bool, float, datetime, type(None)))
"""Types without text, as most values have."""


def refuse_unstorable(
    connection: Connection, statement: Any, rows: Any, row: Any, _options: Mapping[str, Any]
) -> None:
    """Raises `RefusedRow` before a row with such text is written. A listener of `before_execute`."""
    if not isinstance(statement, UpdateBase):
        return
    given = [values for values in (*rows, row) if values]
    # What stands in the statement itself, by `values(…)`, is not among the rows.
    for values in given or [statement.compile(dialect=connection.dialect).params]:
        for column, value in values.items():
            kind = type(value)
            if kind in _WITHOUT_TEXT or (kind is str and is_clean(value)):
                continue
            if (found := _unclean_in(value)) is not None:
                table = getattr(statement.table, "name", "a table")
                raise RefusedRow(
                    f"{table}.{column} would hold a NUL or a lone surrogate, which cannot be stored: "
                    f"{found[:_SHOWN]!r}"
                )


def is_row_refused(error: DBAPIError) -> bool:
    """Whether the database works and only refuses this row."""
    state = getattr(error.orig, "sqlstate", None) or ""
    return isinstance(error, DataError | IntegrityError) or state.startswith(_OF_A_VALUE)


def _unclean_in(value: object) -> str | None:
    """The first text within a value that cannot be stored; None where all can."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            if not is_clean(part):
                return part
        elif isinstance(part, list | tuple | set | frozenset):
            if not _WITHOUT_TEXT.issuperset(map(type, part)):
                waiting += part
        elif isinstance(part, dict):
            waiting += [*part, *(value for value in part.values() if type(value) not in _WITHOUT_TEXT)]
    return None
