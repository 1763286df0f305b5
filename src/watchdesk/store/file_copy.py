"""A copy of SQLite's file as it is at one moment, whoever writes it meanwhile."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from watchdesk.config.private import give_away

_MARGIN = 2_000_000
"""Bytes, and a twentieth of the copy: what is written beside it meanwhile."""


def room_needed(source: sqlite3.Connection) -> int:
    """Bytes that have to be free for a copy."""
    pages, page = (source.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    size = int(pages) * int(page)
    return size + size // 20 + _MARGIN


def copy_file(source: sqlite3.Connection, target: Path, like: os.stat_result) -> None:
    """Writes the copy, with the mode and the owner of the database, and syncs it.

    Raises `OSError`, `FileExistsError` where there is a file already, and `sqlite3.Error`.
    """
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.fchmod(descriptor, like.st_mode & 0o777)
        give_away(descriptor, like)
        with closing(sqlite3.connect(target)) as copy:
            copy.execute("PRAGMA journal_mode = OFF")
            copy.execute("PRAGMA synchronous = OFF")  # it is synced below, once
            source.backup(copy)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def megabytes(size: int) -> str:
    """Rounded up, for messages."""
    return f"{-(-size // 1_000_000):,} MB"
