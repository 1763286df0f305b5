"""What the page and the API see of the desk. Nothing in it takes a lock that polls or deliveries wait for."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from watchdesk.documents.files import Files
from watchdesk.documents.summary import Summary, summarised
from watchdesk.plan import Clock, Configured
from watchdesk.ports import Store
from watchdesk.service.liveness import ServiceStatus
from watchdesk.web.kept import Kept
from watchdesk.web.last_days import LastDays
from watchdesk.web.playground.messages import Begin
from watchdesk.web.playground.seats import Seats
from watchdesk.web.stores import OwnStore

if TYPE_CHECKING:
    from watchdesk.documents.near_rules import NearRule
    from watchdesk.documents.rules import HabitsDocument

_FRESH = 2.0
"""Seconds for which a summary, and the figures of the last days, answer whoever asks."""


class DeskView:
    """One for each server. Handlers read its attributes and call its methods from any thread."""

    def __init__(
        self,
        configured: Configured,
        read_store: OwnStore,
        write_store: OwnStore,
        state_directory: Path,
        clock: Clock,
        told: Callable[[], ServiceStatus],
    ) -> None:
        """`told`: what the service tells of itself."""
        self.configured = configured
        """The configuration in force. A reload replaces it as a whole: read it once for each request."""
        self._read_store = read_store
        self._write_store = write_store
        self.state_directory = state_directory
        self.clock = clock
        self.told = told
        self.mark = hashlib.sha256(str(state_directory.absolute()).encode()).hexdigest()[:8]
        """Tells this desk from others on the same machine: browsers share cookies between ports."""
        self.playground = Seats(self._begin_playing)
        """Where queries are tried."""
        self.last_days: Kept[LastDays] = Kept(fresh=_FRESH)
        self.near_misses: Kept[NearRule] = Kept()
        """By rule."""
        self.habits: Kept[HabitsDocument] = Kept()
        """By days."""
        self._summaries: Kept[Summary] = Kept(fresh=_FRESH)

    def reading(self) -> AbstractContextManager[Store]:
        """A store that may read and not write. Raises `StorageError`, as its methods do."""
        return self._read_store.used()

    @contextmanager
    def writing(self) -> Iterator[Store]:
        """A store that may write as well, for the few things that the page changes. Raises `StorageError`."""
        with self._write_store.used() as store:
            yield store
        self._summaries = Kept(fresh=_FRESH)  # what was changed is seen at once

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Meanwhile there is no connection to the database."""
        with self.playground.paused(), self._read_store.paused(), self._write_store.paused():
            yield

    def close(self) -> None:
        """Closes the connections to the database."""
        self.playground.close()
        self._read_store.close()
        self._write_store.close()

    def summary(self) -> Summary:
        """The desk's status, at most two seconds old. It answers whatever is broken."""
        configured = self.configured
        return self._summaries.get("", configured, lambda: self._summarised(configured))

    def _begin_playing(self) -> tuple[Configured, Begin]:
        configured = self.configured
        settings = configured.settings
        begin = Begin(
            settings.directory,
            self.state_directory,
            settings.storage,
            settings.timezone,
            frozenset(settings.sources),
            frozenset(tag for source in settings.sources.values() for tag in source.tags),
        )
        return configured, begin

    def _summarised(self, configured: Configured) -> Summary:
        settings, status = configured.settings, self.told()
        files = Files(configured, status.configuration.mistakes, settings.timezone, settings.storage)
        return summarised(files, self.state_directory, self.clock(), self._opened)

    @contextmanager
    def _opened(self, _storage: str, _state_directory: Path) -> Iterator[Store]:
        with self.reading() as store:
            yield store
