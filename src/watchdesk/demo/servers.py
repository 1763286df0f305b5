"""The demo's servers, on loopback: the newsroom's web server, a mail server, a webhook receiver."""

import hashlib
import mailbox
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from aiosmtpd.controller import Controller

from watchdesk.demo.newsroom import Document


@dataclass
class Log:
    """What the servers saw, in order."""

    polls: list[tuple[str, int]] = field(default_factory=list)
    """(path, status) of each of the newsroom's responses."""
    mails: int = 0
    hooks: int = 0


class WebServer:
    """Serves documents with an ETag, and stores webhooks sent to /hook in a folder."""

    def __init__(self, log: Log, hook_folder: Path) -> None:
        self.documents: Mapping[str, Document] = {}
        self.log = log
        self.hook_folder = hook_folder
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *args: _Handler(self, *args))
        self.base = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


_NO_PAGE = b"The sample newsroom has no page for this article: its feed has the whole text.\n"


class _Handler(BaseHTTPRequestHandler):
    """GET with conditional requests (RFC 9110 §13.1.2); POST keeps the body."""

    def __init__(self, web: WebServer, *args: Any) -> None:
        self._web = web
        super().__init__(*args)

    def do_GET(self) -> None:
        """Answers 200, 304 or 404."""
        path = urlsplit(self.path).path
        document = self._web.documents.get(path)
        if document is None:
            self._answer(path, 404, {"Content-Type": "text/plain; charset=utf-8"}, _NO_PAGE)
            return
        etag = f'"{hashlib.sha256(document.body).hexdigest()[:16]}"'
        if self.headers.get("If-None-Match") == etag:
            self._answer(path, 304, {"ETag": etag})
        else:
            self._answer(path, 200, {"ETag": etag, "Content-Type": document.content_type}, document.body)

    def do_POST(self) -> None:
        """Keeps a webhook's body under its id."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        name = self.headers.get("webhook-id", "unsigned").replace("/", "_")
        (self._web.hook_folder / f"{name}.json").write_bytes(body)
        self._web.log.hooks += 1
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing: the demo reports what happens in its own words."""

    def _answer(
        self, path: str, status: int, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> None:
        self._web.log.polls.append((path, status))
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class MailServer:
    """Accepts mail by SMTP and stores it in a Maildir."""

    def __init__(self, log: Log, folder: Path) -> None:
        self._log = log
        self._box = mailbox.Maildir(folder, create=True)
        port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=port)
        self.address = f"smtp://127.0.0.1:{port}"

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Keeps one message."""
        self._box.add(envelope.content)
        self._log.mails += 1
        return "250 kept"

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()


def free_port() -> int:
    """A port that was free a moment ago: aiosmtpd cannot choose one itself."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
