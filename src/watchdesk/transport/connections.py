"""How HTTP connections are made: directly, to an HTTP proxy, or through a SOCKS proxy.

Provides urllib3's pools. `dialing` races a host's addresses; `socks` speaks the SOCKS protocol.
"""

import io
import socket
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse, IncompleteRead, parse_headers
from typing import Any
from urllib.parse import unquote, urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError, ProxyError

from watchdesk.config.network import Proxy
from watchdesk.transport.dialing import first_connected, look_up
from watchdesk.transport.socks import DEFAULT_PORT, SocksLogin, SocksRefused, ask_for

Pools = dict[str, type]
"""Pool classes by scheme, as urllib3 wants them."""
Connect = Callable[[HTTPConnection], socket.socket]
"""Makes the socket of a connection."""
Reuse = Callable[[HTTPConnection, float], None]
"""Called before a connection is reused, with the monotonic time of its last request. An OSError that it
raises ends the request like a network failure."""
Send = Callable[[HTTPConnection], None]
"""Called with a connection that is made, just before a request is sent over it. What it raises comes out."""

_LONGEST_LINE = 64 * 1024
"""Bytes; as http.client has it."""
_MOST_INTERIM = 20
"""Interim responses (100 to 199) before the final one."""
_FIRST_FRAMES = (4, 7)
"""SETTINGS, with which every HTTP/2 connection begins, or GOAWAY (RFC 9113 §3.4, §6.5, §6.8)."""


class SpeaksHttp2(HTTPException):
    """The server answered in HTTP/2 to a request in HTTP/1.1."""

    def __init__(self) -> None:
        super().__init__("it speaks HTTP/2 alone")


class _Lines(io.BufferedReader):
    """Bounds each line: urllib3 would read a chunk's length, or a trailer, without end."""

    broke_off = False

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(_LONGEST_LINE if size is None or size < 0 else size)
        self.broke_off = not line.endswith(b"\n")
        return line


