"""Fills an empty database with the rows of another, and holds it to them before anybody uses it.

On a server all of it is one transaction. A file is filled beside its place, and put there by the caller.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, text

from watchdesk.errors import StorageError, UsageError
from watchdesk.store.database import Database, database_url
from watchdesk.store.move_marks import MARK, Mark, MarkKind, mark_of, set_mark
from watchdesk.store.opening import hold_off_starts, identity_of, make_empty_tables, revision_of
from watchdesk.store.table_rows import Chunk, Columns, Writer, go_on_numbering, sums_of
from watchdesk.store.tables import metadata

Told = Mapping[str, Mapping[str, object]]
"""By table: `rows` and `hash`, as `Sums.document` has them."""
Wrote = Callable[[int], object]
"""Hears of rows that were written."""


def fill_file(
    folder: Path,
    revision: str,
    columns: Columns,
    chunks: Iterable[Chunk],
    ends: Callable[[], Told],
    wrote: Wrote,
    mark: Mark | None = None,
) -> None:
    """Makes watchdesk.db in a folder that nobody else uses. `ends`: asked once all chunks were taken.

    `mark`: what it gets. Raises `StorageError`, also where what it holds then is not what was to be written.
    """
    with closing(Database(database_url("sqlite", folder))) as database:

        @event.listens_for(database.engine, "connect")
        def prepare(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA synchronous = OFF")  # it is synced as a whole
            connection.execute("PRAGMA foreign_keys = OFF")  # rows that lead nowhere do no harm there

        with database.write() as connection:
            make_empty_tables(connection, revision)
        writer = Writer(columns)
        for chunk in chunks:  # each for itself: a text is packed by what others see of the dictionaries
            with database.write() as connection:
                writer.write(connection, chunk)
            wrote(len(chunk.lines))
        with database.read() as connection:
            hold(connection, columns, ends(), database.where)
        if mark:
            with database.write() as connection:
                set_mark(connection, mark)


def fill_server(
    database: Database,
    revision: str,
    columns: Columns,
    chunks: Iterable[Chunk],
    ends: Callable[[], tuple[Told, Mapping[str, int]]],
    wrote: Wrote,
    aside: str | None = None,
    desk: str | None = None,
    mark: Mark | None = None,
) -> bool:
    """Fills the tables of a server, in one transaction; whether tables were there, which are in `aside` now.

    `desk`: the identity of the database whose rows these are, where that is another one. `mark`: what the
    server gets.

    Raises `UsageError` where there are some and no `aside`, or others use the database; `StorageError` where
    what it holds then is not what was to be written. Then nothing has changed.
    """
    with database.write() as connection:
        were_there = begin_server(connection, database.where, revision, aside, desk, mark)
        writer = Writer(columns)
        for chunk in chunks:
            writer.write(connection, chunk)
            wrote(len(chunk.lines))
        told, numbers = ends()
        hold(connection, columns, told, database.where)
        go_on_numbering(connection, numbers)
        if mark:
            set_mark(connection, mark)
    return were_there


def begin_server(
    connection: Connection,
    where: str,
    revision: str,
    aside: str | None = None,
    desk: str | None = None,
    mark: Mark | None = None,
) -> bool:
    """Makes empty tables, in a transaction; whether there were some, as `fill_server` says. Raises as that.

    `desk`: the identity of the database whose rows are to come. `mark`: that of the move that brings them;
    what an earlier one has left unfinished is taken away.
    """
    refuse_others(connection, where)
    hold_off_starts(connection)
    if mark and is_unfinished(mark_of(connection), mark):
        _drop(connection)
    were_there = revision_of(connection) is not None
    if were_there:
        if aside is None:
            raise UsageError(f"the database {where} is not empty{_whose(connection, desk)}")
        _set_aside(connection, aside)
    make_empty_tables(connection, revision)
    return were_there


def _whose(connection: Connection, desk: str | None) -> str:
    if desk is not None and identity_of(connection) == desk:
        return (
            ": a move of this desk has come to its end there. Go on with it, as that move would have said: "
            "write it under `storage` in watchdesk.yaml"
        )
    return "; nothing was changed"


def hold(connection: Connection, columns: Columns, told: Told, where: str) -> None:
    """Raises `StorageError` where what a database holds is not what was to be written."""
    found = sums_of(connection, columns).document
    different = [name for name in {**found, **told} if found.get(name) != told.get(name)]
    if different:
        raise StorageError(
            f"what {where} holds of {', '.join(sorted(different))} is not what was to be written; "
            "nothing was changed"
        )


def refuse_others(connection: Connection, where: str) -> None:
    """Raises `UsageError` where another process is connected to the server's database."""
    others = connection.execute(
        text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
    ).scalar()
    if others:
        raise UsageError(
            f"others use the database {where} ({others} connections): stop the watchdesk that runs on it, "
            "and what else has it open"
        )


def is_unfinished(found: Mark | None, mark: Mark) -> bool:
    """Whether a database holds what an earlier move from the same place has left, and nobody has used."""
    return found is not None and (found.kind, found.place) == (MarkKind.ARRIVING, mark.place)


def _own_tables(connection: Connection) -> Sequence[str]:
    """Those of a desk that are there, quoted."""
    names = connection.execute(
        text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename")
    ).scalars()
    quoted = connection.dialect.identifier_preparer.quote
    return [quoted(name) for name in names if name in {*metadata.tables, "alembic_version", MARK.name}]


def _drop(connection: Connection) -> None:
    for name in _own_tables(connection):
        connection.exec_driver_sql(f"DROP TABLE {name} CASCADE")


def _set_aside(connection: Connection, schema: str) -> None:
    """Moves every table of ours, with its indices and sequences, into a schema of its own."""
    quoted = connection.dialect.identifier_preparer.quote
    own = _own_tables(connection)
    connection.exec_driver_sql(f"CREATE SCHEMA {quoted(schema)}")
    for name in own:
        connection.exec_driver_sql(f"ALTER TABLE {name} SET SCHEMA {quoted(schema)}")
