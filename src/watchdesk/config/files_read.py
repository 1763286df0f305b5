"""Which files a configuration was read from, and what stood in them, so that a change can be told.

Files are compared by what they hold: a file that was saved as it was has not changed.
"""

import hashlib
from pathlib import Path

from watchdesk.config.ordinary_files import read_file

_ABSENT = b"cannot be read: "


class FilesRead:
    """A fingerprint of every file that was looked for, found or not."""

    def __init__(self) -> None:
        self.fingerprints: dict[Path, bytes] = {}

    def note(self, path: Path, content: bytes | None = None) -> None:
        """The file is about to be read, or was. `content`: what was read of it; else it is read here.

        A file that is read twice counts as it was at first, so that a change in between is seen.
        """
        if path not in self.fingerprints:
            self.fingerprints[path] = fingerprint_at(path) if content is None else _fingerprint(content)


def fingerprint_at(path: Path) -> bytes:
    """Of the file as it is now; why it cannot be read counts as what it holds."""
    try:
        return _fingerprint(read_file(path))
    except OSError as error:
        return _ABSENT + str(error.errno).encode()
    except ValueError:  # a name that no file can have
        return _ABSENT


def _fingerprint(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()
