"""What stands at a path, for who may not look everywhere: there pathlib raises, before Python 3.14."""

from pathlib import Path


def is_there(path: Path) -> bool:
    """Whether there is anything by this name, a link that leads nowhere included.

    What may not be looked at is there: who reads it says why not.
    """
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def is_folder(path: Path) -> bool:
    """What may not be looked at is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def is_file(path: Path) -> bool:
    """What may not be looked at is none."""
    try:
        return path.is_file()
    except OSError:
        return False
