"""One service for each state directory: a second one is refused, and names the first."""

import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from watchdesk.config.private import give_away, open_private
from watchdesk.errors import UsageError

FILE = "run.lock"
_FLOCK = "hhqqi0q"
"""struct flock (fcntl(2)): kind, whence, start, length, process; filled up as the compiler does."""


def holder(state_directory: Path) -> int | None:
    """The process that holds the directory; None where none does. Takes and writes nothing.

    0 stands for one in another container. Raises `OSError` where the lock may not be looked at.
    """
    try:
        descriptor = os.open(state_directory / FILE, os.O_RDONLY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        kind, _, _, _, pid = struct.unpack(_FLOCK, fcntl.fcntl(descriptor, fcntl.F_GETLK, asked))
    finally:
        os.close(descriptor)
    return None if kind == fcntl.F_UNLCK else max(pid, 0)


@contextmanager
def only_service(state_directory: Path) -> Iterator[None]:
    """Holds the directory for this process; the kernel lets go of it however the process ends.

    By a record lock (fcntl(2)), which children do not inherit as they would one of flock(2): a reader that
    outlives a killed service by a moment must not keep the next one from its start.

    Raises `UsageError` when another service holds it, or it may not be written.
    """
    path = state_directory / FILE
    try:
        opened = os.fdopen(open_private(path, os.O_RDWR | os.O_APPEND), "a+", encoding="ascii")
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}; the service needs a state directory of its own, "
            "and room in it"
        ) from None
    with opened as file:
        # Of a command that root runs the lock stays, for the service to take.
        give_away(file.fileno(), state_directory.stat())
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            pid = file.read().strip() or "unknown"
            raise UsageError(
                f"another watchdesk (process {pid}) serves {state_directory}; "
                "stop it first, or give this one a --state of its own"
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
