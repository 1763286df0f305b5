"""Rows that are written whether they are there or not, on both databases."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Inserts a row, or rewrites the one with the same primary key."""
    upsert_all(connection, table, [row])


def upsert_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """As `upsert`, for many rows of the same columns."""
    if not rows:
        return
    # One order for everyone: two writers that lock the same rows never wait for each other.
    keys = [column.name for column in table.primary_key]
    ordered = sorted(map(dict, rows), key=lambda row: tuple(row[key] for key in keys))
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table)
    rest = {name: statement.excluded[name] for name in ordered[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=rest), ordered)
