"""How connections are made: in a way of one's own, and with one store of trust. urllib3's pools."""

import socket
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Any

import certifi
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

Pools = Mapping[str, type[HTTPConnectionPool]]
Connect = Callable[[HTTPConnection, Callable[[], socket.socket]], socket.socket]
"""Makes the socket of a connection; the second argument is urllib3's own way of making it."""
Reuse = Callable[[HTTPConnection, float], None]
"""Is told of a connection that is asked again, and when it was asked last, by the monotonic clock;
it may close it, and then it is made anew."""


def trust_store() -> ssl.SSLContext:
    """The system's certificate authorities and certifi's; made once, for it takes a while."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def pools_by(connect: Connect, reuse: Reuse = lambda _connection, _since: None) -> Pools:
    """Connection pools by scheme, whose connections are made by `connect`; to be made once, and kept."""

    class Connection(HTTPConnection):
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
