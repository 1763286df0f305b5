"""Inserts rows whose numbers are needed at once: many in one statement, on both databases."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Insert, Select, Table, func, insert, select


def insert_numbered(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    remembered: Column[int] | None = None,
) -> Sequence[int]:
    """Inserts rows of the same columns within a writing transaction; their numbers, in the order of the rows.

    SQLite does not say which of many numbers is whose, and SQLAlchemy would insert one row at a time. But
    nobody else writes meanwhile, so the rows get the numbers that SQLite would give them.

    `remembered`: a column with an index in which numbers stay that are not to be given again.
    """
    if connection.dialect.name != "sqlite":
        return connection.execute(_returning(table), rows).scalars().all()
    last = connection.execute(_last(table.c.id)).scalar() or 0
    if remembered is not None:
        last = max(last, connection.execute(_last(remembered)).scalar() or 0)
    first = last + 1
    numbers = range(first, first + len(rows))
    numbered = [{**row, "id": number} for number, row in zip(numbers, rows, strict=True)]
    connection.execute(_plainly(table), numbered)
    return numbers


@cache
def _returning(table: Table) -> Any:
    return insert(table).returning(table.c.id, sort_by_parameter_order=True)


@cache
def _plainly(table: Table) -> Insert:
    return insert(table)


@cache
def _last(column: Column[int]) -> Select[Any]:
    return select(func.max(column))
