"""Writes a file so that it is there whole or not at all, a power cut included."""

import os
from pathlib import Path


def write_durably(target: Path, content: bytes, temporary: Path) -> None:
    """Writes `temporary`, on the same file system, and renames it to `target` when it is on the disk.

    Raises `OSError` when that cannot be done; then `temporary` is gone.
    """
    try:
        with temporary.open("wb") as file:
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
