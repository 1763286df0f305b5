"""How connections are made: to addresses that the guard permits, watched by the deadline.

urllib3's pools with our own way of connecting; requests itself is left to `http`.
"""

import socket
from collections.abc import Callable, Sequence

from urllib3.connection import HTTPConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from watchdesk.sources.guard import Guard
from watchdesk.wire.connections import Pools, pools_by
from watchdesk.wire.deadline import Deadline


def guarded_pools(guard: Guard, deadline: Deadline, timeout: float) -> Pools:
    """Connection pools by scheme, for one exchange; `timeout` seconds for each attempt to connect."""

    def connect(asked: HTTPConnection, _plainly: Callable[[], socket.socket]) -> socket.socket:
        connection = _connected(asked, guard, deadline, timeout)
        deadline.watch(connection)
        return connection

    return pools_by(connect)


def _connected(asked: HTTPConnection, guard: Guard, deadline: Deadline, timeout: float) -> socket.socket:
    """A connection to the first permitted address that answers; errors are those that urllib3 expects."""
    trouble: OSError | None = None
    for address in guard.permitted(asked.host, _addresses(asked)):
        try:
            return create_connection(
                (address, asked.port), min(timeout, deadline.remaining), socket_options=asked.socket_options
            )
        except OSError as error:
            trouble = error
    if isinstance(trouble, TimeoutError):
        raise ConnectTimeoutError(asked, f"no connection to {asked.host} in time") from trouble
    raise NewConnectionError(asked, f"no connection to {asked.host}") from trouble


def _addresses(asked: HTTPConnection) -> Sequence[str]:
    name = asked.host.strip("[]")
    try:
        found = socket.getaddrinfo(name, asked.port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise NameResolutionError(asked.host, asked, error) from error
    except UnicodeError as error:  # a label that no name may have (RFC 5890)
        raise NewConnectionError(asked, f"{asked.host} is not a host's name") from error
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
