"""Starts the service as soon as its database can be used, by the files as they are then."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from watchdesk.app import storage_address
from watchdesk.configuration import Configuration
from watchdesk.errors import DamagedStorage, FullDisk, ReadOnlyStorage, StorageError, UnreachableStorage
from watchdesk.logger import get_logger
from watchdesk.notices.service import StartWithoutDatabase
from watchdesk.plan import Clock, Plan
from watchdesk.ports import Store
from watchdesk.service.candidates import Candidate
from watchdesk.service.companion import Companion
from watchdesk.service.direct_reporting import DirectReporter
from watchdesk.service.liveness.recorder import Liveness
from watchdesk.service.liveness.status import Phase, StoreStatus
from watchdesk.service.liveness.verdict import service_causes
from watchdesk.service.poll_workers.slots import Slots
from watchdesk.service.poll_workers.workers import PollWorkers
from watchdesk.service.run import Service
from watchdesk.service.sharing import Sharing
from watchdesk.service.systemd import Systemd
from watchdesk.sources import Hosts
from watchdesk.store.open_file import stamp_of

log = get_logger(__name__)

FIRST = 5.0
LONGEST = 300.0
"""Seconds between two trials of a database that cannot be used at the start."""
LONGEST_FULL = 60.0
"""The same of one without room: whoever makes room waits for it."""


@dataclass(frozen=True, slots=True)
class Started:
    """A service that runs."""

    service: Service
    store: Store
    candidate: Candidate
    """What it runs by."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a service is made with, whatever its files say."""

    open_store: Callable[[Configuration], Store]
    state_directory: Path
    clock: Clock
    slots: Slots
    hosts: Hosts
    liveness: Liveness
    direct: DirectReporter
    systemd: Systemd
    companion: Companion
    sharing: Callable[[Store, Hosts], Sharing]


class Starting:
    """Tries until the service runs or is stopped.

    `begin(service, store, start)` calls `start`, unless the service was stopped meanwhile: False then.
    `reread`: waits so many seconds for a wish to reload; where there is one, the files as they are then, or
    those before where they cannot be used. `more_workers`: asks for other workers.
    """

    def __init__(
        self,
        around: Surroundings,
        begin: Callable[[Service, Store, Callable[[], object]], bool],
        reread: Callable[[float, Candidate], Candidate | None],
        more_workers: Callable[[], object],
    ) -> None:
        self._around = around
        self._begin = begin
        self._reread = reread
        self._more_workers = more_workers

    def start(self, candidate: Candidate) -> Started | None:
        """The service that runs; None when it was stopped. Raises `StorageError` where waiting is in vain."""
        since, wait = self._around.clock(), FIRST
        while True:
            try:
                return self._on_its_store(candidate)
            except (DamagedStorage, UnreachableStorage, ReadOnlyStorage, FullDisk) as error:
                wait = min(wait, LONGEST_FULL) if isinstance(error, FullDisk) else wait
                log.error("the database cannot be used; it is tried again", why=str(error), seconds=wait)
                self._say_waiting(candidate, error, since, wait)
            except StorageError as error:
                self._around.direct.report(candidate.plan, [StartWithoutDatabase(str(error))])
                raise
            candidate = self._waited(candidate, wait)
            wait = min(2 * wait, LONGEST)

    def _on_its_store(self, candidate: Candidate) -> Started | None:
        """Tries once: a database that opens may still be damaged where the service first reads it."""
        around, address = self._around, self._address(candidate)
        stamp = stamp_of(Path(address))
        store = around.open_store(candidate.configuration)
        stored = around.liveness.measurements.stored
        workers = PollWorkers(store, around.slots, around.hosts, self._more_workers, stored=stored)
        try:
            service = Service(
                candidate.plan,
                store,
                around.clock,
                random.Random(),
                around.liveness,
                around.direct,
                address,
                workers,
                around.companion,
                around.sharing(store, around.hosts),
            )
            if self._begin(service, store, lambda: service.start(candidate.fork_server, stamp)):
                return Started(service, store, candidate)
        except BaseException:
            workers.close()
            store.close()
            raise
        workers.close()
        store.close()
        return None

    def _address(self, candidate: Candidate) -> str:
        return storage_address(candidate.configuration, self._around.state_directory)

    def _say_waiting(self, candidate: Candidate, error: StorageError, since: datetime, wait: float) -> None:
        around = self._around
        again = around.clock() + timedelta(seconds=wait)
        around.liveness.store(
            StoreStatus(
                self._address(candidate),
                str(error),
                since,
                again,
                damaged=isinstance(error, DamagedStorage),
                disk_is_full=isinstance(error, FullDisk),
            )
        )
        around.liveness.enter(Phase.WAITING)
        around.systemd.ready("waiting for the database")
        around.companion.start(candidate.plan, candidate.fork_server)

    def _waited(self, candidate: Candidate, seconds: float) -> Candidate:
        """Reports to the operators meanwhile; ends as soon as the files are read anew."""
        for _ in range(int(seconds)):
            self._report(candidate.plan)
            if other := self._reread(1, candidate):
                return other
        return candidate

    def _report(self, plan: Plan) -> None:
        around = self._around
        around.direct.report(plan, list(service_causes(around.liveness.status, around.clock())))
