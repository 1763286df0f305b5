"""Limits a whole exchange: a peer that sends one byte a second for ever is cut off.

Socket timeouts bound each wait, not their sum. When the deadline ends, its connections are shut down,
whatever they are doing, a TLS handshake included.
"""

import contextlib
import os
import socket
import threading
import time
from collections import OrderedDict
from types import TracebackType
from typing import Self

_REST = 5.0
"""The longest sleep of the watching thread, in seconds."""


class Watch:
    """Ends exchanges that take longer than `seconds`, with one thread for all of them.

    All have the same length, so they end in the order in which they began: the thread only sleeps until the
    first one's end, and exits soon after the last.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._running: OrderedDict[Deadline, None] = OrderedDict()
        self._lock = threading.Lock()
        self._awake = False

    def deadline(self) -> "Deadline":
        """A deadline for one exchange."""
        return Deadline(self)

    def begin(self, deadline: "Deadline") -> None:
        """Starts watching it: it is cut off at its end."""
        with self._lock:
            self._running[deadline] = None
            if not self._awake:
                threading.Thread(target=self._keep, name="deadlines", daemon=True).start()
                self._awake = True

    def end(self, deadline: "Deadline") -> None:
        """Stops watching it: the exchange was over in time."""
        with self._lock:
            self._running.pop(deadline, None)

    def _keep(self) -> None:
        while (first := self._first()) is not None:
            if first.left > 0:
                time.sleep(min(first.left, _REST))
            else:
                first.cut()
                self.end(first)

    def _first(self) -> "Deadline | None":
        with self._lock:
            self._awake = bool(self._running)
            return next(iter(self._running), None)


class Deadline:
    """A context: counts from when it is entered, and forgets its connections when it is left."""

    def __init__(self, watch: Watch) -> None:
        self.expired = False
        self._watch = watch
        self._ends = time.monotonic() + watch.seconds
        self._connections: list[int] = []
        self._lock = threading.Lock()

    @property
    def seconds(self) -> float:
        """Its whole length."""
        return self._watch.seconds

    @property
    def left(self) -> float:
        """Seconds until its end; negative after it."""
        return self._ends - time.monotonic()

    @property
    def remaining(self) -> float:
        """Seconds left, never 0, since a timeout of 0 means non-blocking to a socket."""
        return max(self.left, 0.001)

    def watch(self, connection: socket.socket) -> None:
        """Makes the connection end when the deadline does."""
        # A duplicate stays valid when TLS takes over the original descriptor.
        duplicate = os.dup(connection.fileno())
        with self._lock:
            self._connections.append(duplicate)
        if self.expired:
            self.cut()

    def cut(self) -> None:
        """Shuts its connections down now."""
        self.expired = True
        with self._lock:
            for number in self._connections:
                connection = socket.socket(fileno=number)
                with contextlib.suppress(OSError):  # it is closed already
                    connection.shutdown(socket.SHUT_RDWR)
                connection.detach()

    def __enter__(self) -> Self:
        self._ends = time.monotonic() + self.seconds
        self._watch.begin(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watch.end(self)
        with self._lock:
            for number in self._connections:
                os.close(number)
            self._connections.clear()
