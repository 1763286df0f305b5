"""Inserts rows that may be there, on both databases."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert


def upsert(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Inserts a row, or updates the one with the same primary key."""
    upsert_all(connection, table, [row])


def upsert_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """As `upsert`, for many rows of the same columns."""
    if not rows:
        return
    # One order for everyone: two writers that lock the same rows never wait for each other.
    keys = [column.name for column in table.primary_key]
    ordered = sorted(rows, key=itemgetter(*keys))
    connection.execute(_statement(connection.dialect.name, table, tuple(ordered[0])), ordered)


def insert_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts those rows whose primary key is not there, also where another session inserts it meanwhile."""
    if not rows:
        return
    statement = sqlite.insert(table) if connection.dialect.name == "sqlite" else _postgresql_insert(table)
    keys = [column.name for column in table.primary_key]
    ordered = sorted(rows, key=itemgetter(*keys))
    connection.execute(statement.on_conflict_do_nothing(index_elements=keys), ordered)


@lru_cache(maxsize=100)
def _statement(dialect: str, table: Table, columns: Sequence[str]) -> Insert:
    """Cached, because it is executed often."""
    statement = sqlite.insert(table) if dialect == "sqlite" else _postgresql_insert(table)
    keys = [column.name for column in table.primary_key]
    rest = {name: statement.excluded[name] for name in columns if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=rest)


def _postgresql_insert(table: Table) -> "PostgresqlInsert":
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - heavy, and most desks have SQLite

    return postgresql.insert(table)
