"""Ctrl-C while the database works, or keeps a command waiting, where Python does not learn of it."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from select import select

from watchdesk.cli.root import INTERRUPTED

_PATIENCE = 1.0
"""Seconds that the command has to end by itself."""
_STDERR = 2
_SHOW_CURSOR = "\x1b[?25h"


def _nothing() -> None:
    """There is nothing to stop yet."""


@contextmanager
def ended_at_once(stop: Callable[[], None] = _nothing) -> Iterator[None]:
    """Until it is left, Ctrl-C also calls `stop`, from another thread, and ends what goes on nevertheless.

    Only for commands that change nothing. One may be within another.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are another's affair
        return
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    before = signal.set_wakeup_fd(theirs, warn_on_full_buffer=False)
    watch = threading.Thread(target=_watch, args=(ours, stop), name="interruption", daemon=True)
    watch.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        os.close(theirs)
        watch.join()
        os.close(ours)


def _watch(signals: int, stop: Callable[[], None]) -> None:
    """Reads the numbers of signals until the pipe is closed."""
    while numbers := os.read(signals, 64):
        if signal.SIGINT in numbers:
            stop()
            if not _is_left(signals):
                cursor = _SHOW_CURSOR if os.isatty(_STDERR) else ""
                os.write(_STDERR, f"{cursor}interrupted\n".encode())
                os._exit(INTERRUPTED)


def _is_left(signals: int) -> bool:
    """Whether the command is done with the database soon; another Ctrl-C does not wait for it."""
    return bool(select([signals], [], [], _PATIENCE)[0]) and not os.read(signals, 64)
