"""Runs each step of the program at its interval, by a plan that reloads replace.

`pipeline` has the steps, `life` starts and ends the process, `loading` reads the files.
"""

import random
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

from watchdesk import pipeline
from watchdesk.delivery import release_dead_leases
from watchdesk.digesting.spikes import SpikeWatch
from watchdesk.errors import DamagedStorage, RefusedRow, StorageError
from watchdesk.logger import get_logger
from watchdesk.model import Digest
from watchdesk.plan import Clock, Plan
from watchdesk.polling.report import PollReport
from watchdesk.ports import Store
from watchdesk.remembered import Heartbeat, ServiceStart, forget, remember, remembered
from watchdesk.service.circuit_breaker import CircuitBreaker
from watchdesk.service.clock_watch import ClockWatch
from watchdesk.service.companion import Companion, Nobody
from watchdesk.service.direct_reporting import DirectReporter
from watchdesk.service.heartbeat import Heartbeat as OutsideHeartbeat
from watchdesk.service.jobs import Jobs
from watchdesk.service.liveness.readiness import BEAT, MAKE_DIGESTS, POLL, RECORD_POLLS, SEND, TELL
from watchdesk.service.liveness.recorder import Liveness
from watchdesk.service.memory import give_back, settle
from watchdesk.service.poll_schedule import PollSchedule
from watchdesk.service.poll_workers.fork_server import ForkServer
from watchdesk.service.poll_workers.workers import PollWorkers
from watchdesk.service.polling import Poller, restore_backoff
from watchdesk.service.senders import Senders
from watchdesk.service.sharing import Alone, Sharing
from watchdesk.service.states_ahead import Group
from watchdesk.service.store_watch import StoreWatch
from watchdesk.service.telling import Telling
from watchdesk.service.upkeep.keeper import Upkeep
from watchdesk.store.open_file import FileStamp

log = get_logger(__name__)

TICK = timedelta(seconds=1)
"""Between looks at what is due, at most. What a poll or a digest brings is looked at once it is there."""
PAGES = timedelta(seconds=2)
HEARTBEAT = timedelta(seconds=15)
GIVING_BACK = timedelta(minutes=10)
SETTLING = timedelta(hours=6)
SETTLED = 20.0
"""Seconds after a start or a reload in which most is loaded that stays."""
REPORTING = timedelta(seconds=5)
_SETTLE = "settle memory"
FINISHING = 8.0
"""Seconds that a stop gives to the polls and deliveries in flight."""


