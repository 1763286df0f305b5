"""SQLite's database as it is at one moment, in a folder of its own, to read while a service goes on.

A reader of the file itself would keep its write-ahead log growing for as long as it reads.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from watchdesk.config.private import give_away
from watchdesk.errors import StorageError, UsageError
from watchdesk.store.file_copy import copy_file, megabytes, room_needed
from watchdesk.store.open_file import FILE

FOLDER = ".moving"
"""In the state directory; what a killed move left of it counts for nothing."""


@contextmanager
def snapshot(state_directory: Path) -> Iterator[Path]:
    """The folder with the copy; it is gone afterwards.

    Raises `UsageError` where it cannot be written, or there is no room for it, and `StorageError`.
    """
    folder, file = state_directory / FOLDER, state_directory / FILE
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(mode=0o700)
        give_away(folder, state_directory.stat())
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as source:
            needed, free = room_needed(source), shutil.disk_usage(folder).free
            if free < needed:
                raise UsageError(
                    f"{file} is copied first, while its service runs: that needs {megabytes(needed)} of free "
                    f"space in {state_directory}, where {megabytes(free)} are free. Make room, or stop the "
                    "service before"
                )
            copy_file(source, folder / FILE, file.stat())
        yield folder
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror}; nothing was changed") from None
    except sqlite3.Error as error:
        raise StorageError(f"{file} cannot be copied: {error}; nothing was changed") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
