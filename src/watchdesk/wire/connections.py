"""How connections are made: in a way of one's own, and with one store of trust. urllib3's pools."""

import socket
import ssl
from collections.abc import Callable, Mapping

import certifi
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

Pools = Mapping[str, type[HTTPConnectionPool]]
Connect = Callable[[HTTPConnection, Callable[[], socket.socket]], socket.socket]
"""Makes the socket of a connection; the second argument is urllib3's own way of making it."""


def trust_store() -> ssl.SSLContext:
    """The system's certificate authorities and certifi's; made once, for it takes a while."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def pools_by(connect: Connect) -> Pools:
    """Connection pools by scheme, whose connections are made by `connect`."""

    class Connection(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self, super()._new_conn)

    class TlsConnection(Connection, HTTPSConnection):
        pass

    class Plain(HTTPConnectionPool):
        ConnectionCls = Connection

    class Tls(HTTPSConnectionPool):
        ConnectionCls = TlsConnection

    return {"http": Plain, "https": Tls}
