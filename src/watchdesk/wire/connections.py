"""How connections are made: in a way of one's own, and with one store of trust. urllib3's pools."""

import io
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from http.client import HTTPResponse, IncompleteRead
from typing import Any

import certifi
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

Pools = Mapping[str, type[HTTPConnectionPool]]
Connect = Callable[[HTTPConnection, Callable[[], socket.socket]], socket.socket]
"""Makes the socket of a connection; the second argument is urllib3's own way of making it."""
Reuse = Callable[[HTTPConnection, float], None]
"""Is told of a connection that is asked again, and when it was asked last, by the monotonic clock; an
OSError that it raises ends the request, as one of the network would."""

_LONGEST_LINE = 64 * 1024
"""Bytes; as http.client has it."""


class _Lines(io.BufferedReader):
    """Lines end somewhere: urllib3 would read a chunk's length, or what follows the last one, without end."""

    broke_off = False

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(_LONGEST_LINE if size is None or size < 0 else size)
        self.broke_off = not line.endswith(b"\n")
        return line


class _Response(HTTPResponse):
    """http.client's, which takes headers that broke off for all there are, and urllib3 logs what is odd."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp: _Lines = _Lines(self.fp.detach())

    def begin(self, *args: Any, **kwargs: Any) -> None:
        super().begin(*args, **kwargs)
        if self.fp.broke_off:
            raise IncompleteRead(b"")
        self.msg.defects = []
        self.msg.set_payload("")


def trust_store() -> ssl.SSLContext:
    """The system's certificate authorities and certifi's; made once, for it takes a while."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def pools_by(connect: Connect, reuse: Reuse = lambda _connection, _since: None) -> Pools:
    """Connection pools by scheme, whose connections are made by `connect`; to be made once, and kept."""

    class Connection(HTTPConnection):
        response_class = _Response
        asked_at = 0.0

        def _new_conn(self) -> socket.socket:
            self.asked_at = 0
            return connect(self, super()._new_conn)

        def request(self, *args: Any, **kwargs: Any) -> None:
            if self.asked_at and self.sock is not None:
                reuse(self, self.asked_at)
            super().request(*args, **kwargs)
            self.asked_at = time.monotonic()

    class TlsConnection(Connection, HTTPSConnection):
        pass

    class Plain(HTTPConnectionPool):
        ConnectionCls = Connection

    class Tls(HTTPSConnectionPool):
        ConnectionCls = TlsConnection

    return {"http": Plain, "https": Tls}
