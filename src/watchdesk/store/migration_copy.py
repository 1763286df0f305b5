"""The copy of SQLite's file that is made before it is migrated, and the way back to it.

It stands beside the database, is named by its version, and is kept until the second start that went well: a
watchdesk that turns out worse than the one before is noticed by then.
"""

import re
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from watchdesk.config.durable import sync
from watchdesk.errors import UnusableStorage
from watchdesk.logger import get_logger
from watchdesk.store.file_copy import copy_file, megabytes, room_needed

log = get_logger(__name__)

STARTS_NOTE = "migration.good_starts"
"""The note that counts them, from a migration of SQLite's file until its copy is removed."""
ENOUGH_STARTS = 2


def copy_path(database: Path, revision: str) -> Path:
    """Where the copy of this version stands."""
    return database.with_name(f"{database.name}.version-{revision}")


def copies(database: Path) -> dict[str, Path]:
    """The copies that are there, by their versions."""
    named = re.compile(re.escape(database.name) + r"\.version-(\d{4})")
    with suppress(OSError):
        return {
            found[1]: path
            for path in sorted(database.parent.iterdir())
            if (found := named.fullmatch(path.name))
        }
    return {}


def copy_aside(database: Path, revision: str, newest: str) -> Path:
    """Copies the database as it is, while the caller keeps others from writing it.

    After a crash or a power cut the copy is there in full or not at all. Raises `UnusableStorage` where there
    is no room for it; then there is none, and nothing has changed.
    """
    target, part = copy_path(database, revision), _part(database)
    part.unlink(missing_ok=True)
    target.unlink(
        missing_ok=True
    )  # of a migration that was interrupted: the database is what it was, or newer
    source_uri = f"{database.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(source_uri, uri=True)) as source:
        needed = room_needed(source)
        free = shutil.disk_usage(database.parent).free
        if free < needed:
            raise _no_room(target, revision, newest, needed, free)
        try:
            copy_file(source, part, database.stat())
            part.replace(target)
            sync(database.parent)
        except (OSError, sqlite3.Error) as error:
            part.unlink(missing_ok=True)
            if _is_damage(error):
                raise
            log.warning("the database cannot be copied", file=str(target), why=str(error))
            raise _no_room(
                target, revision, newest, needed, shutil.disk_usage(database.parent).free
            ) from error
    return target


def drop_copies(database: Path) -> None:
    """Removes every copy, also what is left of one that was interrupted."""
    for path in (*copies(database).values(), _part(database)):
        with suppress(OSError):
            path.unlink(missing_ok=True)


def way_back(database: Path | None, newest: str) -> str:
    """What to do where this watchdesk, whose version of tables is `newest`, is older than the database."""
    usable = (
        {revision: path for revision, path in copies(database).items() if revision <= newest}
        if database
        else {}
    )
    if not database or not usable:
        return (
            "use that watchdesk; to go back to this one, restore a backup from before the upgrade, or give "
            "this one a state directory and a database of its own"
        )
    copy, name = usable[max(usable)], database.name
    return (
        f"use that watchdesk. To go back to this one: {copy} is the database from before the upgrade; stop "
        f"watchdesk, move {name} and, where they are there, {name}-wal and {name}-shm aside, and rename "
        f"{copy.name} to {name}; what came since is missing from it"
    )


def _part(database: Path) -> Path:
    return database.with_name(f"{database.name}.version.part")


def _is_damage(error: Exception) -> bool:
    code = (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _no_room(target: Path, revision: str, newest: str, needed: int, free: int) -> UnusableStorage:
    return UnusableStorage(
        f"the database is to be brought from version {revision} to {newest}, and to be copied to {target} "
        f"before: that needs {megabytes(needed)} of free space in {target.parent}, where {megabytes(free)} "
        "are free. Make room, and start it again; nothing was changed, and the watchdesk before can go on "
        "using it"
    )
