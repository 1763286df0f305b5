"""A limit for a whole exchange: a peer that sends a byte a second for ever is cut off.

Socket timeouts bound each wait, not their sum. At the end of the deadline the connections it was
shown are shut down, whatever they are doing, a TLS handshake included.
"""

import contextlib
import socket
import threading
import time
from types import TracebackType
from typing import Self


class Deadline:
    """Counts from its entering; forgets the connections at its leaving."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.expired = False
        self._ends = time.monotonic() + seconds
        self._connections: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    @property
    def remaining(self) -> float:
        """Seconds; never quite nothing, for a timeout of zero means something else to a socket."""
        return max(self._ends - time.monotonic(), 0.001)

    def watch(self, connection: socket.socket) -> None:
        """From now on the connection ends when the deadline does."""
        with self._lock:
            # A duplicate stays valid when TLS takes the original over.
            self._connections.append(connection.dup())
        if self.expired:
            self._cut()

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()

    def _cut(self) -> None:
        self.expired = True
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):  # it has ended by itself
                    connection.shutdown(socket.SHUT_RDWR)
