"""SOCKS 5 over an open connection (RFC 1928, RFC 1929): asks the proxy to connect to a host.

Our own, because one page is enough, and the libraries for it insist on making the connection themselves.
"""

import ipaddress
import socket
from dataclasses import dataclass

DEFAULT_PORT = 1080

_VERSION, _CONNECT = 5, 1
_NO_LOGIN, _LOGIN, _NONE_FITS = 0, 2, 255
_IPV4, _NAME, _IPV6 = 1, 3, 4
_REFUSALS = {
    1: "it failed and does not say why",
    2: "its rules do not allow this host",
    3: "it cannot reach the host's network",
    4: "it cannot reach the host",
    5: "the host refuses connections",
    6: "the host did not answer it in time",
    7: "it opens no connections",
    8: "it does not know this kind of address",
}


class SocksRefused(OSError):
    """The proxy refused; the message says why."""

    def __init__(self, reason: str, code: int = 0) -> None:
        super().__init__(reason)
        self.code = code

    @property
    def is_of_the_host(self) -> bool:
        """Whether the host is the reason, so that another of its addresses may work."""
        return self.code in (3, 4, 5, 6, 8)


@dataclass(frozen=True, slots=True)
class SocksLogin:
    """User and password for the proxy."""

    user: str
    password: str


def ask_for(connection: socket.socket, host: str, port: int, login: SocksLogin | None) -> None:
    """Makes the connection lead to the host, an address or a name.

    Raises `SocksRefused` or another `OSError`.
    """
    _greet(connection, login)
    connection.sendall(bytes((_VERSION, _CONNECT, 0)) + _destination(host) + port.to_bytes(2, "big"))
    version, code, _, kind = _received(connection, 4)
    if version != _VERSION:
        raise SocksRefused("it does not speak SOCKS 5")
    if code:
        raise SocksRefused(_REFUSALS.get(code, f"it refused ({code})"), code)
    length = {_IPV4: 4, _IPV6: 16}.get(kind) or _received(connection, 1)[0]
    _received(connection, length + 2)


def _greet(connection: socket.socket, login: SocksLogin | None) -> None:
    ways = bytes((_NO_LOGIN, _LOGIN)) if login else bytes((_NO_LOGIN,))
    connection.sendall(bytes((_VERSION, len(ways))) + ways)
    version, way = _received(connection, 2)
    if version != _VERSION:
        raise SocksRefused("it does not speak SOCKS 5")
    if way == _LOGIN and login:
        _log_in(connection, login)
    elif way != _NO_LOGIN:
        wanted = "another login than user and password" if login else "a login, and none is given"
        raise SocksRefused(f"it wants {wanted}")


def _log_in(connection: socket.socket, login: SocksLogin) -> None:
    user, password = login.user.encode(), login.password.encode()
    if not (0 < len(user) < 256 and 0 < len(password) < 256):
        raise SocksRefused("its login is empty, or longer than SOCKS 5 allows")
    connection.sendall(bytes((1, len(user))) + user + bytes((len(password),)) + password)
    if _received(connection, 2)[1]:
        raise SocksRefused("it does not accept the login")


def _destination(host: str) -> bytes:
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        name = host.encode("ascii")
        if len(name) > 255:
            raise SocksRefused("the host's name is too long") from None
        return bytes((_NAME, len(name))) + name
    return bytes((_IPV4 if address.version == 4 else _IPV6,)) + address.packed


def _received(connection: socket.socket, count: int) -> bytes:
    """Reads exactly `count` bytes."""
    received = b""
    while len(received) < count:
        more = connection.recv(count - len(received))
        if not more:
            raise SocksRefused("it hung up")
        received += more
    return received
