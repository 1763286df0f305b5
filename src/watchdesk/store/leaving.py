"""The transaction by which a desk leaves a database, and the one by which it comes; see `arrivals`."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy import Connection, text

from watchdesk.store.arrivals import refuse_moved
from watchdesk.store.database import Database
from watchdesk.store.filling import refuse_others
from watchdesk.store.move_marks import Mark, MarkKind, set_mark
from watchdesk.store.opening import hold_off_starts
from watchdesk.store.place import Place
from watchdesk.store.rights import rights_explained


@contextmanager
def left(source: Place, target: Place, move: str) -> Iterator[Connection]:
    """A transaction that marks `source` as moved: nobody else writes it meanwhile, nor after it.

    Raises `UsageError` where others use it, `StorageError` where it cannot be marked.
    """
    with closing(existing(source)) as database, database.write() as connection:
        hold_off_starts(connection)
        if not source.is_file:
            refuse_others(connection, database.where)
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        refuse_moved(connection, database)
        with rights_explained(database):
            set_mark(connection, Mark(MarkKind.LEFT, target.named, move))
        yield connection


def arrive(target: Place) -> None:
    """What was filled is where the desk is, from now on. Raises `StorageError`."""
    with closing(existing(target)) as database, database.write() as connection:
        refuse_moved(connection, database)


def existing(place: Place) -> Database:
    """A database that is there, to be written; none is made."""
    database = Database(place.url)
    if database.open_file:
        database.open_file.may_begin = False
    return database
