"""A connection to the page, within bounds: how many there are, how slowly they may send and read.

uvicorn bounds neither a client that never ends its request nor one that never takes its answer. A file
descriptor that such a client holds is one that polls and deliveries lack.
"""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST = 128
"""Connections at once. One more takes the place of the one that has been idle for longest."""
HEAD = 32_768
"""Bytes that a request line with its headers may have."""
REQUEST = 10.0
"""Seconds that a client has for its request's line and headers, the first or the next."""
BODY = 20.0
"""Seconds that it has for the body."""
STANDSTILL = 15.0
"""Seconds after which an answer that nobody takes is given up."""
TAKING = 120.0
"""Seconds that a client has to take the rest of an answer that is written."""
LEAVING = 1.0
"""Seconds that an answer may take for a client that sends no more: it may be waiting, or have gone away."""
LINGERING = 5.0
"""Seconds in which what a client still sends is dropped after it was refused: a connection that is closed
with something unread takes the answer with it."""
QUIET = 1.0
"""Seconds without any of it after which nothing more is waited for."""
_MOST_DROPPED = 64_000_000
"""Bytes of that."""
_LOOK = 1.0


class _Joined:
    """A transport that sends together what is written together: uvicorn writes an answer's head by itself.

    One system call less, and one waking less of whoever reads. It is closed in a way that lets the client
    read its answer, also where it has more to send.
    """

    def __init__(
        self,
        transport: asyncio.Transport,
        protocol: asyncio.Protocol,
        loop: asyncio.AbstractEventLoop,
        has_read_all: Callable[[], bool],
    ) -> None:
        self._transport = transport
        self._protocol = protocol
        self._loop = loop
        self._has_read_all = has_read_all
        self._parts: list[bytes] = []
        self._is_lingering = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Sends it before anything else happens in the loop, with what is written until then."""
        if not data:
            return
        if not self._parts:
            self._loop.call_soon(self._send)
        self._parts.append(data)

    def close(self) -> None:
        """Once what was written is sent."""
        self._send()
        if self._is_lingering or self._has_read_all() or self._transport.is_closing():
            self._transport.close()
            return
        self._is_lingering = True
        self._transport.write_eof()
        self._transport.set_protocol(_Dropping(self._transport, self._protocol, self._loop))
        self._transport.resume_reading()

    def is_closing(self) -> bool:
        """Whether nothing is answered here any more."""
        return self._is_lingering or self._transport.is_closing()

    def get_write_buffer_size(self) -> int:
        """Bytes that are not sent yet."""
        return self._transport.get_write_buffer_size() + sum(map(len, self._parts))

    def _send(self) -> None:
        if self._parts:
            data, self._parts = b"".join(self._parts), []
            self._transport.write(data)


class _Dropping(asyncio.Protocol):
    """What a client sends that was answered already."""

    def __init__(
        self, transport: asyncio.Transport, protocol: asyncio.Protocol, loop: asyncio.AbstractEventLoop
    ) -> None:
        """`protocol`: is told of the end."""
        self._transport = transport
        self._protocol = protocol
        self._loop = loop
        self._dropped = self._seen = 0
        self._ending = loop.call_later(LINGERING, transport.abort)
        self._listening = loop.call_later(QUIET, self._listen)

    def _listen(self) -> None:
        if self._dropped == self._seen and not self._transport.get_write_buffer_size():
            self._transport.close()
            return
        self._seen = self._dropped
        self._listening = self._loop.call_later(QUIET, self._listen)

    def data_received(self, data: bytes) -> None:
        self._dropped += len(data)
        if self._dropped > _MOST_DROPPED:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._ending.cancel()
        self._listening.cancel()
        self._protocol.connection_lost(exc)


class BoundedConnection(H11Protocol):
    """An HTTP/1.1 connection that is aborted where it is too slow."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._since = self._moved = self.loop.time()
        self._unsent = 0
        self._is_refused = False
        self._was_waiting = True
        self._looking: asyncio.TimerHandle | None = None
        self._leaving: asyncio.TimerHandle | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete  # type: ignore[redundant-expr] # it begins as None

    @property
    def since(self) -> float:
        """When it began to be what it is, answering or waiting, by the loop's clock."""
        return self._since

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Takes it, if there is room or some can be made."""
        if len(self.connections) >= MOST and not self._makes_room():
            self.transport = transport
            transport.abort()
            return
        super().connection_made(transport)
        self.transport = _Joined(transport, self, self.loop, self._has_read_all)  # type: ignore[assignment] # it is one in all that is asked
        self._since = self.loop.time()
        self._looking = self.loop.call_later(_LOOK, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """It has ended."""
        for timer in (self._looking, self._leaving):
            if timer:
                timer.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """The next request may come."""
        self._since = self.loop.time()
        super().on_response_complete()
        if self._leaving:
            self.transport.close()

    def eof_received(self) -> bool:  # type: ignore[override] # as asyncio has it
        """The client sends no more. Whether it is given time to take the answer to what it has sent."""
        if self.is_waiting:
            return False
        self._leaving = self.loop.call_later(LEAVING, self.transport.close)
        return True

    def send_400_response(self, msg: str) -> None:
        """What is no request of HTTP; 414 or 431 where its head is too long."""
        self._is_refused = True
        unread, _ = self.conn.trailing_data
        if len(unread) <= HEAD:
            super().send_400_response(msg)
            return
        is_line = b"\r\n" not in unread[:HEAD]
        status = HTTPStatus.REQUEST_URI_TOO_LONG if is_line else HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        said = f"The {'address' if is_line else 'head'} of a request may have {HEAD:,} bytes here.\n".encode()
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        head += f"Content-Length: {len(said)}\r\nConnection: close\r\n\r\n"
        self.transport.write(head.encode() + said)
        self.transport.close()

    def _has_read_all(self) -> bool:
        is_whole = self.cycle is None or not self.cycle.more_body  # type: ignore[redundant-expr] # as above
        return is_whole and not self._is_refused

    def _makes_room(self) -> bool:
        idle = [one for one in self.connections if isinstance(one, BoundedConnection) and one.is_waiting]
        if not idle:
            return False
        longest = min(idle, key=lambda one: one.since)
        self.connections.discard(longest)
        longest.transport.abort()
        return True

    def _look(self) -> None:
        now, unsent, waiting = self.loop.time(), self.transport.get_write_buffer_size(), self.is_waiting
        if waiting is not self._was_waiting:
            self._since, self._was_waiting = now, waiting
        if unsent == 0 or unsent != self._unsent:
            self._moved, self._unsent = now, unsent
        stands_still = unsent > 0 and now - self._moved > STANDSTILL
        if waiting:
            too_slow = now - self._since > (TAKING if unsent else REQUEST)
        else:
            too_slow = self.cycle.more_body and now - self._since > BODY
        if stands_still or too_slow:
            self.transport.abort()
        else:
            self._looking = self.loop.call_later(_LOOK, self._look)
