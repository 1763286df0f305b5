"""The command line: one file for each group of commands, which parses arguments, calls and prints.

To add a command, add a file, and list it in `root`. Leave decisions to the rooms below.
"""

import gc
import signal
import sys

_SELDOM = 50_000
"""New objects after which a short command looks for garbage: loading makes many, nearly all of which stay."""


def main() -> None:
    """Runs the command and ends the process with its exit status."""
    if "run" in sys.argv:
        # Until the service listens, the signal would end the process; no file has been read yet, so there is
        # nothing to reload.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    else:
        gc.set_threshold(_SELDOM)
    from watchdesk.cli.root import main as run  # noqa: PLC0415 - takes time, in which a signal may come

    run()


__all__ = ["main"]
