"""Writes a file atomically: after a crash or a power cut it is there in full or not at all."""

import os
from pathlib import Path

from watchdesk.config.durable import sync
from watchdesk.config.private import PRIVATE, open_private, set_mode


def write_atomically(target: Path, content: bytes, temporary: Path, mode: int = PRIVATE) -> None:
    """Writes `temporary`, which must be on the same file system, syncs it, and renames it to `target`.

    `mode`: of the file, whatever the umask. On failure, removes `temporary` and raises `OSError`.
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
    sync(target.parent)
