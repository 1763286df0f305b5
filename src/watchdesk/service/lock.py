"""One service for each state directory: a second one is refused, and names the first."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from watchdesk.config.private import open_private
from watchdesk.errors import UsageError


@contextmanager
def only_service(state_directory: Path) -> Iterator[None]:
    """Holds the directory for this process; the kernel lets go of it however the process ends.

    By a record lock (fcntl(2)), which children do not inherit as they would one of flock(2): a reader that
    outlives a killed service by a moment must not keep the next one from its start.

    Raises `UsageError` when another service holds it, or it may not be written.
    """
    path = state_directory / "run.lock"
    try:
        opened = os.fdopen(open_private(path, os.O_RDWR | os.O_APPEND), "a+", encoding="ascii")
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}; the service needs a state directory of its own, "
            "and room in it"
        ) from None
    with opened as file:
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
