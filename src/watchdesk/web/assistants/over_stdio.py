"""`watchdesk mcp`: the protocol over standard input and output, a message a line, until input ends."""

import asyncio
import json
import os
import re
import sys
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, cast

import anyio
from mcp.server.stdio import stdio_server
from mcp.shared.message import SessionMessage
from mcp_types import INVALID_REQUEST, ErrorData, JSONRPCError

from watchdesk.web.access.visitors import Visitor
from watchdesk.web.asked import Asked
from watchdesk.web.assistants.answering import Answer
from watchdesk.web.assistants.over_http import PATH
from watchdesk.web.assistants.protocol import server
from watchdesk.web.assistants.turns import AT_ONCE, Turns
from watchdesk.web.desk import DeskView
from watchdesk.web.gate import MOST_BODY
from watchdesk.web.workers import Workers

_PIECE = 65_536
_ID = re.compile(rb'"id"\s*:\s*(\d{1,15}|"[^"\\]{1,100}")')


def serve(desk: Callable[[], DeskView]) -> None:
    """Until the client closes standard input, or goes away."""
    workers = Workers(AT_ONCE)
    try:
        asyncio.run(_serve(desk, workers))
    except* BrokenPipeError:
        pass  # nobody reads any more
    finally:
        workers.close()


async def _serve(desk: Callable[[], DeskView], workers: Workers) -> None:
    turns = Turns(workers)

    async def call(name: str, arguments: Mapping[str, Any]) -> Answer:
        return await turns.call(lambda: _asked(desk()), name, arguments)

    lines = Lines(sys.stdin.fileno())
    async with stdio_server(stdin=cast("anyio.AsyncFile[str]", lines)) as (reading, writing):

        async def refuse(message_id: int | str | None) -> None:
            said = ErrorData(code=INVALID_REQUEST, message=f"A message may have {MOST_BODY:,} bytes.")
            await writing.send(SessionMessage(JSONRPCError(jsonrpc="2.0", id=message_id, error=said)))

        lines.refuse = refuse
        made = server(call)
        await made.run(reading, writing, made.create_initialization_options())


def _asked(desk: DeskView) -> Asked:
    return Asked(desk, desk.configured, desk.clock(), Visitor.READER, PATH)


class Lines:
    """The lines of a descriptor, as they come. One that is too long is not kept, and is refused.

    A thread reads: what is read may be a pipe, a file or a terminal. It ends with the process.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.refuse: Callable[[int | str | None], Any] | None = None

    async def __aiter__(self) -> AsyncIterator[str]:
        """Without the ends of lines."""
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(1)
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, args=(loop, queue), name="input", daemon=True).start()
        kept, head, size = bytearray(), b"", 0
        while (piece := await queue.get()) is not None:
            for number, part in enumerate(piece.split(b"\n")):
                if number:
                    if size <= MOST_BODY:
                        yield kept.decode("utf-8", "replace")
                    elif self.refuse:
                        await self.refuse(_id_in(head, bytes(kept)))
                    kept, head, size = bytearray(), b"", 0
                size += len(part)
                kept += part
                if size > MOST_BODY:
                    head = head or bytes(kept[:_PIECE])
                    del kept[:-_PIECE]
        if kept and size <= MOST_BODY:
            yield kept.decode("utf-8", "replace")

    def _read(self, loop: asyncio.AbstractEventLoop, queue: asyncio.Queue[bytes | None]) -> None:
        piece: bytes | None = b""
        while piece is not None:
            try:
                piece = os.read(self._descriptor, _PIECE) or None
            except OSError:
                piece = None
            try:
                asyncio.run_coroutine_threadsafe(queue.put(piece), loop).result()
            except RuntimeError:  # the loop has ended
                return


def _id_in(head: bytes, tail: bytes) -> int | str | None:
    """The id of a message of which only the beginning and the end are known; None: it is in neither."""
    found = _ID.findall(tail) or _ID.findall(head)
    return None if not found else cast("int | str", json.loads(found[-1]))
