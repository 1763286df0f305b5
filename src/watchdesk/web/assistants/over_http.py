"""/mcp: one message of the protocol in, one answer out (streamable HTTP), and nothing kept between them.

Each request has a server of its own that ends with it: no session, no stream, and nothing to clean up where a
client goes away. The gate and `Answering` have let it in.
"""

import asyncio
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope

from watchdesk.web.access.forms import is_cross_site
from watchdesk.web.access.hosts import is_ours
from watchdesk.web.asked import Asked, Refusal
from watchdesk.web.assistants.answering import Answer
from watchdesk.web.assistants.installed import MISSING, is_installed
from watchdesk.web.assistants.turns import Turns
from watchdesk.web.gate import MOST_BODY
from watchdesk.web.sent import has_left
from watchdesk.web.workers import Workers

PATH = "/mcp"


def refuse_strange(asked: Asked, headers: Mapping[str, str]) -> None:
    """Raises `Refusal` for what a page of another site has a browser send, and where there is no SDK."""
    web, origin = asked.configured.settings.web, headers.get("origin")
    if is_cross_site(headers.get("sec-fetch-site")) or (
        origin is not None and not is_ours(_host_in(origin), web)
    ):
        raise Refusal(403, "This was sent from a page of another site.")
    if not is_installed():
        raise Refusal(501, MISSING)


async def spoken(request: Request, body: bytes, asked: Asked, workers: Workers, turns: Turns) -> Response:
    """What the protocol answers. It ends early where the client goes away."""
    speaking = asyncio.create_task(_spoken(request.scope, body, asked, workers, turns))
    leaving = asyncio.create_task(has_left(request.receive))
    try:
        await asyncio.wait({speaking, leaving}, return_when=asyncio.FIRST_COMPLETED)
        # To a client that has gone, nothing is sent: the connection is closed.
        return speaking.result() if speaking.done() else Response(status_code=408)
    finally:
        for task in (speaking, leaving):
            task.cancel()


async def _spoken(scope: Scope, body: bytes, asked: Asked, workers: Workers, turns: Turns) -> Response:
    await workers.run(_load)
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager  # noqa: PLC0415 - heavy

    from watchdesk.web.assistants.protocol import refused, server  # noqa: PLC0415 - as above

    if refusal := refused(body):
        return Response(refusal, 400, media_type="application/json")

    async def call(name: str, arguments: Mapping[str, object]) -> Answer:
        return await turns.call(lambda: asked, name, arguments)

    manager = StreamableHTTPSessionManager(
        server(call), json_response=True, stateless=True, max_request_body_size=MOST_BODY
    )
    said = _Said()
    async with manager.run():
        await manager.handle_request(scope, _given(body), said.send)
    return said.response


def _load() -> None:
    """In a thread, so that pages are served meanwhile."""
    from watchdesk.web.assistants import protocol  # noqa: PLC0415 - heavy, and few desks have assistants

    del protocol


class _Said:
    """An answer as it is sent."""

    def __init__(self) -> None:
        self.response = Response(status_code=500)

    async def send(self, message: Message) -> None:
        """ASGI."""
        if message["type"] == "http.response.start":
            self.response = Response(status_code=message["status"])
            self.response.raw_headers = [
                (name, value) for name, value in message.get("headers", ()) if name != b"content-length"
            ]
        elif message["type"] == "http.response.body":
            self.response.body = bytes(self.response.body) + message.get("body", b"")
            if not message.get("more_body"):
                length = str(len(self.response.body)).encode()
                self.response.raw_headers.append((b"content-length", length))


def _given(body: bytes) -> Receive:
    """The body; after it, nothing comes any more."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if messages:
            return messages.pop()
        await asyncio.Event().wait()
        raise AssertionError("it is cancelled there")

    return receive


def _host_in(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""
