"""One service a state directory: a second one is told about the first."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from watchdesk.errors import UsageError


@contextmanager
def only_service(state_directory: Path) -> Iterator[None]:
    """Holds the directory for this process; the kernel lets go of it however the process ends.

    Raises `UsageError` when another service holds it.
    """
    path = state_directory / "run.lock"
    with path.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
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
