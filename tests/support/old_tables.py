"""A database as an older watchdesk left it, with rows in each table, and what became of them."""

from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Float, Integer, LargeBinary, MetaData, Table, insert, select

from watchdesk.store.database import Database, database_url
from watchdesk.store.opening import migrate, newest_revision, revision_of

OLDER = [f"{number:04}" for number in range(1, int(newest_revision()))]
"""The versions of the tables before this one."""
Rows = dict[str, set[tuple[object, ...]]]


def value_of(column: Any, number: int) -> Any:
    """Something that this column takes, another for each row."""
    if column.foreign_keys:
        return next(iter(column.foreign_keys)).column.type.python_type(number)
    values = {
        Boolean: bool(number % 2),
        JSON: [],
        Float: number / 2,
        Integer: number,
        LargeBinary: b"%d" % number,
    }
    found = [value for kind, value in values.items() if isinstance(column.type, kind)]
    return found[0] if found else str(number)


def make_old(storage: str, directory: Path, revision: str) -> Rows:
    """A database as a watchdesk of this revision left it, with rows in each table; what is in it."""
    database = Database(database_url(storage, directory))
    with database.write() as connection:
        migrate(connection, to=revision)
        for table in tables_of(database, connection):
            if connection.execute(select(table)).first() is None:
                rows = [{c.name: value_of(c, number) for c in table.columns} for number in (1, 2)]
                connection.execute(insert(table), rows)
    found = rows_of(database)
    database.close()
    return found


def tables_of(database: Database, connection: Any) -> list[Table]:
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def rows_of(database: Database) -> Rows:
    """The primary keys of each table."""
    with database.read() as connection:
        return {
            table.name: {tuple(row) for row in connection.execute(select(*table.primary_key.columns))}
            for table in tables_of(database, connection)
        }


def found_in(storage: str, directory: Path) -> tuple[str | None, Rows]:
    database = Database(database_url(storage, directory))
    with closing(database):
        with database.read() as connection:
            revision = revision_of(connection)
        return revision, rows_of(database)


def lives_in(old: Rows, new: Rows) -> bool:
    """Whether every row is there; of its own notes the program may add some."""
    return all(rows <= new.get(table, set()) for table, rows in old.items())