class Service:
    """The running service. Start it once, and stop it once."""

    def __init__(
        self,
        plan: Plan,
        store: Store,
        clock: Clock,
        rng: random.Random,
        liveness: Liveness,
        direct: DirectReporter,
        address: str,
        workers: PollWorkers | None = None,
        companion: Companion | None = None,
        sharing: Sharing | None = None,
    ) -> None:
        """`address`: of the database, without its password. `workers`: who polls; else this process.

        `companion`: what lets go of the database while that is replaced. `sharing`: with whom it polls.
        """
        self.plan = plan
        self._store = store
        self._clock = clock
        self._rng = rng
        self._jobs = Jobs()
        self._spikes = SpikeWatch()
        self._liveness = liveness
        self._telling = Telling(store, clock, liveness, direct)
        self._breaker = CircuitBreaker(clock)
        self._watch = StoreWatch(store, self._breaker, liveness, address, clock, self._reopen)
        self._workers = workers
        self._companion = companion or Nobody()
        self._scheduling = threading.Lock()
        """Held to replace the schedule, and to tell it of a poll."""
        self._ended: list[tuple[Group, Sequence[PollReport]]] | None = None
        """What was polled since a reload began to read appointments; None outside of that."""
        self._upkeep = Upkeep(liveness, self._chore_failed)
        self._measurements = liveness.measurements
        self._poller = Poller(
            store,
            clock,
            rng,
            self._polled,
            self._breaker,
            workforce=workers,
            measurements=self._measurements,
            begun=self._began,
        )
        self._sharing = sharing or Alone(store, clock)
        self._senders = Senders(store, clock, rng, self._measurements, self._turn)
        self._heartbeat = OutsideHeartbeat(liveness, clock)
        self._clock_watch = ClockWatch(clock, liveness.incident, clock_of=self._sharing.clock_of)

    def follow(self, plan: Plan, fork_server: ForkServer | None = None, *, waits: bool = True) -> None:
        """Works by this plan from now on, once the poll workers, which `fork_server` forks, have it.

        `waits`: until they are up; else what they are to do waits for them.
        What is being polled is finished by the plan it began with, and recorded unless it has news: what was
        matched by older rules is polled again. Raises `StorageError` or `UsageError`; then the plan before
        stays in force, and `fork_server` is the caller's.
        """
        now = self._clock()
        crew = self._workers.hire(plan, fork_server, waits=waits) if self._workers and fork_server else None
        with self._scheduling:
            self._ended = []
        try:
            self._poller.write_states()
            known = self._store.appointments()
            restore_backoff(plan, self._store, known, now)
            schedule = PollSchedule(plan, known, now, self._rng)
            self._sharing.know(schedule)
        except BaseException:
            with self._scheduling:
                self._ended = None
            if crew:
                crew.dismiss()
            raise
        if self._workers and crew:
            self._workers.follow(crew)
            self._upkeep.follow(crew.fork_server)
        cleared = self._poller.clear_queue()
        with self._scheduling:
            for group, reports in self._ended or ():  # the appointments may not have been made by these yet
                schedule.polled(group, reports)
            self._schedule, self.plan, self._ended = schedule, plan, None
        self._sharing.follow(schedule, cleared)
        self._heartbeat.follow(plan.settings)
        self._jobs.run_in(_SETTLE, SETTLED)

    def start(self, fork_server: ForkServer | None = None, stamp: FileStamp | None = None) -> None:
        """Begins to run the steps; `fork_server` forks the poll workers, and may load what they need yet.

        `stamp`: of the database's file, from before it was opened.
        """
        self._clock_watch.began(remembered(self._store))
        remember(self._store, ServiceStart(self._clock()))
        if left := release_dead_leases(self._store, self._clock()):
            log.warning("deliveries of a process that died are sent again", deliveries=left)
        self._beat()
        self._liveness.ended(BEAT, None)
        self._watch.opened(stamp)
        self._every(SETTLING, _SETTLE, settle)  # a little after whatever it follows
        self._begin(fork_server)
        self._store.started_well()
        self._every(TICK, POLL, self._poll_due)
        self._every(PAGES, "fetch pages", self._fetch_pages)
        self._every(TICK, MAKE_DIGESTS, self._make_digests)
        self._every(TICK, SEND, self._send_due)
        self._every(TICK, RECORD_POLLS, self._write_states)
        self._every(TICK, "watch the database", self._watch.look)
        self._every(TICK, "read the newest of the database", self._watch.glance)
        self._every(HEARTBEAT, BEAT, self._beat)
        self._every(TICK, "watch the clock", self._clock_watch.look)
        self._every(GIVING_BACK, "give back memory", give_back)
        self._every(REPORTING, TELL, self._tell_operators)
        self._every(REPORTING, "tell the operators directly", self._report_directly)
        self._every(TICK, "watch the upkeep", self._watch_upkeep)
        self._jobs.start()

    def _begin(self, fork_server: ForkServer | None) -> None:
        self._sharing.join(
            self._poller,
            self._breaker,
            self._measurements.poll_lateness,
            lambda: self._jobs.wake(RECORD_POLLS),
            self._watch.is_older,
        )
        try:
            self.follow(self.plan, fork_server, waits=False)
        except BaseException:
            self._sharing.leave()
            raise

    def _every(self, interval: timedelta, name: str, job: Callable[[], object]) -> None:
        self._jobs.every(interval, name, lambda: self._turn(name, job))

    def _turn(self, name: str, job: Callable[[], object]) -> None:
        """Runs a step once. A failure is recorded and logged, and the step is tried again at its interval."""
        with self._liveness.step(name):
            try:
                job()
            except RefusedRow:
                raise  # the database itself works
            except DamagedStorage as damage:
                self._watch.met(damage)
                raise
            except StorageError:
                self._breaker.suspect_store()
                raise

    def stop(self) -> None:
        """Starts nothing new, finishes what is in flight, and releases leases on what was not sent."""
        self._heartbeat.stop()
        self._jobs.stop()
        cleared = self._poller.clear_queue()
        self._sharing.stop(cleared)
        late = [
            *self._senders.wait_until_idle(FINISHING / 2),
            *self._poller.in_flight.wait_until_idle(FINISHING / 2),
        ]
        if late:
            log.warning("left unfinished; it will be done again at the next start", in_flight=late)
        try:
            self._record_polls()
            self._senders.release()
            if not self._sharing.has_others:
                forget(self._store, Heartbeat)
        except StorageError as error:
            log.error("the last work could not be recorded; it will be done again", why=str(error))
        if self._workers:
            self._workers.close()  # what they still ask ends before others may ask there
        self._sharing.leave()
        self._upkeep.close()

    def closed(self) -> None:
        """The store has been closed after a stop."""
        self._watch.closed()

    def _poll_due(self) -> None:
        if self._breaker.is_open:
            return  # what publishers say could not be recorded
        wait = self._sharing.hand_out()
        if wait is not None and wait < TICK:
            self._jobs.run_in(POLL, wait.total_seconds())

    def _fetch_pages(self) -> None:
        if not self._breaker.is_open:
            self._sharing.hand_out_pages()

    def _began(self, group: Group) -> None:
        late = self._schedule.lateness(group, self._clock())
        if late is not None:
            self._measurements.poll_lateness.observe(late.total_seconds())

    def _polled(self, group: Group, reports: Sequence[PollReport]) -> None:
        with self._scheduling:
            self._schedule.polled(group, reports)
            if self._ended is not None:
                self._ended.append((group, reports))
        self._sharing.polled(group, reports)
        if any(found.digests for report in reports for found in report.matches):
            self._jobs.wake(MAKE_DIGESTS)

    def _write_states(self) -> None:
        try:
            written = self._record_polls()
        except StorageError as error:
            self._breaker.poll_failed(error)
            raise
        if written:
            self._breaker.poll_recorded()

    def _record_polls(self) -> bool:
        return self._sharing.settle(self._poller.write_states)

    def _make_digests(self) -> None:
        if self._sharing.role.sends:
            pipeline.make_digests(self.plan, self._store, self._clock(), self._spikes, self._digest_made)

    def _digest_made(self, digest: Digest) -> None:
        self._measurements.composed(digest)
        log.info("digest composed", digest=digest.name, stories=digest.story_count)
        self._jobs.wake(SEND)

    def _tell_operators(self) -> None:
        if not self._sharing.leads:
            return
        for notice in self._telling.tell(self.plan, self._sharing.late):
            log.warning("reported trouble to the operators", notice=notice.id)
            self._jobs.wake(SEND)

    def _report_directly(self) -> None:
        self._telling.report_directly(self.plan)

    def _send_due(self) -> None:
        if self._sharing.role.sends:
            self._senders.send_due(self.plan, known_only=self._sharing.others_may_know())

    def _beat(self) -> None:
        remember(self._store, Heartbeat(self._clock()))
        if not self._sharing.role.sends:  # whoever composes digests does it each time
            self._store.know_digests(list(self.plan.settings.digests), self._clock())
        self._store.stamp()

    def _watch_upkeep(self) -> None:
        self._upkeep.hold(is_held=not self._sharing.leads or self._breaker.trouble is not None)
        self._upkeep.look()

    def _chore_failed(self, error: StorageError) -> None:
        if isinstance(error, DamagedStorage):
            self._watch.met(error)
        else:
            self._breaker.suspect_store()

    def _reopen(self) -> str | None:
        with self._upkeep.paused(), self._companion.paused():
            return self._workers.renew(self._store.reopen) if self._workers else self._store.reopen()
