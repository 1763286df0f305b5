"""Reads the configuration and opens the store, at the start and at each reload, beside the main loop.

Whatever the files hold, and whatever a third party's code does meanwhile, the last good configuration stays
in force.
"""

import queue
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from watchdesk.app import Configuration, build_plan, storage_address
from watchdesk.config.settings import PollingSettings
from watchdesk.errors import (
    DamagedStorage,
    StorageError,
    UnreachableStorage,
    UsageError,
    WatchdeskError,
)
from watchdesk.logger import get_logger
from watchdesk.notices.service import StartWithoutDatabase
from watchdesk.plan import Clock, Plan
from watchdesk.ports import Store
from watchdesk.remembered import LoadedConfiguration, RefusedConfiguration, forget, remember
from watchdesk.service.direct_reporting import DirectReporter
from watchdesk.service.liveness.recorder import Liveness
from watchdesk.service.liveness.status import Phase, StoreStatus
from watchdesk.service.liveness.verdict import service_causes
from watchdesk.service.memory import give_back
from watchdesk.service.poll_workers.fork_server import ForkServer
from watchdesk.service.poll_workers.generations import Generation, Generations, NoMoreWorkers
from watchdesk.service.poll_workers.reading import Slots
from watchdesk.service.poll_workers.workers import PollWorkers
from watchdesk.service.refusals import mistakes_of, reason_of, refuse_what_vanished
from watchdesk.service.run import Service
from watchdesk.service.systemd import Systemd
from watchdesk.sources import hosts_by_clock
from watchdesk.store.open_file import stamp_of

log = get_logger(__name__)

FIRST = 5.0
LONGEST = 300.0
"""Seconds between two trials of a database that cannot be used at the start."""
_LONGEST_REASON = 2000
_LONGEST_MISTAKE = 300
_MOST_MISTAKES = 10
"""That the status file names: it stays small."""


@dataclass(frozen=True, slots=True)
class Stop:
    """SIGTERM, or SIGINT from a terminal."""


@dataclass(frozen=True, slots=True)
class Reload:
    """SIGHUP."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The service cannot start."""

    error: WatchdeskError


Event = Stop | Reload | Failed


@dataclass(frozen=True, slots=True)
class _Ready:
    """A configuration that can be followed."""

    plan: Plan
    generation: Generation

    @property
    def configuration(self) -> Configuration:
        """All of it."""
        return self.generation.configuration

    @property
    def fork_server(self) -> ForkServer:
        """Of the workers that poll by it."""
        return self.generation.fork_server


