"""The command line: one file for each group of commands, which parses arguments, calls and prints.

To add a command, add a file, and list it in `root`. Leave decisions to the rooms below.
"""

import signal
import sys


def main() -> None:
    """Runs the command and ends the process with its exit status."""
    if "run" in sys.argv:
        # Until the service listens, the signal would end the process; no file has been read yet, so there is
        # nothing to reload.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    from watchdesk.cli.root import main as run  # noqa: PLC0415 - takes time, in which a signal may come

    run()


__all__ = ["main"]
