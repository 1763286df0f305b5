"""The command line: one file for each group of commands, which parses arguments, calls and prints.

To add a command, add a file, and import and list it in `root`. Leave decisions to the rooms below.
"""

import gc
import signal
import sys
from collections.abc import Callable
from functools import cache


def main() -> None:
    """Runs the command and ends the process with its exit status."""
    if "run" in sys.argv:
        # Until the service listens, the signal would end the process; no file has been read yet, so there is
        # nothing to reload.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    _imported()()


@cache
def _imported() -> Callable[[], None]:
    """The command. Importing leaves no garbage: searching for it would take a third of the start."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        from watchdesk.cli.root import main as run  # noqa: PLC0415 - takes a second, in which a signal may come
    finally:
        gc.freeze()
        if enabled:
            gc.enable()
    return run


__all__ = ["main"]
