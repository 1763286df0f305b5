"""Events as a reader gets them: a stream of text (WHATWG HTML, 9.2), and its description."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from watchdesk.documents.events import BeginEventDocument
from watchdesk.web.events.reading import Event, Place, place_in
from watchdesk.web.events.watcher import Events, Stream
from watchdesk.web.routes import API
from watchdesk.web.sent import has_left

PATH = f"{API}/events"
HEARTBEAT = 15.0
"""Seconds after which a comment says that the connection is there."""
RETRY = 5_000
"""Milliseconds after which a reader that lost the connection comes again."""
_ENDING = 1.0
_TYPE = "text/event-stream"
DESCRIBED: dict[str, Any] = {
    "get": {
        "operationId": "get-events",
        "summary": "What is found and sent, as server-sent events: begin, match and delivery",
        "parameters": [
            {
                "name": "Last-Event-ID",
                "in": "header",
                "required": False,
                "schema": {"type": "string"},
                "description": "The id of the last event; they go on after it",
            }
        ],
        "responses": {
            "200": {"description": "The events", "content": {_TYPE: {"schema": {"type": "string"}}}},
            "503": {"description": "Too many read them now; Retry-After says when to come again"},
        },
    }
}


async def streamed(events: Events, request: Request) -> Response:
    """The stream. Raises `Refusal` where there are too many."""
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    if request.method == "HEAD":
        return Response(media_type=_TYPE, headers=headers)
    given = request.headers.get("last-event-id")
    after = place_in(given)
    stream, begins, missed, is_cut = await events.join(after)
    is_resumed = after is not None and after.match <= begins.match
    begin: BeginEventDocument = {"resumed": is_resumed, "cut": is_cut or (bool(given) and not is_resumed)}
    lines = _lines(stream, begins if after is None or not missed else after, begin, missed)
    return _Streamed(events, stream, lines, headers)


class _Streamed(StreamingResponse):
    """Ends with its reader, and with the stream."""

    def __init__(
        self, events: Events, stream: Stream, lines: AsyncIterator[bytes], headers: dict[str, str]
    ) -> None:
        super().__init__(lines, headers=headers, media_type=_TYPE)
        self._events = events
        self._stream = stream

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        sending = asyncio.create_task(self.stream_response(send))
        leaving = asyncio.create_task(has_left(receive))
        ending = asyncio.create_task(self._stream.ended.wait())
        try:
            await asyncio.wait({sending, leaving, ending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._events.leave(self._stream)
            for task in (sending, leaving, ending):
                task.cancel()
            await asyncio.gather(sending, leaving, ending, return_exceptions=True)
        with suppress(TimeoutError, OSError):
            end = send({"type": "http.response.body", "body": b"", "more_body": False})
            await asyncio.wait_for(end, _ENDING)


async def _lines(
    stream: Stream, begins: Place, begin: BeginEventDocument, missed: Sequence[Event]
) -> AsyncIterator[bytes]:
    yield f"retry: {RETRY}\n\n".encode()
    yield _text(Event("begin", "", begin, begins))
    for event in missed:
        yield _text(event)
    while True:
        try:
            event = await asyncio.wait_for(stream.queue.get(), HEARTBEAT)
        except TimeoutError:
            yield b": here\n\n"
            continue
        yield _text(event)


def _text(event: Event) -> bytes:
    number = f"id: {event.place}\n" if event.place else ""
    # JSON has no line ends of its own, and so neither has the field.
    document = json.dumps(event.document, ensure_ascii=False, separators=(",", ":"))
    return f"{number}event: {event.kind}\ndata: {document}\n\n".encode("utf-8", "replace")
