"""A real web server on loopback that does what a test tells it to."""

import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from support.serving import end, serve


@dataclass(frozen=True)
class Request:
    """What a client asked."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What the server says. `drip`: seconds between single bytes; `cut`: bytes after which it hangs up.

    `mute`: it hangs up without a word. `written`: called when every byte has been written.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0
    drip: float = 0
    cut: int | None = None
    mute: bool = False
    written: Callable[[], object] | None = None


Responder = Callable[[Request], Answer]


class WebServer:
    """Serves what it was given, answers 304 where a validator fits, remembers every request."""

    def __init__(self, address: str = "127.0.0.1") -> None:
        self.requests: list[Request] = []
        self._responders: dict[str, Responder] = {}
        self._stopping = threading.Event()
        self._address = address
        self._server = _Server((address, 0), lambda *args: _Handler(self, *args))

    def url(self, path: str = "/") -> str:
        return f"http://{self._address}:{self._server.server_port}{path}"

    def serve(
        self,
        path: str,
        body: bytes = b"",
        *,
        status: int = 200,
        content_type: str = "application/rss+xml",
        headers: Mapping[str, str] | None = None,
        etag: str | None = "",
        last_modified: str | None = None,
    ) -> None:
        """`etag`: its own by default, None for a server that knows no validators."""
        tag = f'"{hashlib.sha256(body).hexdigest()[:12]}"' if etag == "" else etag
        validators = {"ETag": tag} if tag else {}
        if last_modified:
            validators["Last-Modified"] = last_modified

        def respond(request: Request) -> Answer:
            unchanged = (tag and request.headers.get("if-none-match") == tag) or (
                last_modified and request.headers.get("if-modified-since") == last_modified
            )
            if unchanged and status == 200:
                return Answer(status=304, headers=validators)
            return Answer(body, status, {"Content-Type": content_type, **validators, **(headers or {})})

        self.respond(path, respond)

    def respond(self, path: str, responder: Responder | Answer) -> None:
        """Answers a path by a function, or always the same."""
        self._responders[path] = responder if callable(responder) else lambda _: responder

    @property
    def paths(self) -> list[str]:
        """What it answers, without the first slash."""
        return [path.removeprefix("/") for path in self._responders]

    def answer(self, request: Request) -> Answer:
        self.requests.append(request)
        responder = self._responders.get(request.path)
        return responder(request) if responder else Answer(b"not here", 404)

    def wait(self, seconds: float) -> None:
        """As long, or until the server stops."""
        self._stopping.wait(seconds)

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    def __enter__(self) -> Self:
        serve(self._server)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        end(self._server)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def server_bind(self) -> None:
        """Without asking for the address's name, which takes long where nobody knows it."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, web: WebServer, *args: Any) -> None:
        self._web = web
        super().__init__(*args)

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def do_GET(self) -> None:
        self._respond()

    def do_POST(self) -> None:
        self._respond()

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _respond(self) -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", "0")))
        answer = self._web.answer(Request(self.command, parts.path, parts.query, headers, body))
        self._web.wait(answer.delay)
        if answer.mute:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if "Content-Length" not in answer.headers and answer.status not in (204, 304):
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        if answer.drip:
            for position in range(len(answer.body)):
                if self._web.stopping:
                    return
                self.wfile.write(answer.body[position : position + 1])
                self.wfile.flush()
                time.sleep(answer.drip)
            return
        self.wfile.write(answer.body if answer.cut is None else answer.body[: answer.cut])
        if answer.cut is not None:
            self.close_connection = True
        elif answer.written:
            answer.written()
