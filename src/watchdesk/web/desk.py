"""What the page and the API see of the desk. Nothing in it takes a lock that polls or deliveries wait for."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from watchdesk.documents.files import Files
from watchdesk.documents.summary import Summary, summarised
from watchdesk.model.hosts import FleetHost
from watchdesk.plan import Clock, Configured
from watchdesk.ports import Store
from watchdesk.service.liveness import ServiceStatus
from watchdesk.service.poll_workers.fork_server import ForkServer
from watchdesk.web.alike import LONGEST, Alike
from watchdesk.web.kept import Kept
from watchdesk.web.last_days import LastDays
from watchdesk.web.playground.messages import Begin
from watchdesk.web.playground.seat import InForce
from watchdesk.web.playground.seats import Seats
from watchdesk.web.recent import Recent
from watchdesk.web.stores import OwnStore
from watchdesk.web.turns import Turns

if TYPE_CHECKING:
    from watchdesk.documents.near_rules import NearRule
    from watchdesk.documents.rule_list import RuleReport
    from watchdesk.documents.rules import HabitsDocument
    from watchdesk.documents.sources import SourceReport
    from watchdesk.web.playground.messages import RulesSay

_FRESH = 2.0
"""Seconds for which a summary, and the figures of the last days, answer whoever asks, at least."""

_FEEDS = 16
"""Feeds that are kept: one of digests may have some megabytes."""


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
        fork_server: ForkServer | None = None,
    ) -> None:
        """`told`: what the service tells of itself. `fork_server`: forks processes that have its rules."""
        self.configured = configured
        """The configuration in force. A reload replaces it as a whole: read it once for each request."""
        self._in_force = (configured, fork_server)
        self._playing: InForce | None = None
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
        self.feeds: Kept[bytes] = Kept(most=_FEEDS)
        """By what they are of, and the digests in them."""
        self.searches: Alike[Mapping[str, str]] = Alike()
        """What a page of the playground shows of a search, by the fields of its form."""
        self.rules_said: Alike[RulesSay] = Alike(shortest=LONGEST)
        """By what was asked of which text: rules do not change their mind of it."""
        self.rule_turns = Turns(1, waiting=1, patience=10.0)
        """One process says what rules say, one answer after the other, so that searches have the other."""
        self.link_turns = Turns(2, waiting=2, patience=1.0)
        """Of those who are here by a link so many at once ask a rule: a scanner of mail opens all links of a
        digest together, and the others who look have threads left."""
        self._forget()

    def reading(self) -> AbstractContextManager[Store]:
        """A store that may read and not write. Raises `StorageError`, as its methods do."""
        return self._read_store.used()

    @contextmanager
    def writing(self) -> Iterator[Store]:
        """A store that may write as well, for the few things that the page changes. Raises `StorageError`."""
        with self._write_store.used() as store:
            yield store
        self._forget()  # what was changed is seen at once

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

    def follow(self, configured: Configured, fork_server: ForkServer | None = None) -> None:
        """Goes on by this configuration. A process that has its rules is ready for whoever asks first."""
        self._in_force = (configured, fork_server)
        self.configured = configured
        if fork_server and configured.settings.web.address:
            self.playground.warm()

    def summary(self) -> Summary:
        """The desk's status, at most two seconds old. It answers whatever is broken."""
        configured = self.configured
        return self._summaries.get("", configured, lambda: self._summarised(configured))

    def source_reports(self, now: datetime) -> "Sequence[SourceReport]":
        """How every source is, in the order of the files. Raises `StorageError`."""
        from watchdesk.documents.sources import source_reports  # noqa: PLC0415 - the service starts without

        configured = self.configured

        def made() -> "Sequence[SourceReport]":
            with self.reading() as store:
                return source_reports(configured.settings.sources.values(), store, now)

        return self._sources.get("", configured, made)

    def rule_reports(self, now: datetime) -> "tuple[Sequence[RuleReport], float]":
        """Every rule in brief, and how many of the last 30 days have articles. Raises `StorageError`."""
        from watchdesk.documents.rule_list import rule_reports  # noqa: PLC0415 - the service starts without

        configured = self.configured

        def made() -> "tuple[Sequence[RuleReport], float]":
            with self.reading() as store:
                return rule_reports(configured, store, now)

        return self._rules.get("", configured, made)

    def hosts(self) -> Sequence[FleetHost]:
        """The machines that share the work, as of two seconds ago at most. Raises `StorageError`."""

        def read() -> Sequence[FleetHost]:
            with self.reading() as store:
                return store.hosts()

        return self._hosts.get("", None, read)

    def _forget(self) -> None:
        self.pages = Recent()
        self.habits: Kept[HabitsDocument] = Kept()
        """By days."""
        self._summaries: Kept[Summary] = Kept(fresh=_FRESH)
        self._hosts: Kept[Sequence[FleetHost]] = Kept(fresh=_FRESH)
        self._sources: Kept[Sequence[SourceReport]] = Kept(fresh=0.0, lets_go=True)
        self._rules: Kept[tuple[Sequence[RuleReport], float]] = Kept(fresh=0.0, lets_go=True)

    def _begin_playing(self) -> InForce:
        configured, fork_server = self._in_force
        if self._playing and self._playing.configuration is configured:
            return self._playing
        settings = configured.settings
        begin = Begin(
            settings.directory,
            self.state_directory,
            settings.storage,
            settings.timezone,
            frozenset(settings.sources),
            frozenset(tag for source in settings.sources.values() for tag in source.tags),
        )
        self._playing = InForce(configured, begin, fork_server)
        return self._playing

    def _summarised(self, configured: Configured) -> Summary:
        settings, status = configured.settings, self.told()
        files = Files(configured, status.configuration.mistakes, settings.timezone, settings.storage)
        return summarised(files, self.state_directory, self.clock(), self._opened)

    @contextmanager
    def _opened(self, _storage: str, _state_directory: Path) -> Iterator[Store]:
        with self.reading() as store:
            yield store
