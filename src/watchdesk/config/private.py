"""Makes files and folders that only their owner may use, whatever the umask. What exists keeps its mode."""

import os
import stat
from pathlib import Path

PRIVATE = 0o600
"""The owner may read and write, nobody else."""


def folder_mode(file_mode: int) -> int:
    """The mode of a folder whose files have this mode: whoever may read them may list it."""
    return file_mode | (file_mode & 0o444) >> 2


def make_folder(path: Path, mode: int = 0o700) -> None:
    """Makes the folder, and those above it that are missing, with this mode. Raises `OSError`."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:  # another process made it first
            continue
        folder.chmod(mode | (folder.stat().st_mode & stat.S_ISGID))  # an inherited group stays inherited
    if not path.is_dir():
        path.mkdir()  # raises what is wrong


def open_private(path: Path, flags: int = os.O_WRONLY, mode: int = PRIVATE) -> int:
    """Opens the file, and makes it with this mode where it is missing. Raises `OSError`."""
    try:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, PRIVATE)
    except FileExistsError:
        return os.open(path, flags | os.O_CREAT, PRIVATE)
    os.fchmod(descriptor, mode)
    return descriptor


def set_mode(descriptor: int, mode: int) -> None:
    """Gives an open file this mode; a device keeps its own. Raises `OSError`."""
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.fchmod(descriptor, mode)
