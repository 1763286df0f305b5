"""Reads a file that a person named: an ordinary one, and not too large."""

from errno import EFBIG, EINVAL
from pathlib import Path
from stat import S_ISDIR, S_ISREG

LARGEST = 64 << 20
"""Bytes of a file."""


def read_file(path: Path) -> bytes:
    """The content of an ordinary file of at most `LARGEST` bytes. Raises `OSError` with the reason."""
    found = path.stat()
    if not S_ISREG(found.st_mode) and not S_ISDIR(found.st_mode):  # a pipe or a device may never end
        raise OSError(EINVAL, "this is no ordinary file")
    if found.st_size > LARGEST:
        raise OSError(EFBIG, f"the file has {found.st_size >> 20} MB, and at most {LARGEST >> 20} are read")
    return path.read_bytes()
