"""Parts of the page sent to a browser one by one, as lines of JSON, while the search goes on.

When the browser goes away, as for a newer search, the work ends.
"""

import json
import threading
from collections.abc import AsyncIterator, Generator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from watchdesk.errors import StorageError
from watchdesk.web.answers import refusal_of
from watchdesk.web.asked import Asked, Refusal
from watchdesk.web.playground.parts import Part, parts
from watchdesk.web.playground.typed import Typed
from watchdesk.web.rendering import render
from watchdesk.web.workers import TooBusy, Workers

_SEARCHES = ("search", "why", "rule", "try")


class _Lines:
    """Makes the lines in the threads of handlers, one at a time; ends the work when it is closed."""

    def __init__(self, asked: Asked) -> None:
        self._gone = threading.Event()
        self._making = threading.Lock()
        self._lines = self._made(asked, Typed(asked.form))

    def next(self) -> bytes | None:
        """None: there are no more."""
        with self._making:
            return next(self._lines, None)

    def close(self) -> None:
        """Has the work end, and waits for that."""
        self._gone.set()
        with self._making:
            self._lines.close()

    def _made(self, asked: Asked, typed: Typed) -> Generator[bytes]:
        wanted = asked.form.get("for", "")
        wanted = wanted if wanted in _SEARCHES else "search"
        known: dict[str, str] = {}
        try:
            for part in parts(asked, typed, wanted, gone=self._gone):
                html = _rendered(part, asked)
                if known.get(part.name) != html:
                    known[part.name] = html
                    yield _line(part=part.name, html=html)
        except (TooBusy, StorageError, Refusal) as error:
            refusal = refusal_of(error, asked.path)
            is_busy = isinstance(error, TooBusy)
            part = Part("refused", {"said": refusal.detail, "wanted": wanted})
            yield _line(part=part.name, html=_rendered(part, asked), again=is_busy)
        yield _line(part="end", html="")


def streamed(workers: Workers, request: Request, asked: Asked) -> Response:
    """The parts that a form asks for."""
    lines = _Lines(asked)

    async def sent() -> AsyncIterator[bytes]:
        try:
            while (line := await workers.run(lines.next)) is not None:
                if await request.is_disconnected():
                    break
                yield line
        finally:
            workers.later(lines.close)

    return StreamingResponse(sent(), media_type="application/x-ndjson")


def _rendered(part: Part, asked: Asked) -> str:
    return render(f"playground/{part.name}.html.j2", asked, part.values)


def _line(**values: object) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