class _Response(HTTPResponse):
    """Refuses headers that break off, which http.client takes for complete, and logs no odd ones."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp: _Lines = _Lines(self.fp.detach())

    def _read_status(self) -> tuple[str, int, str]:
        """The final status line, after any interim ones (RFC 9110 §15.2, RFC 8297)."""
        if _is_http2(self.fp.peek(9)):
            raise SpeaksHttp2
        for _ in range(_MOST_INTERIM):
            version, status, reason = super()._read_status()  # type: ignore[misc]  # http.client's own seam
            if not 100 <= status < 200 or status == 101:
                return version, status, reason
            parse_headers(self.fp)
        raise HTTPException("interim answers without end")

    def begin(self, *args: Any, **kwargs: Any) -> None:
        super().begin(*args, **kwargs)
        if self.fp.broke_off:
            raise IncompleteRead(b"")
        self.msg.defects = []
        self.msg.set_payload("")


def _is_http2(start: bytes) -> bool:
    """Whether it begins with a frame on stream 0; no HTTP/1.1 response begins like that."""
    return len(start) >= 9 and start[0] == 0 and start[3] in _FIRST_FRAMES and start[5:9] == bytes(4)


@dataclass(frozen=True, slots=True)
class ConnectionPolicy:
    """A caller's rules for connecting: which addresses, how long, whether to reuse."""

    seconds: Callable[[HTTPConnection], float]
    """Timeout for connecting to a host, all its addresses included."""
    watch: Callable[[socket.socket], None] = lambda _connection: None
    """Called with each new connection, before anything is sent over it."""
    permitted: Callable[[str, Sequence[str]], Collection[str]] = lambda _host, addresses: addresses
    """Selects the addresses of a host that may be connected to."""
    reuse: Reuse = lambda _connection, _since: None
    send: Send = lambda _connection: None

    def direct(self) -> Pools:
        """Pools that connect to hosts directly, at permitted addresses."""
        return pools_by(lambda asked: self._opened(asked, asked.host, asked.port), self.reuse, self.send)

    def to_proxy(self) -> Pools:
        """Pools that connect to an HTTP proxy, at any address: a person chose it."""
        return pools_by(
            lambda asked: self._opened(asked, asked.host, asked.port, judged=False), self.reuse, self.send
        )

    def through(self, proxy: Proxy) -> Pools:
        """Pools that connect through a SOCKS proxy. socks5 gets permitted addresses; socks5h gets names."""
        return pools_by(lambda asked: self._through(proxy, asked), self.reuse, self.send)

    def _opened(self, asked: HTTPConnection, host: str, port: int, *, judged: bool = True) -> socket.socket:
        """Looks the name up once, so that it connects to the addresses that were checked."""
        found = _found(asked, host, port)
        addresses = list(dict.fromkeys(str(address[0]) for _, address in found))
        permitted = self.permitted(host, addresses) if judged else addresses
        try:
            connection = first_connected(
                [(family, address) for family, address in found if address[0] in permitted],
                self.seconds(asked),
                asked.socket_options or (),
            )
        except TimeoutError as error:
            raise ConnectTimeoutError(asked, f"no connection to {host} in time") from error
        except OSError as error:
            raise NewConnectionError(asked, f"no connection to {host}") from error
        self.watch(connection)
        return connection

    def _through(self, proxy: Proxy, asked: HTTPConnection) -> socket.socket:
        hosts: Collection[str] = [asked.host]
        if not proxy.judges_names:
            found = _found(asked, asked.host, asked.port)
            hosts = self.permitted(asked.host, list(dict.fromkeys(str(address[0]) for _, address in found)))
        trouble: SocksRefused | None = None
        for host in hosts:
            try:
                return self._asked_for(proxy, asked, host)
            except SocksRefused as refused:
                trouble = refused
                if not refused.is_of_the_host:
                    break
            except (OSError, NewConnectionError, ConnectTimeoutError, NameResolutionError) as error:
                raise ProxyError("the proxy cannot be reached", error) from error
        raise ProxyError("the proxy refused", trouble or OSError("no address")) from trouble

    def _asked_for(self, proxy: Proxy, asked: HTTPConnection, host: str) -> socket.socket:
        parts = urlsplit(proxy.url)
        login = SocksLogin(unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        connection = self._opened(asked, parts.hostname or "", parts.port or DEFAULT_PORT, judged=False)
        try:
            ask_for(connection, host, asked.port, login)
        except BaseException:
            connection.close()
            raise
        return connection


def _found(asked: HTTPConnection, host: str, port: int) -> Sequence[Any]:
    try:
        return look_up(host, port)
    except OSError as error:
        raise NameResolutionError(host, asked, error) from error  # type: ignore[arg-type]  # a gaierror
    except UnicodeError as error:
        raise NewConnectionError(asked, f"{host} is not a host's name") from error


def pools_by(connect: Connect, reuse: Reuse, send: Send) -> Pools:
    """Pool classes by scheme whose connections `connect` makes; call it once and keep them."""

    class Connection(HTTPConnection):
        response_class = _Response
        asked_at = 0.0

        def _new_conn(self) -> socket.socket:
            self.asked_at = 0
            return connect(self)

        def _tunnel(self) -> None:
            try:
                super()._tunnel()
            except (OSError, HTTPException) as error:
                raise ProxyError("the proxy opened no tunnel", error) from error

        def request(self, *args: Any, **kwargs: Any) -> None:
            if self.asked_at and self.sock is not None:
                reuse(self, self.asked_at)
            super().request(*args, **kwargs)
            self.asked_at = time.monotonic()

        def send(self, data: Any) -> None:
            if self.sock is None:
                self.connect()  # as http.client would, but before the last look
            send(self)
            super().send(data)

    class TlsConnection(Connection, HTTPSConnection):
        pass

    class Plain(HTTPConnectionPool):
        ConnectionCls = Connection

    class Tls(HTTPSConnectionPool):
        ConnectionCls = TlsConnection

    return {"http": Plain, "https": Tls}
