"""Real proxies on loopback: they count what they are asked, and know names that nobody else does."""

import contextlib
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from support import serving

Where = tuple[str, int]


@dataclass
class Asked:
    """What proxies were asked for."""

    hosts: list[str] = field(default_factory=list)
    """HOST:PORT, for each request or tunnel."""
    heads: list[bytes] = field(default_factory=list)
    """Requests to an HTTP proxy as they came."""


class _Listening:
    """Serves on loopback while it is entered."""

    _server: socketserver.ThreadingTCPServer

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        serving.serve(self._server)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        serving.end(self._server)


class _Proxy(_Listening):
    """`names`: where HOST:PORT leads, or HOST; what is not there cannot be reached."""

    def __init__(self, names: Mapping[str, Where], login: str | None, refuse: bytes | None) -> None:
        self.asked = Asked()
        self.names = names
        self.login = login
        self.refuse = refuse
        proxy = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError, ssl.SSLError):
                    proxy.serve(self.connection, self.rfile)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def led_to(self, host: str, port: int) -> Where | None:
        return self.names.get(f"{host}:{port}") or self.names.get(host)

    def serve(self, connection: socket.socket, lines: Any) -> None:
        raise NotImplementedError


class HttpProxy(_Proxy):
    """Forwards http:// and opens tunnels (RFC 9110 §9.3.6).

    `login`: the value of Proxy-Authorization it wants; `refuse`: what it says to every request instead.
    """

    def __init__(
        self, names: Mapping[str, Where] | None = None, login: str | None = None, refuse: bytes | None = None
    ) -> None:
        super().__init__(names or {}, login, refuse)

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    def serve(self, connection: socket.socket, lines: Any) -> None:
        while head := _head(lines):
            self.asked.heads.append(head)
            method, target, _ = head.split(b"\r\n")[0].decode("latin-1").split()
            parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
            port = parts.port or 80
            self.asked.hosts.append(f"{parts.hostname}:{port}")
            where = self.led_to(parts.hostname or "", port)
            if self.refuse is not None:
                connection.sendall(self.refuse)
                return
            if self.login and f"Proxy-Authorization: {self.login}".encode() not in head:
                challenge = b"Proxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n"
                connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n" + challenge)
                return
            if where is None:
                connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
                return
            with socket.create_connection(where, 5) as onward:
                if method == "CONNECT":
                    connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    _between(connection, onward)
                    return
                onward.sendall(_forwarded(head, parts.path or "/", parts.query) + _body(head, lines))
                while received := onward.recv(65536):
                    connection.sendall(received)
                return


class SocksProxy(_Proxy):
    """SOCKS 5 (RFC 1928); `login`: USER:PASSWORD that it wants."""

    def __init__(
        self, names: Mapping[str, Where] | None = None, login: str | None = None, code: int | None = None
    ) -> None:
        super().__init__(names or {}, login, None)
        self.code = code
        """With which it refuses everything; None: with 4, what it does not know."""

    def url(self, scheme: str = "socks5h") -> str:
        login = f"{self.login}@" if self.login else ""
        return f"{scheme}://{login}{self.address}"

    def serve(self, connection: socket.socket, lines: Any) -> None:
        _, count = lines.read(2)
        ways = lines.read(count)
        way = 2 if self.login else 0
        connection.sendall(bytes((5, way if way in ways else 255)))
        if way not in ways:
            return
        if self.login:
            _, length = lines.read(2)
            user = lines.read(length)
            password = lines.read(lines.read(1)[0])
            good = user + b":" + password == self.login.encode()
            connection.sendall(bytes((1, 0 if good else 1)))
            if not good:
                return
        _, _, _, kind = lines.read(4)
        if kind == 3:
            host = lines.read(lines.read(1)[0]).decode()
        else:
            host = socket.inet_ntop(
                *((socket.AF_INET, lines.read(4)) if kind == 1 else (socket.AF_INET6, lines.read(16)))
            )
        port = int.from_bytes(lines.read(2), "big")
        self.asked.hosts.append(f"{host}:{port}")
        where = self.led_to(host, port)
        code = self.code if self.code is not None else (0 if where else 4)
        connection.sendall(bytes((5, code, 0, 1, 0, 0, 0, 0, 0, 0)))
        if where and not code:
            with socket.create_connection(where, 5) as onward:
                _between(connection, onward)


def _head(lines: Any) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = lines.readline()
        if not line:
            return b""
        head += line
    return head


def _body(head: bytes, lines: Any) -> bytes:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            body: bytes = lines.read(int(line.partition(b":")[2]))
            return body
    return b""


def _forwarded(head: bytes, path: str, query: str) -> bytes:
    first, _, rest = head.partition(b"\r\n")
    method = first.split()[0]
    target = f"{path}?{query}" if query else path
    kept = [
        line
        for line in rest.removesuffix(b"\r\n\r\n").split(b"\r\n")
        if not line.lower().startswith((b"proxy-", b"connection:"))
    ]
    lines = [method + b" " + target.encode() + b" HTTP/1.1", *kept, b"Connection: close", b"", b""]
    return b"\r\n".join(lines)


def _between(
    one: socket.socket, other: socket.socket, before_answer: Callable[[], object] = lambda: None
) -> None:
    """Bytes both ways, until either ends. `other` answers."""

    def onward(source: socket.socket, goal: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while received := source.recv(65536):
                if source is other:
                    before_answer()
                goal.sendall(received)
        for end in (source, goal):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    back = threading.Thread(target=onward, args=(other, one), daemon=True)
    back.start()
    onward(one, other)
    back.join(5)


class SlowLine(_Listening):
    """Leads to a server's Unix socket. Each answer of the server is `delay` seconds late.

    None comes while `answers` is not set.
    """

    def __init__(self, path: Path) -> None:
        self.delay = 0.0
        self.answers = threading.Event()
        self.answers.set()
        line = self

        def wait() -> None:
            line.answers.wait()
            time.sleep(line.delay)

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as onward:
                    onward.connect(str(path))
                    _between(self.request, onward, wait)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
