"""Writes a file so that it is there whole or not at all, a power cut included."""

import os
from pathlib import Path

from watchdesk.config.private import PRIVATE, open_private, set_mode


def write_atomically(target: Path, content: bytes, temporary: Path, mode: int = PRIVATE) -> None:
    """Writes `temporary`, on the same file system, and renames it to `target` when it is on the disk.

    `mode`: of the file, whatever the umask. Raises `OSError` when that cannot be done; then `temporary` is
    gone.
    """
    try:
        with os.fdopen(open_private(temporary, os.O_WRONLY | os.O_TRUNC), "wb") as file:
            set_mode(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_directory(target.parent)


def sync_directory(directory: Path) -> None:
    """Makes new names in a directory survive a power cut."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