class Loading:
    """One thread. Requests to reload that come while it is busy become one."""

    def __init__(
        self,
        generations: Generations,
        slots: Slots,
        open_store: Callable[[Configuration], Store],
        state_directory: Path,
        clock: Clock,
        events: "queue.SimpleQueue[Event]",
        liveness: Liveness,
        direct: DirectReporter,
        systemd: Systemd,
    ) -> None:
        self._generations = generations
        self._slots = slots
        self._open_store = open_store
        self._state_directory = state_directory
        self._clock = clock
        self._events = events
        self._liveness = liveness
        self._direct = direct
        self._systemd = systemd
        self._hosts = hosts_by_clock(PollingSettings())
        self._wanted = threading.Event()
        self._lock = threading.Lock()
        self._stopped = False
        self._service: Service | None = None
        self._store: Store | None = None

    def start(self) -> None:
        """Begins to load what the service needs."""
        threading.Thread(target=self._run, name="loading", daemon=True).start()

    def reload(self) -> None:
        """Requests a reload of the files."""
        self._wanted.set()

    def stop(self) -> None:
        """Stops the service, if it has started; a reload that has begun is not interrupted."""
        with self._lock:
            self._stopped = True
        if self._service:
            self._service.stop()

    def close(self) -> None:
        """Closes the store."""
        with self._lock:
            self._stopped = True
        if self._store:
            self._store.close()
        if self._service:
            self._service.closed()

    def _run(self) -> None:
        try:
            service = self._begin()
        except WatchdeskError as error:
            self._events.put(Failed(error))
            return
        except BaseException as error:
            log.debug("the start failed", exc_info=error)
            self._events.put(Failed(UsageError(f"the service cannot start: {reason_of(error)}")))
            return
        while service:
            self._wanted.wait()
            self._wanted.clear()
            self._reload(service)

    def _begin(self) -> Service | None:
        """Starts the service; None when it was stopped before that."""
        ready = self._ready()
        self._generations.keep(ready.generation)
        service, store, ready = self._started(ready)
        if service:
            self._loaded(store, ready.configuration)
            self._liveness.enter(Phase.RUNNING)
            self._systemd.ready(_status(service.plan))
            log.info("watchdesk is running", **_counts(service.plan))
        return service

    def _started(self, ready: "_Ready") -> tuple[Service | None, Store | None, "_Ready"]:
        """Starts the service as soon as the database can be used, by the files as they are then."""
        since, wait = self._clock(), FIRST
        while True:
            try:
                return *self._on_its_store(ready), ready
            except (DamagedStorage, UnreachableStorage) as error:
                log.error("the database cannot be used; it is tried again", why=str(error), seconds=wait)
                self._wait_for_store(ready.configuration, error, since, wait)
            except StorageError as error:
                self._direct.report(ready.plan, [StartWithoutDatabase(str(error))])
                raise
            if self._report_until(ready.plan, wait):
                ready = self._reloaded(ready)
            wait = min(2 * wait, LONGEST)

    def _on_its_store(self, ready: "_Ready") -> tuple[Service | None, Store | None]:
        """Tries once: a database that opens may still be damaged where the service first reads it."""
        stamp = stamp_of(Path(storage_address(ready.configuration, self._state_directory)))
        store = self._open_store(ready.configuration)
        workers = PollWorkers(store, self._slots, self._hosts, self.reload)
        try:
            service = self._service_on(store, workers, ready)
            with self._lock:
                if not self._stopped:
                    service.start(ready.fork_server, stamp)
                    self._service, self._store = service, store
                    return service, store
        except BaseException:
            workers.close()
            store.close()
            raise
        workers.close()
        store.close()
        return None, None

    def _service_on(self, store: Store, workers: PollWorkers, ready: "_Ready") -> Service:
        address = storage_address(ready.configuration, self._state_directory)
        return Service(
            ready.plan,
            store,
            self._clock,
            random.Random(),
            self._liveness,
            self._direct,
            address,
            workers,
        )

    def _wait_for_store(
        self, configuration: Configuration, error: StorageError, since: datetime, wait: float
    ) -> None:
        address = storage_address(configuration, self._state_directory)
        again = self._clock() + timedelta(seconds=wait)
        damaged = isinstance(error, DamagedStorage)
        self._liveness.store(StoreStatus(address, str(error), since, again, damaged))
        self._liveness.enter(Phase.WAITING)
        self._systemd.ready("waiting for the database")

    def _report_until(self, plan: Plan, seconds: float) -> bool:
        """Waits, and reports to the operators meanwhile; True as soon as a reload is wanted."""
        for _ in range(int(seconds)):
            self._direct.report(plan, list(service_causes(self._liveness.status, self._clock())))
            if self._wanted.wait(1):
                self._wanted.clear()
                return True
        return False

    def _reloaded(self, before: "_Ready") -> "_Ready":
        try:
            ready = self._ready()
        except BaseException as error:  # noqa: BLE001 - as for a reload
            self._refuse(error, None)
            return before
        self._generations.keep(ready.generation)
        before.fork_server.close()
        return ready

    def _reload(self, service: Service) -> None:
        """Swaps the plan for a new one; if the files cannot be used, it keeps the old one and says so."""
        self._systemd.reloading()
        self._liveness.configuration(reloading=self._clock())
        try:
            ready = self._ready()
            try:
                refuse_what_vanished(ready.configuration, service.plan)
                service.follow(ready.plan, ready.fork_server)
            except BaseException:
                ready.fork_server.close()
                raise
            self._generations.keep(ready.generation)
        except NoMoreWorkers as error:
            self._events.put(Failed(error))
        except BaseException as error:  # noqa: BLE001 - whatever it is, the last good configuration goes on
            self._refuse(error, self._store)
        else:
            self._loaded(self._store, ready.configuration)
            log.info("configuration reloaded", **_counts(service.plan))
        give_back()
        self._liveness.configuration(reloading=None)
        self._systemd.ready(_status(service.plan))

    def _ready(self) -> "_Ready":
        """The configuration as the files have it now, all that has to be made of it made."""
        generation = self._generations.load()
        try:
            plan = build_plan(generation.configuration, self._state_directory, self._hosts)
        except BaseException:
            generation.fork_server.close()
            raise
        self._liveness.zone(plan.settings.timezone.key)
        return _Ready(plan, generation)

    def _refuse(self, error: BaseException, store: Store | None) -> None:
        now, reason = self._clock(), reason_of(error)
        if isinstance(error, StorageError):
            log.error("the configuration could not be reloaded; the old one stays in force", why=reason)
        else:
            log.error("the new configuration cannot be used; the old one stays in force", problems=reason)
        log.debug("the reload failed", exc_info=error)
        mistakes = mistakes_of(error)
        shown = tuple(mistake[:_LONGEST_MISTAKE] for mistake in mistakes[:_MOST_MISTAKES])
        self._liveness.configuration(refused=now, reason=reason[:_LONGEST_REASON], mistakes=shown)
        if not isinstance(error, StorageError):
            self._note(store, RefusedConfiguration(now, reason, mistakes))

    def _loaded(self, store: Store | None, configuration: Configuration) -> None:
        now = self._clock()
        for problem in configuration.warnings:
            log.warning("configuration", warning=problem.render())
        self._liveness.configuration(loaded=now, refused=None, reason=None, mistakes=())
        self._note(store, LoadedConfiguration(now))

    @staticmethod
    def _note(store: Store | None, found: LoadedConfiguration | RefusedConfiguration) -> None:
        """For the operators; the status file says the same where the database cannot."""
        if store is None:
            return
        try:
            if isinstance(found, LoadedConfiguration):
                forget(store, RefusedConfiguration)
            remember(store, found)
        except StorageError as error:
            log.error("the state of the configuration could not be noted", why=str(error))


def _counts(plan: Plan) -> dict[str, int]:
    return {
        "sources": len(plan.settings.sources),
        "rules": len(plan.rules.rules),
        "digests": len(plan.settings.digests),
    }


def _status(plan: Plan) -> str:
    return ", ".join(f"{count} {noun}" for noun, count in _counts(plan).items())
