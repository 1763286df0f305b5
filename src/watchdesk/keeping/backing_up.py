"""Writes a backup of a desk, also while its service runs: one transaction sees all of the database."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from watchdesk.config.kept_folders import FOLDER, KeptFolders
from watchdesk.config.without_secrets import Removed
from watchdesk.errors import NoDatabase, UsageError
from watchdesk.keeping.backup_file import STATE_FILES, BackupWriter, Manifest
from watchdesk.keeping.config_files import FilesToKeep
from watchdesk.store import replacing
from watchdesk.store.database import Database, database_url
from watchdesk.store.opening import newest_revision, revision_of
from watchdesk.store.table_rows import columns_of_tables, numbers_given, read_rows


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What a backup holds, and what it does not."""

    rows: dict[str, dict[str, object]]
    files: Sequence[str]
    removed: Sequence[Removed]
    """Secrets that stood in the files."""
    left_out: Sequence[str]
    """Files that hold a secret, or cannot be read."""


def open_to_copy(storage: str, state_directory: Path) -> Database:
    """The database as it is, to read. Raises `NoDatabase`, or `UsageError` where its version is another."""
    replacing.finish(state_directory)
    database = Database(database_url(storage, state_directory), reads_with=4)
    file = database.open_file
    if file:
        file.may_begin = False
        if not file.path.is_file():
            raise NoDatabase(f"there is no database {file.path}; name the state directory with --state")
    try:
        with database.read() as connection:
            revision = revision_of(connection)
    except BaseException:
        database.close()
        raise
    if revision == newest_revision():
        return database
    database.close()
    if revision is None:
        raise NoDatabase(f"there is no database of watchdesk in {database.where}")
    raise UsageError(
        f"the database {database.where} is of another version (its is {revision}, this one's is "
        f"{newest_revision()}): use the watchdesk that runs on it, or start this one on it first"
    )


def back_up(
    out: BinaryIO,
    database: Database,
    config: Path | None,
    state_directory: Path,
    made: tuple[datetime, str],
    wrote: Callable[[int], object],
) -> BackedUp:
    """Writes all of it. `made`: when, and by which version. `wrote` hears of rows. Raises `StorageError`."""
    at = database.url.set(drivername="postgresql", password=None)
    storage = "sqlite" if database.open_file else at.render_as_string()
    manifest = Manifest(made[0].isoformat(), made[1], newest_revision(), storage, columns_of_tables())
    writer = BackupWriter(out, manifest)
    files, names = FilesToKeep(), list[str]()
    try:
        for name, content in (*(files.of(config) if config else ()), *_state(state_directory)):
            writer.add_file(name, content)
            names.append(name)
        with database.read() as connection:
            for chunk in read_rows(connection):
                writer.add_rows(chunk)
                wrote(len(chunk.lines))
            numbers = numbers_given(connection)
        writer.end(numbers)
    except BaseException:
        writer.give_up()
        raise
    return BackedUp(writer.sums.document, names, files.removed, files.left_out)


def _state(state_directory: Path) -> Iterator[tuple[str, bytes]]:
    """Raises `UsageError` for a file that cannot be read: a backup without it would lack what it is for."""
    named = [(f"state/{name}", state_directory / name) for name in STATE_FILES]
    kept = [(f"state/{FOLDER}/{path.name}", path) for path in KeptFolders(state_directory).files]
    for name, path in (*((name, path) for name, path in named if path.is_file()), *kept):
        try:
            content = path.read_bytes()
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror}; nothing was written") from None
        yield name, content
