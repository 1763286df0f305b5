"""The command line: one file a command group. Parses arguments, calls, prints."""

import signal
import sys


def main() -> None:
    """Runs the command and ends the process with its exit status."""
    if "run" in sys.argv:
        # Until the service listens it has read no file yet, so there is nothing to reload; the signal would
        # end the process.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    from watchdesk.cli.root import main as run  # noqa: PLC0415 - a second in which a signal may come

    run()


__all__ = ["main"]
