"""Moves a database from a file to a server or back; the one that it comes from stays, marked as moved.

Both are marked, in an order by which one of them alone is worked on whenever a move dies: see
`store.arrivals`.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from watchdesk.config.private import make_folder
from watchdesk.errors import MovedStorage, NoDatabase, UsageError
from watchdesk.keeping.backing_up import open_to_copy
from watchdesk.store import replacing
from watchdesk.store.catching_up import fill_beside_service
from watchdesk.store.database import Database
from watchdesk.store.filling import fill_file, fill_server, is_unfinished
from watchdesk.store.leaving import arrive, existing, left
from watchdesk.store.move_marks import Mark, MarkKind, mark_of, remove_mark, sentence_of
from watchdesk.store.open_file import FILE
from watchdesk.store.opening import hold_off_starts, identity_of, newest_revision
from watchdesk.store.place import Place
from watchdesk.store.snapshot import snapshot
from watchdesk.store.table_rows import Chunk, Sums, columns_of_tables, numbers_given, read_rows


def copy_database(source: Place, target: Place, wrote: Callable[[int], object]) -> Sums:
    """Copies every row, and holds the target to the source by counts and hashes; they are returned.

    Then the desk is in the target alone. The caller keeps services from both.
    Raises `UsageError` and `StorageError`; then the target is as it was, or is not to be used.
    """
    if source.url == target.url:
        raise UsageError("the database is there already: name another place to move it to")
    revision, columns, sums = newest_revision(), columns_of_tables(), Sums()
    arriving = _arriving(source)
    with left(source, target, arriving.move) as connection:
        numbers = numbers_given(connection)

        def chunks() -> Iterator[Chunk]:
            for chunk in read_rows(connection):
                sums.add(chunk)
                yield chunk

        if target.is_file:
            _to_file(
                target,
                arriving,
                lambda new: fill_file(
                    new, revision, columns, chunks(), lambda: sums.document, wrote, arriving
                ),
            )
        else:
            with closing(Database(target.url)) as server:
                fill_server(
                    server,
                    revision,
                    columns,
                    chunks(),
                    lambda: (sums.document, numbers),
                    wrote,
                    desk=identity_of(connection),
                    mark=arriving,
                )
    arrive(target)
    return sums


def copy_beside_service(
    source: Place,
    target: Place,
    stopped: Callable[[Callable[[], object]], object],
    wrote: Callable[[int], object],
) -> Sums:
    """The same from a file to a server, while a service goes on to write the file.

    `stopped` returns once it has ended; from then on the caller keeps services from both. It calls what it is
    given now and then meanwhile: that raises where the server is away.
    """
    arriving = _arriving(source)
    with ExitStack() as stack:
        server = stack.enter_context(closing(Database(target.url)))
        copy = stack.enter_context(snapshot(source.state_directory))

        sums = fill_beside_service(
            server,
            copy,
            stopped,
            lambda: stack.enter_context(left(source, target, arriving.move)),
            wrote,
            arriving,
        )
    arrive(target)
    return sums


def finish_move(source: Place, target: Place) -> bool:
    """Ends a move between these two that was interrupted after it was decided; whether there was one.

    Raises `MovedStorage` where the desk of `source` is elsewhere, and `StorageError`.
    """
    with closing(existing(source)) as database, database.read() as connection:
        mark, where = mark_of(connection), database.where
    if mark is None or mark.kind is MarkKind.ARRIVING:
        return False
    elsewhere = MovedStorage(sentence_of(mark, where, source.named))
    if mark.place != target.named:
        raise elsewhere
    with closing(existing(target)) as database, database.write() as connection:
        if mark_of(connection) != Mark(MarkKind.ARRIVING, source.named, mark.move):
            raise elsewhere
        remove_mark(connection)
    return True


def undo_move(source: Place) -> str:
    """A database from which a desk has moved is worked on again; where the desk is that moved.

    Its tables may be of any version. Raises `UsageError` where none has, and `StorageError`.
    """
    if source.is_file and not (source.state_directory / FILE).is_file():
        raise NoDatabase(f"there is no database {source.shown}; name the state directory with --state")
    with closing(existing(source)) as database, database.write() as connection:
        hold_off_starts(connection)
        mark = mark_of(connection)
        if mark is None or mark.kind is not MarkKind.LEFT:
            raise UsageError(f"no desk has moved away from {database.where}: there is nothing to undo")
        remove_mark(connection)
    return mark.place


def _arriving(source: Place) -> Mark:
    return Mark(MarkKind.ARRIVING, source.named, uuid.uuid4().hex)


def _to_file(place: Place, arriving: Mark, fill: Callable[[Path], None]) -> None:
    directory = place.state_directory
    replacing.finish(directory)
    there = sorted(directory.glob(f"{FILE}*"))
    if there and not is_unfinished(_mark_in(place), arriving):
        raise UsageError(
            f"{directory} has a database already ({', '.join(path.name for path in there)}); "
            "nothing was changed"
        )
    try:
        for path in there:
            path.unlink()
        fill(replacing.begin(directory))
        replacing.decide(directory, [], None)
    except OSError as error:
        raise UsageError(f"{directory} cannot be written: {error.strerror}; nothing was changed") from None
    finally:
        replacing.give_up(directory)


def _mark_in(place: Place) -> Mark | None:
    if not (place.state_directory / FILE).is_file():
        return None
    with closing(existing(place)) as database, database.read() as connection:
        return mark_of(connection)


def look_at(source: Place) -> None:
    """Raises `UsageError` or `StorageError` where there is no database to copy, as `copy_database` does."""
    open_to_copy(source.storage, source.state_directory).close()


def made_folder(place: Place) -> None:
    """Makes the directory of a file if it is missing. Raises `UsageError`."""
    if not place.is_file:
        return
    try:
        make_folder(place.state_directory)
    except OSError as error:
        raise UsageError(f"{place.state_directory} cannot be made: {error.strerror}") from None
