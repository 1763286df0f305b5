"""A server on loopback that says whatever bytes a test gives it: what no polite server would."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

Talk = Callable[[socket.socket, bytes], None]
"""Is given the connection and a request's head, and says what it likes; then the next request is read."""


class RawServer:
    """One thread a connection; `requests` are the heads that came in, `connections` how many there were."""

    def __init__(
        self, talk: Talk | bytes, *, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
    ) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self._talk = talk if callable(talk) else _saying(talk)
        self._tls = tls
        self._host = host
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listening = socket.create_server((host, 0), family=family)
        self._open: list[socket.socket] = []

    @property
    def port(self) -> int:
        port: int = self._listening.getsockname()[1]
        return port

    def url(self, path: str = "/", host: str | None = None) -> str:
        name = host or (f"[{self._host}]" if ":" in self._host else self._host)
        return f"{'https' if self._tls else 'http'}://{name}:{self.port}{path}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in [self._listening, *self._open]:
            with contextlib.suppress(OSError):  # it is closed already
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with self._tls.wrap_socket(connection, server_side=True) if self._tls else connection as line:
                while head := _head(line):
                    self.requests.append(head)
                    self._talk(line, head)
        except OSError:
            pass  # the client hung up, or the test is over


def _head(line: socket.socket) -> bytes:
    """A request's head; a body that follows it at once is left for whoever talks."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        more = line.recv(1)
        if not more:
            return b""
        head += more
    return head


def _saying(answer: bytes) -> Talk:
    def talk(line: socket.socket, _head: bytes) -> None:
        line.sendall(answer)
        line.shutdown(socket.SHUT_WR)

    return talk
