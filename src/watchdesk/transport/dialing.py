"""Connects to a host: tries the addresses of its name in turn, and the first to connect wins.

Happy Eyeballs (RFC 8305): an address that does not answer costs a quarter of a second, not the whole timeout.
"""

import errno
import os
import selectors
import socket
import time
from collections.abc import Iterable, Sequence
from itertools import chain, zip_longest

Found = tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]
"""The family and the address of a host, as `socket.connect` wants it."""
Options = Iterable[tuple[int, int, int | bytes]]

ATTEMPT_DELAY = 0.25
"""Seconds between two attempts (RFC 8305 §5, "Connection Attempt Delay")."""
_AT_ONCE = 8
"""Concurrent attempts at one host; beyond this the oldest is given up."""
_IN_PROGRESS = (errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN)


def look_up(host: str, port: int) -> Sequence[Found]:
    """The host's addresses in the system's order of preference, alternating families (RFC 8305 §4).

    Raises `socket.gaierror`, and `UnicodeError` for a label that no name may have (RFC 5890).
    """
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    return in_turns([(family, address) for family, *_, address in found])


def in_turns(found: Iterable[Found]) -> Sequence[Found]:
    """The addresses with alternating families, beginning with the first one's."""
    by_family: dict[socket.AddressFamily, list[Found]] = {}
    for one in dict.fromkeys(found):
        by_family.setdefault(one[0], []).append(one)
    return [one for one in chain.from_iterable(zip_longest(*by_family.values())) if one]


def dial(host: str, port: int, seconds: float, options: Options = ()) -> socket.socket:
    """A connection to a host. Raises as `look_up` and `first_connected` do."""
    return first_connected(look_up(host, port), seconds, options)


def first_connected(found: Sequence[Found], seconds: float, options: Options = ()) -> socket.socket:
    """A connection to the first address that answers, with `seconds` as its timeout; the others are closed.

    Raises `TimeoutError` if none answers in that time, and the last one's `OSError` if all refuse.
    """
    with _Attempts(options) as attempts:
        connection = attempts.race(list(found), seconds)
    connection.settimeout(seconds)
    return connection


class _Attempts:
    """Attempts in progress; those left at the end are closed."""

    def __init__(self, options: Options) -> None:
        self._options = tuple(options)
        self._selector = selectors.DefaultSelector()
        self._open: list[socket.socket] = []
        self._trouble: OSError = OSError(errno.EADDRNOTAVAIL, "it has no address")

    def race(self, waiting: list[Found], seconds: float) -> socket.socket:
        """The first connection to succeed."""
        ends, next_at = time.monotonic() + seconds, 0.0
        while waiting or self._open:
            now = time.monotonic()
            if now >= ends:
                raise TimeoutError(errno.ETIMEDOUT, "no connection in time")
            if waiting and (now >= next_at or not self._open):
                self._begin(waiting.pop(0))
                next_at = now + ATTEMPT_DELAY
            for connection in self._ready(min(ends, next_at if waiting else ends) - now):
                if self._has_connected(connection):
                    self._open.remove(connection)
                    return connection
                next_at = 0.0
        raise self._trouble

    def _begin(self, one: Found) -> None:
        family, address = one
        try:
            connection = socket.socket(family, socket.SOCK_STREAM)
        except OSError as error:
            self._trouble = error  # this machine lacks the address family
            return
        self._open.append(connection)
        self._selector.register(connection, selectors.EVENT_WRITE)
        try:
            connection.setblocking(False)
            for option in self._options:
                connection.setsockopt(*option)
            status = connection.connect_ex(address)
        except OSError as error:
            status = error.errno or errno.EINVAL
        if status not in (0, *_IN_PROGRESS):
            self._fail(connection, status)
        elif len(self._open) > _AT_ONCE:
            self._give_up(self._open[0])

    def _ready(self, seconds: float) -> list[socket.socket]:
        if not self._open:
            return []
        ready = {key.fileobj for key, _ in self._selector.select(max(seconds, 0))}
        return [connection for connection in self._open if connection in ready]

    def _has_connected(self, connection: socket.socket) -> bool:
        status = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if status:
            self._fail(connection, status)
        return not status

    def _fail(self, connection: socket.socket, status: int) -> None:
        self._trouble = OSError(status, os.strerror(status))
        self._give_up(connection)

    def _give_up(self, connection: socket.socket) -> None:
        self._selector.unregister(connection)
        self._open.remove(connection)
        connection.close()

    def __enter__(self) -> "_Attempts":
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()
        for connection in self._open:
            connection.close()
