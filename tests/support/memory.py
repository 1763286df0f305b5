"""Where tests keep their files: in memory, where there is room. A disk is waited for at each commit."""

import os
import shutil
from functools import cache
from pathlib import Path

_SHARED = Path("/dev/shm")  # tmpfs(5)
_ROOM = 3 << 30
"""Bytes that must be free: some of the tests leave databases of hundreds of megabytes until they end."""


@cache
def in_memory() -> Path | None:
    """A folder of the machine's; None where there is none, where it is small, or nothing in it may be run."""
    try:
        may_run = not os.statvfs(_SHARED).f_flag & os.ST_NOEXEC
        return _SHARED if may_run and shutil.disk_usage(_SHARED).free >= _ROOM else None
    except OSError:
        return None
