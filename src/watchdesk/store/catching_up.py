"""Fills a server from SQLite's file while a service writes it, and adds what changed once that has stopped.

All of it is one transaction of the server: until it ends, nobody sees a row.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Table, func, select, text

from watchdesk.errors import StorageError
from watchdesk.store.database import Database, database_url
from watchdesk.store.filling import Wrote, begin_server, hold
from watchdesk.store.move_marks import Mark, set_mark
from watchdesk.store.open_file import FILE
from watchdesk.store.opening import identity_of, newest_revision
from watchdesk.store.table_rows import (
    Key,
    Sums,
    Writer,
    columns_of_tables,
    delete_rows_of,
    go_on_numbering,
    numbers_given,
    ordered_tables,
    read_rows,
    read_rows_of,
)
from watchdesk.store.tables import metadata

_REFERENCES = text(
    "SELECT conrelid::regclass::text AS place, conname AS name, pg_get_constraintdef(oid) AS rule "
    "FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
)


@dataclass(frozen=True, slots=True)
class Changes:
    """Keys of a table's rows: what came or is another than in the copy, and what was in the copy and is
    another or gone.
    """

    now: Sequence[Key]
    before: Sequence[Key]


def fill_beside_service(
    server: Database,
    copy: Path,
    stopped: Callable[[Callable[[], object]], object],
    leave: Callable[[], Connection],
    wrote: Wrote,
    mark: Mark,
) -> Sums:
    """Fills the server from `copy`, the folder of a snapshot of a file, then with what changed since.

    `stopped` returns once the service has stopped, and calls what it is given now and then meanwhile: that
    raises where the server is away. `leave` begins a transaction of the file in which nobody else writes it,
    to be ended after this. `mark`: what the server gets.
    Raises `UsageError` and `StorageError`; then nothing has changed.
    """
    columns, sums = columns_of_tables(), Sums()
    writer = Writer(columns)
    before = Database(database_url("sqlite", copy), reads_with=2)
    try:
        with before.read() as copied:
            desk = identity_of(copied)
        with server.write() as connection:
            begin_server(connection, server.where, newest_revision(), desk=desk, mark=mark)
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            # Rows are exchanged one table after the other; references are looked at again when all are there.
            references = _without_references(connection)
            with before.read() as copied:
                for chunk in read_rows(copied):
                    sums.add(chunk)
                    writer.write(connection, chunk)
                    wrote(len(chunk.lines))
            hold(connection, columns, sums.document, server.where)
            stopped(lambda: connection.execute(text("SELECT 1")))
            now = leave()
            with before.read() as copied:
                now.execute(text("ATTACH DATABASE :path AS copied"), {"path": str(copy / FILE)})
                for one in ordered_tables():
                    _exchange(one, changes(now, one), (now, copied, connection), writer, sums)
                numbers = numbers_given(now)
            for statement in references:
                connection.execute(text(statement))
            go_on_numbering(connection, numbers)
            set_mark(connection, mark)
    finally:
        before.close()
    return sums


def changes(connection: Connection, one: Table) -> Changes:
    """What of a table differs from that of the database that is attached as `copied`."""
    quote = connection.dialect.identifier_preparer.quote
    keys = [quote(key.name) for key in one.primary_key.columns]
    by_key = " AND ".join(f"a.{key} = b.{key}" for key in keys)
    differs = " OR ".join(f"a.{quote(each.name)} IS NOT b.{quote(each.name)}" for each in one.columns)

    def other(here: str, there: str) -> list[Key]:
        asked = (
            f"SELECT {', '.join(f'a.{key}' for key in keys)} FROM {here}.{quote(one.name)} AS a "  # noqa: S608 - ours
            f"LEFT JOIN {there}.{quote(one.name)} AS b ON {by_key} WHERE b.{keys[0]} IS NULL OR {differs}"
        )
        return [tuple(row) for row in connection.execute(text(asked))]

    return Changes(other("main", "copied"), other("copied", "main"))


def _exchange(
    one: Table,
    found: Changes,
    databases: tuple[Connection, Connection, Connection],
    writer: Writer,
    sums: Sums,
) -> None:
    """Takes what is gone or changed from the server, writes what there is now, and reads it back."""
    now, copied, server = databases
    delete_rows_of(server, one, found.before)
    for chunk in read_rows_of(copied, one, found.before):
        sums.take_away(chunk)
    written, read = Sums(), Sums()
    for chunk in read_rows_of(now, one, found.now):
        sums.add(chunk)
        written.add(chunk)
        writer.write(server, chunk)
    for chunk in read_rows_of(server, one, found.now):
        read.add(chunk)
    rows = server.execute(select(func.count()).select_from(one)).scalar_one()
    held = sums.by_table[one.name].rows if one.name in sums.by_table else 0
    if written.document != read.document or rows != held:
        raise StorageError(
            f"what the server holds of {one.name} is not what was to be written; nothing was changed"
        )


def _without_references(connection: Connection) -> Sequence[str]:
    """Drops the foreign keys of our tables; statements that make them again."""
    quote = connection.dialect.identifier_preparer.quote
    again = []
    for place, name, rule in connection.execute(_REFERENCES).all():
        if place in metadata.tables:
            connection.execute(text(f"ALTER TABLE {quote(place)} DROP CONSTRAINT {quote(name)}"))
            again.append(f"ALTER TABLE {quote(place)} ADD CONSTRAINT {quote(name)} {rule}")
    return again
