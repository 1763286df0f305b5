"""How connections are made: to addresses that the guard permits, each watched by its exchange's deadline.

urllib3's pools with our own way of connecting; requests itself is left to `asking`.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from urllib3.connection import HTTPConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from watchdesk.sources.web.guard import Guard
from watchdesk.wire.connections import Pools, pools_by
from watchdesk.wire.deadline import Deadline

_IDLE = 15.0
"""Seconds after which a connection is not asked again: about then servers give idle ones up."""

_Found = tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]


class Exchange(threading.local):
    """The exchange that this thread is in: by what its connections end, and whether one was used before."""

    deadline: Deadline | None = None
    reused: bool = False

    @property
    def has_time(self) -> bool:
        """Whether its deadline is not over."""
        return self.deadline is not None and not self.deadline.expired

    @contextmanager
    def under(self, deadline: Deadline) -> Iterator[None]:
        """Connections made or asked meanwhile end with this deadline."""
        outer, self.deadline = self.deadline, deadline
        try:
            yield
        finally:
            self.deadline = outer


def guarded_pools(guard: Guard, exchange: Exchange, timeout: float) -> Pools:
    """Connection pools by scheme; `timeout` seconds for each attempt to connect."""

    def connect(asked: HTTPConnection, _plainly: Callable[[], socket.socket]) -> socket.socket:
        exchange.reused = False
        deadline = exchange.deadline
        connection = _connected(asked, guard, min(timeout, deadline.remaining) if deadline else timeout)
        if deadline:
            deadline.watch(connection)
        return connection

    def reuse(asked: HTTPConnection, asked_at: float) -> None:
        exchange.reused = True
        if time.monotonic() - asked_at > _IDLE or asked.sock is None:
            raise ConnectionAbortedError("a connection that has been idle for too long to be asked again")
        if exchange.deadline:
            exchange.deadline.watch(asked.sock)

    return pools_by(connect, reuse)


def _connected(asked: HTTPConnection, guard: Guard, timeout: float) -> socket.socket:
    """A connection to the first permitted address that answers; errors are those that urllib3 expects.

    The name is looked up once: what was judged is what is connected to.
    """
    found = _addresses(asked)
    permitted = guard.permitted(asked.host, list(dict.fromkeys(str(address[0]) for _, address in found)))
    trouble: OSError | None = None
    for family, address in found:
        if address[0] not in permitted:
            continue
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(timeout)
            for option in asked.socket_options or ():
                connection.setsockopt(*option)
            connection.connect(address)
        except OSError as error:
            connection.close()
            trouble = error
        else:
            return connection
    if isinstance(trouble, TimeoutError):
        raise ConnectTimeoutError(asked, f"no connection to {asked.host} in time") from trouble
    raise NewConnectionError(asked, f"no connection to {asked.host}") from trouble


def _addresses(asked: HTTPConnection) -> Sequence[_Found]:
    name = asked.host.strip("[]")
    try:
        found = socket.getaddrinfo(name, asked.port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise NameResolutionError(asked.host, asked, error) from error
    except UnicodeError as error:  # a label that no name may have (RFC 5890)
        raise NewConnectionError(asked, f"{asked.host} is not a host's name") from error
    return [(family, address) for family, *_, address in found]
