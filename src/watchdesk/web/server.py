"""The server of the page: uvicorn over a socket that is listening already, within bounds of its own."""

import asyncio
import logging
import socket
import sys

import uvicorn

from watchdesk.service.measuring.measurements import Measurements
from watchdesk.web.application import application
from watchdesk.web.connections import HEAD, BoundedConnection
from watchdesk.web.desk import DeskView
from watchdesk.web.events.watcher import Events
from watchdesk.web.workers import Workers

_TICK = 0.25
"""Seconds between two looks whether to end."""
_OF_HEALTH = 2
"""Threads for health, which no page takes."""
_OF_METRICS = 1
"""As well."""
_GIVES_WAY = 0.0005
"""Seconds after which a thread gives the interpreter to another that waits for it. Polls and deliveries take
it again after each answer of the network: by Python's 0.005 they would wait for so long behind each page."""
_ENDING = 2
"""Seconds that requests in progress have to end."""


class PageServer:
    """Serves once. `leave` ends it from another thread."""

    def __init__(self, desk: DeskView, measurements: Measurements, threads: int) -> None:
        """`threads`: requests that are worked on at once."""
        # What it would log is either nothing for this log, or said by us.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        self._workers = Workers(threads)
        self._of_health, self._of_metrics = Workers(_OF_HEALTH), Workers(_OF_METRICS)
        self._events = Events(desk, measurements, self._workers)
        self._server = _Server(
            uvicorn.Config(
                application(
                    desk, measurements, self._workers, self._of_health, self._of_metrics, self._events
                ),
                loop="asyncio",
                http=BoundedConnection,
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=_ENDING,
                h11_max_incomplete_event_size=HEAD,
            )
        )

    def serve(self, listener: socket.socket) -> None:
        """Until `leave` is called."""
        sys.setswitchinterval(_GIVES_WAY)
        try:
            self._server.run(sockets=[listener])
        finally:
            self._workers.close()
            self._of_health.close()
            self._of_metrics.close()

    def leave(self) -> None:
        """Lets what is in progress end, and then the server."""
        self._server.should_exit = True
        self._events.close()


class _Server(uvicorn.Server):
    """Looks less often whether it is to end: each look wakes the process."""

    async def main_loop(self) -> None:
        counter = 0
        while not await self.on_tick(counter):
            counter += 10  # uvicorn renews its date header at each multiple
            await asyncio.sleep(_TICK)
