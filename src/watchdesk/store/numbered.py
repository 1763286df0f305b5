"""Rows whose numbers are needed at once, or before they are: many in one statement, on both databases."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Insert, Select, Table, TextClause, func, insert, select, text


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
    first = _last_of(connection, table, remembered) + 1
    numbers = range(first, first + len(rows))
    numbered = [{**row, "id": number} for number, row in zip(numbers, rows, strict=True)]
    connection.execute(_plainly(table), numbered)
    return numbers


def draw_numbers(
    connection: Connection, counts: Mapping[Table, int], remembered: Mapping[Table, Column[int]]
) -> Mapping[Table, Sequence[int]]:
    """So many numbers for rows of each table, ascending: rows are inserted under them in this transaction,
    or never.

    `remembered`: as of `insert_numbered`, by table.
    """
    if connection.dialect.name != "sqlite":
        values = {f"of_{number}": count for number, count in enumerate(counts.values())}
        row = connection.execute(_drawn(tuple(counts)), values).one()
        return dict(zip(counts, row, strict=True))
    firsts = {table: _last_of(connection, table, remembered.get(table)) + 1 for table in counts}
    return {table: range(firsts[table], firsts[table] + count) for table, count in counts.items()}


def _last_of(connection: Connection, table: Table, remembered: Column[int] | None) -> int:
    last: int = connection.execute(_last(table.c.id)).scalar() or 0
    if remembered is not None:
        last = max(last, connection.execute(_last(remembered)).scalar() or 0)
    return last


@cache
def _drawn(tables: tuple[Table, ...]) -> TextClause:
    drawn = (
        f"ARRAY(SELECT nextval(pg_get_serial_sequence('{table.name}', 'id')) "  # noqa: S608 - ours
        f"FROM generate_series(1, CAST(:of_{number} AS integer)))"
        for number, table in enumerate(tables)
    )
    return text(f"SELECT {', '.join(drawn)}")


@cache
def _returning(table: Table) -> Any:
    return insert(table).returning(table.c.id, sort_by_parameter_order=True)


@cache
def _plainly(table: Table) -> Insert:
    return insert(table)


@cache
def _last(column: Column[int]) -> Select[Any]:
    return select(func.max(column))
