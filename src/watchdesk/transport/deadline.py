"""A limit for a whole exchange: a peer that sends a byte a second for ever is cut off.

Socket timeouts bound each wait, not their sum. At the end of the deadline the connections it was
shown are shut down, whatever they are doing, a TLS handshake included.
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
"""Seconds after which the watching thread looks whether anything is still under way."""


class Watch:
    """Ends exchanges that take longer than so many seconds; one thread for however many of them.

    As all of them have the same length, those that began first end first, and nothing that begins
    ends before what the thread waits for: it only sleeps, and is gone soon after the last of them.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._running: OrderedDict[Deadline, None] = OrderedDict()
        self._lock = threading.Lock()
        self._awake = False

    def deadline(self) -> "Deadline":
        """For one exchange."""
        return Deadline(self)

    def begin(self, deadline: "Deadline") -> None:
        """From now on it is cut off at its end."""
        with self._lock:
            self._running[deadline] = None
            if not self._awake:
                threading.Thread(target=self._keep, name="deadlines", daemon=True).start()
                self._awake = True

    def end(self, deadline: "Deadline") -> None:
        """It was kept, and is not cut off any more."""
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
    """Counts from its entering; forgets the connections at its leaving."""

    def __init__(self, watch: Watch) -> None:
        self.expired = False
        self._watch = watch
        self._ends = time.monotonic() + watch.seconds
        self._connections: list[int] = []
        self._lock = threading.Lock()

    @property
    def seconds(self) -> float:
        """How long it is in all."""
        return self._watch.seconds

    @property
    def left(self) -> float:
        """Seconds until its end; negative after it."""
        return self._ends - time.monotonic()

    @property
    def remaining(self) -> float:
        """Seconds; never quite nothing, for a timeout of zero means something else to a socket."""
        return max(self.left, 0.001)

    def watch(self, connection: socket.socket) -> None:
        """From now on the connection ends when the deadline does."""
        # A duplicate stays valid when TLS takes the original over; a TLS connection has none but this.
        duplicate = os.dup(connection.fileno())
        with self._lock:
            self._connections.append(duplicate)
        if self.expired:
            self.cut()

    def cut(self) -> None:
        """Ends it now."""
        self.expired = True
        with self._lock:
            for number in self._connections:
                connection = socket.socket(fileno=number)
                with contextlib.suppress(OSError):  # it has ended by itself
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
