"""The desk for assistants that are not served by its service: its files and its database, from beside it."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from watchdesk.app import reading_store, store_beside
from watchdesk.configuration import Configuration
from watchdesk.errors import WatchdeskError
from watchdesk.logger import get_logger
from watchdesk.plan import Clock
from watchdesk.service.liveness.status import Process, ServiceStatus, read_status
from watchdesk.service.watching.contents import Stats, stats
from watchdesk.web.desk import DeskView
from watchdesk.web.stores import OwnStore

log = get_logger(__name__)

_CONNECTIONS = 4
_LOOK = 2.0
"""Seconds between two looks whether the files have changed."""


class Beside:
    """The desk, which follows its files: an assistant may stay for days."""

    def __init__(
        self,
        configuration: Configuration,
        read: Callable[[], Configuration],
        state_directory: Path,
        clock: Clock,
    ) -> None:
        """`read`: reads the files again."""
        self._configuration, self._read = configuration, read
        self._lock = threading.Lock()
        self._seen, self._looked = self._stats(), time.monotonic()
        self._desk = DeskView(
            configuration,
            OwnStore(reading_store(configuration, state_directory, _CONNECTIONS)),
            OwnStore(store_beside(configuration, state_directory)),
            state_directory,
            clock,
            lambda: read_status(state_directory) or ServiceStatus(Process(0), clock(), clock(), 0.0),
        )

    def close(self) -> None:
        """Closes the connections to the database, and ends the processes that search."""
        self._desk.close()

    def desk(self) -> DeskView:
        """By the files as they are now; by the last good ones while there is a mistake in them."""
        with self._lock:
            if time.monotonic() - self._looked >= _LOOK:
                self._looked = time.monotonic()
                self._follow()
        return self._desk

    def _follow(self) -> None:
        now = self._stats()
        if now == self._seen:
            return
        self._seen = now
        try:
            self._configuration = self._read()
            self._desk.follow(self._configuration)
        except WatchdeskError as error:
            log.warning("the files cannot be used now; the last good ones answer", why=str(error))

    def _stats(self) -> Stats:
        return stats(self._configuration.settings.directory, self._configuration.files)
