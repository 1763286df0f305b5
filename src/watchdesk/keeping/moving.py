"""Moves a database from a file to a server or back; the one that it comes from stays as it is."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from watchdesk.config.private import make_folder
from watchdesk.errors import UsageError
from watchdesk.keeping.backing_up import open_to_copy
from watchdesk.store import replacing
from watchdesk.store.catching_up import fill_beside_service
from watchdesk.store.database import Database
from watchdesk.store.filling import fill_file, fill_server, refuse_others
from watchdesk.store.open_file import FILE
from watchdesk.store.opening import identity_of, newest_revision
from watchdesk.store.place import Place
from watchdesk.store.snapshot import snapshot
from watchdesk.store.table_rows import Chunk, Sums, columns_of_tables, numbers_given, read_rows


def copy_database(source: Place, target: Place, wrote: Callable[[int], object]) -> Sums:
    """Copies every row, and holds the target to the source by counts and hashes; they are returned.

    The caller keeps services from both. Raises `UsageError` and `StorageError`; then the target is as it was.
    """
    if source.url == target.url:
        raise UsageError("the database is there already: name another place to move it to")
    revision, columns, sums = newest_revision(), columns_of_tables(), Sums()
    with ExitStack() as stack:
        database = stack.enter_context(closing(open_to_copy(source.storage, source.state_directory)))
        connection = stack.enter_context(database.read())
        if not source.is_file:
            refuse_others(connection, database.where)
        numbers = numbers_given(connection)

        def chunks() -> Iterator[Chunk]:
            for chunk in read_rows(connection):
                sums.add(chunk)
                yield chunk

        if target.is_file:
            _to_file(
                target.state_directory,
                lambda new: fill_file(new, revision, columns, chunks(), lambda: sums.document, wrote),
            )
        else:
            server = stack.enter_context(closing(Database(target.url)))
            desk = identity_of(connection)
            fill_server(
                server, revision, columns, chunks(), lambda: (sums.document, numbers), wrote, desk=desk
            )
    return sums


def copy_beside_service(
    source: Place,
    target: Place,
    stopped: Callable[[Callable[[], object]], object],
    wrote: Callable[[int], object],
) -> Sums:
    """The same from a file to a server, while a service goes on to write the file.

    `stopped`: as `fill_beside_service` has it; from then on the caller keeps services from both.
    """
    with ExitStack() as stack:
        file = stack.enter_context(closing(open_to_copy(source.storage, source.state_directory)))
        server = stack.enter_context(closing(Database(target.url)))
        copy = stack.enter_context(snapshot(source.state_directory))
        return fill_beside_service(server, file, copy, stopped, wrote)


def _to_file(directory: Path, fill: Callable[[Path], None]) -> None:
    replacing.finish(directory)
    there = [path.name for path in directory.glob(f"{FILE}*")]
    if there:
        raise UsageError(
            f"{directory} has a database already ({', '.join(sorted(there))}); nothing was changed"
        )
    try:
        fill(replacing.begin(directory))
        replacing.decide(directory, [], None)
    except OSError as error:
        raise UsageError(f"{directory} cannot be written: {error.strerror}; nothing was changed") from None
    finally:
        replacing.give_up(directory)


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
