"""How connections are made: only to addresses that the guard permits, each under its exchange's deadline.

`transport` connects; `requesting` sends the requests.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from urllib3.connection import HTTPConnection

from watchdesk.config.network import Direct, Route
from watchdesk.sources.web.guard import Guard
from watchdesk.transport.connections import ConnectionPolicy
from watchdesk.transport.deadline import Deadline

_IDLE = 15.0
"""Seconds after which a connection is not reused: servers close idle ones at about that time."""


class Exchange(threading.local):
    """This thread's current exchange: its deadline, its route, and whether it reused a connection."""

    deadline: Deadline | None = None
    reused: bool = False
    route: Route = Direct()
    """The route of its last request."""
    confirm: Callable[[], object] = staticmethod(lambda: None)
    """Raises `NoTurn` where nothing may be sent any more."""

    @property
    def has_time(self) -> bool:
        """Whether its deadline has not passed."""
        return self.deadline is not None and not self.deadline.expired

    @contextmanager
    def under(self, deadline: Deadline, confirm: Callable[[], object] = lambda: None) -> Iterator[None]:
        """Connections opened or reused meanwhile end with this deadline; `confirm` is asked before each
        request is sent.
        """
        outer = self.deadline, self.confirm
        self.deadline, self.confirm = deadline, confirm
        try:
            yield
        finally:
            self.deadline, self.confirm = outer


def guarded(guard: Guard, exchange: Exchange, timeout: float) -> ConnectionPolicy:
    """Connects where the guard permits; `timeout` is seconds for each host."""

    def seconds(_asked: HTTPConnection) -> float:
        return min(timeout, exchange.deadline.remaining) if exchange.deadline else timeout

    def watch(connection: socket.socket) -> None:
        exchange.reused = False
        if exchange.deadline:
            exchange.deadline.watch(connection)

    def reuse(asked: HTTPConnection, asked_at: float) -> None:
        exchange.reused = True
        if time.monotonic() - asked_at > _IDLE or asked.sock is None:
            raise ConnectionAbortedError("a connection that has been idle for too long to be asked again")
        if exchange.deadline:
            exchange.deadline.watch(asked.sock)

    def send(_asked: HTTPConnection) -> None:
        exchange.confirm()

    return ConnectionPolicy(seconds, watch, guard.permitted, reuse, send)
