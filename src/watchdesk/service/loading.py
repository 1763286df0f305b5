"""Reads the configuration at the start and at each reload, beside the main loop, and puts it in force.

Whatever the files hold, and whatever a third party's code does meanwhile, the last good configuration stays
in force.
"""

import threading
from collections.abc import Callable

from watchdesk.config.kept_outline import Outline
from watchdesk.errors import UsageError, WatchdeskError
from watchdesk.logger import get_logger
from watchdesk.ports import Store
from watchdesk.service.candidates import Candidate, Candidates
from watchdesk.service.changes import changes_between, most_gone
from watchdesk.service.events import Events, Failed
from watchdesk.service.liveness.status import Phase
from watchdesk.service.memory import give_back
from watchdesk.service.outcomes import Outcomes
from watchdesk.service.poll_workers.generations import Generations, NoMoreWorkers
from watchdesk.service.refusals import reason_of
from watchdesk.service.run import Service
from watchdesk.service.starting import Started, Starting, Surroundings
from watchdesk.service.watching.watch import FileWatch

log = get_logger(__name__)


class Loading:
    """One thread. Requests to reload that come while it is busy become one."""

    def __init__(
        self,
        generations: Generations,
        watched: Callable[[Callable[[], object]], FileWatch],
        around: Surroundings,
        events: Events,
    ) -> None:
        """`watched`: what watches the files, given what asks for a reload."""
        self._watch = watched(self.reload)
        self._candidates = Candidates(
            generations, self._watch, around.state_directory, around.hosts, around.liveness.incident
        )
        self._outcomes = Outcomes(around.clock, around.liveness, around.systemd)
        self._starting = Starting(around, self._begun, self._reread, self.reload)
        self._liveness, self._companion = around.liveness, around.companion
        self._events = events
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
        self._watch.close()
        self._companion.stop()
        if self._service:
            self._service.stop()

    def close(self) -> None:
        """Closes the store."""
        with self._lock:
            self._stopped = True
        self._watch.close()
        if self._store:
            self._store.close()
        if self._service:
            self._service.closed()

    def _run(self) -> None:
        try:
            started = self._begin()
        except WatchdeskError as error:
            self._events.put(Failed(error))
            return
        except BaseException as error:
            log.debug("the start failed", exc_info=error)
            self._events.put(Failed(UsageError(f"the service cannot start: {reason_of(error)}")))
            return
        while started:
            if self._wanted.wait(self._candidates.next_trial):
                self._wanted.clear()
                self._reload(started.service)
            else:
                self._candidates.try_again()

    def _begin(self) -> Started | None:
        """Starts the service; None when it was stopped before that."""
        before, candidate = self._candidates.before, self._read()
        self._candidates.keep(candidate)
        if before:
            self._tell_most_gone(before, candidate)
        started = self._starting.start(candidate)
        if started:
            self._liveness.enter(Phase.RUNNING)
            self._outcomes.started(started.store, started.candidate.configuration, started.service.plan)
            self._outcomes.ready(started.service.plan)
            self._companion.start(started.service.plan, started.candidate.fork_server)
        return started

    def _begun(self, service: Service, store: Store, start: Callable[[], object]) -> bool:
        """Unless it was stopped."""
        with self._lock:
            if not self._stopped:
                start()
                self._service, self._store = service, store
            return not self._stopped

    def _reread(self, seconds: float, before: Candidate) -> Candidate | None:
        if not self._wanted.wait(seconds):
            return None
        self._wanted.clear()
        try:
            candidate = self._read()
        except BaseException as error:  # noqa: BLE001 - as for a reload
            self._outcomes.refused(None, error)
            return before
        self._candidates.keep(candidate)
        before.fork_server.close()
        return candidate

    def _reload(self, service: Service) -> None:
        """Swaps the plan for a new one; if the files cannot be used, it keeps the old one and says so."""
        before = service.plan
        self._outcomes.begins()
        try:
            candidate = self._read()
            try:
                service.follow(candidate.plan, candidate.fork_server)
            except BaseException:
                candidate.fork_server.close()
                raise
            self._candidates.keep(candidate)
        except NoMoreWorkers as error:
            self._events.put(Failed(error))
        except BaseException as error:  # noqa: BLE001 - whatever it is, the last good configuration goes on
            self._outcomes.refused(self._store, error)
        else:
            changes = changes_between(before, candidate.plan)
            self._outcomes.reloaded(self._store, candidate.configuration, changes, candidate.plan)
            self._tell_most_gone(before.outline, candidate)
            self._companion.follow(candidate.plan, candidate.fork_server)
        give_back()
        self._outcomes.ends(service.plan)

    def _tell_most_gone(self, before: Outline, candidate: Candidate) -> None:
        for sentence in most_gone(before, candidate.configuration.outline):
            self._liveness.incident(sentence)

    def _read(self) -> Candidate:
        candidate = self._candidates.read()
        self._liveness.zone(candidate.plan.settings.timezone.key)
        return candidate
