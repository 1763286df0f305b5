"""What every request passes before anything else, and every answer after: hosts, the path, sizes, headers."""

from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from watchdesk.web.access.hosts import is_literal, is_ours
from watchdesk.web.desk import DeskView
from watchdesk.web.recent import Given

MOST_BODY = 1_000_000
"""Bytes that a request may bring."""
HEALTH = ("/healthz", "/readyz")
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-robots-tag": "noindex",
    # Nothing between the desk and its reader keeps what may have needed a token.
    "cache-control": "private, no-cache",
    "vary": "Cookie, Authorization",
}
IMMUTABLE = {"cache-control": "public, max-age=31536000, immutable", "vary": "Accept-Encoding"}
"""Of what never changes at its address."""


class Gate:
    """The outermost part of the application."""

    def __init__(self, app: ASGIApp, desk: DeskView, known: Callable[[Scope, Headers], Given | None]) -> None:
        """`known`: the answer of a moment ago to the same request, if there is one."""
        self._app = app
        self._desk = desk
        self._known = known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            return
        web, headers = self._desk.configured.settings.web, Headers(scope=scope)
        host = headers.get("host", "")
        scope = {**scope, "path": _without_base(scope["path"], web.base_path)}
        is_health = scope["path"] in HEALTH and is_literal(host)
        if not (is_health or is_ours(host, web)) or len(headers.getlist("host")) != 1:
            answer = _plain("This desk does not go by that name.", 421)
            await answer(scope, receive, _with_headers(send))
            return
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MOST_BODY:
            await _plain("That is too much.", 413)(scope, receive, _with_headers(send))
            return
        if scope["method"] == "GET" and (known := self._known(scope, headers)):
            await known.send(_with_headers(send))
            return
        await self._app(scope, _bounded(receive), _with_headers(send))


class TooLarge(Exception):
    """A request brought more than it may."""


def _without_base(path: str, base: str) -> str:
    """The path below `public`, for a proxy that passes it on as it is."""
    if base and (path == base or path.startswith(f"{base}/")):
        return path[len(base) :] or "/"
    return path


def _bounded(receive: Receive) -> Receive:
    taken = 0

    async def counting() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MOST_BODY:
            raise TooLarge
        return message

    return counting


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending


def _plain(text: str, status: int) -> PlainTextResponse:
    return PlainTextResponse(f"{text}\n", status, {"connection": "close"})
