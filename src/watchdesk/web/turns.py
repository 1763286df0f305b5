"""Who may do dear work at once: a few, and few wait for it, since each holds a thread of the page."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from watchdesk.web.workers import TooBusy


class Turns:
    """Safe to use from many threads."""

    def __init__(self, at_once: int, waiting: int, patience: float) -> None:
        """`waiting`: how many may wait; `patience`: seconds that one waits at most."""
        self._free = threading.BoundedSemaphore(at_once)
        self._seats = threading.BoundedSemaphore(waiting)
        self._patience = patience

    @contextmanager
    def taken(self, longest: float | None = None) -> Iterator[None]:
        """A turn, for which one waits at most `longest` seconds.

        Raises `TooBusy`: at once where as many wait as may, else after the patience.
        """
        if not (self._free.acquire(blocking=False) or self._waited(longest)):
            raise TooBusy("others ask as well")
        try:
            yield
        finally:
            self._free.release()

    def _waited(self, longest: float | None) -> bool:
        if not self._seats.acquire(blocking=False):
            return False
        try:
            patience = self._patience if longest is None else min(longest, self._patience)
            return self._free.acquire(timeout=patience)
        finally:
            self._seats.release()
