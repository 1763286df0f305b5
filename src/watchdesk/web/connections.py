"""A connection to the page, within bounds: how many there are, how slowly they may send and read.

uvicorn bounds neither a client that never ends its request nor one that never takes its answer. A file
descriptor that such a client holds is one that polls and deliveries lack.
"""

import asyncio
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
_LOOK = 1.0


class BoundedConnection(H11Protocol):
    """An HTTP/1.1 connection that is aborted where it is too slow."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._since = self._moved = self.loop.time()
        self._unsent = 0
        self._was_waiting = True
        self._looking: asyncio.TimerHandle | None = None

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
        self._since = self.loop.time()
        self._looking = self.loop.call_later(_LOOK, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """It has ended."""
        if self._looking:
            self._looking.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """The next request may come."""
        self._since = self.loop.time()
        super().on_response_complete()

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
