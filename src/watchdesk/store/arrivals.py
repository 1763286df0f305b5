"""Whether the desk of a database is here: it may have moved, or a move to here may not have come to its end.

A move marks what it fills, then what it leaves, then takes the first mark away. The second of these decides:
before it the desk is where it was, and after it where it went, also where the third is missing.
"""

from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection

from watchdesk.errors import MovedStorage, StorageError
from watchdesk.logger import get_logger
from watchdesk.store.database import Database
from watchdesk.store.move_marks import Mark, MarkKind, mark_of, remove_mark, sentence_of
from watchdesk.store.place import place_of

log = get_logger(__name__)

_PATIENCE = "3"
"""Seconds for the server that a desk came from to accept the connection."""


def refuse_moved(connection: Connection, database: Database) -> None:
    """Within a writing transaction. Raises `MovedStorage` where the desk is not, or not yet, in `database`.

    Where the place can be seen that it came from, and that is marked, the move is ended.
    """
    mark = mark_of(connection)
    if mark is None:
        return
    if mark.kind is MarkKind.ARRIVING and has_left(mark):
        remove_mark(connection)
        log.info("a move that was interrupted has come to its end", to=database.where)
        return
    raise MovedStorage(sentence_of(mark, database.where, database.named))


def moved_away(database: Database) -> str | None:
    """What to know of a database that is read though the desk is not in it; None of any other.

    Raises `StorageError`.
    """
    with database.read() as connection:
        mark = mark_of(connection)
    return sentence_of(mark, database.where, database.named) if mark else None


def has_left(arriving: Mark) -> bool:
    """Whether the place that a desk is to come from can be seen, and says that the desk has left it."""
    try:
        url = place_of(arriving.place, Path()).url
        if Database.is_sqlite(url):
            if not Path(url.database or "").is_file():
                return False
        elif "connect_timeout" not in url.query:
            url = url.update_query_dict({"connect_timeout": _PATIENCE})
        with (
            closing(Database(url, reads_with=1, leaves_no_trace=True)) as there,
            there.read() as connection,
        ):
            found = mark_of(connection)
    except StorageError:
        return False
    return found is not None and (found.kind, found.move) == (MarkKind.LEFT, arriving.move)
