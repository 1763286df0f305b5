"""Runs each step of the program at its interval, by a plan that reloads replace.

`pipeline` has the steps, `life` starts and ends the process, `loading` reads the files.
"""

import random
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

from watchdesk import pipeline
from watchdesk.delivery import LEASE, InFlight, lease_owner_name, record_kept, release_dead_leases
from watchdesk.digesting.spikes import SpikeWatch
from watchdesk.errors import DamagedStorage, RefusedRow, StorageError
from watchdesk.logger import get_logger
from watchdesk.model import Digest
from watchdesk.notices import Cause, is_urgent, trouble_of
from watchdesk.notices.service import PollsLate, ReloadRefused
from watchdesk.plan import Clock, Plan
from watchdesk.polling.full_text import pages_due
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
from watchdesk.service.liveness.verdict import service_causes
from watchdesk.service.memory import give_back
from watchdesk.service.poll_schedule import PollSchedule
from watchdesk.service.poll_workers.fork_server import ForkServer
from watchdesk.service.poll_workers.workers import PollWorkers
from watchdesk.service.polling import Poller, restore_backoff
from watchdesk.service.states_ahead import Group
from watchdesk.service.store_watch import StoreWatch
from watchdesk.service.upkeep.keeper import Upkeep
from watchdesk.service.workers import Workers
from watchdesk.store.open_file import FileStamp

log = get_logger(__name__)

TICK = timedelta(seconds=1)
"""Between looks at what is due. What a poll or a digest brings is looked at once it is there."""
PAGES = timedelta(seconds=2)
HEARTBEAT = timedelta(seconds=15)
GIVING_BACK = timedelta(minutes=10)
REPORTING = timedelta(seconds=5)
LATE = timedelta(minutes=10)
"""Sources that have been due for so long are late …"""
BACK_IN_TIME = timedelta(minutes=2)
"""… until none of them is by so much."""
BUSY = timedelta(seconds=5)
"""After which a source that was in flight when it was due is looked at again."""
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
    ) -> None:
        """`address`: of the database, without its password. `workers`: who polls; else this process.

        `companion`: what lets go of the database while that is replaced.
        """
        self.plan = plan
        self._store = store
        self._clock = clock
        self._rng = rng
        self._lease_owner = lease_owner_name()
        self._jobs = Jobs()
        self._spikes = SpikeWatch()
        self._liveness = liveness
        self._direct = direct
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
        self._senders = Workers("send", 1)
        self._sending = InFlight(begun=self._offer_sender, attempted=self._measurements.attempted)
        self._heartbeat = OutsideHeartbeat(liveness, clock)
        self._clock_watch = ClockWatch(clock, liveness.incident)
        self._is_late = False

    def follow(self, plan: Plan, fork_server: ForkServer | None = None) -> None:
        """Works by this plan from now on, once the poll workers, which `fork_server` forks, have it.

        What is being polled is finished by the plan it began with, and recorded unless it has news: what was
        matched by older rules is polled again. Raises `StorageError` or `UsageError`; then the plan before
        stays in force, and `fork_server` is the caller's.
        """
        now = self._clock()
        crew = self._workers.hire(plan, fork_server) if self._workers and fork_server else None
        with self._scheduling:
            self._ended = []
        try:
            self._poller.write_states()
            known = self._store.appointments()
            restore_backoff(plan, self._store, known, now)
            schedule = PollSchedule(plan, known, now, self._rng)
        except BaseException:
            with self._scheduling:
                self._ended = None
            if crew:
                crew.dismiss()
            raise
        if self._workers and crew:
            self._workers.follow(crew)
            self._upkeep.follow(crew.fork_server)
        self._poller.clear_queue()
        with self._scheduling:
            for group, reports in self._ended or ():  # the appointments may not have been made by these yet
                schedule.polled(group, reports)
            self._schedule, self.plan, self._ended = schedule, plan, None
        self._heartbeat.follow(plan.settings)

    def start(self, fork_server: ForkServer | None = None, stamp: FileStamp | None = None) -> None:
        """Begins to run the steps; `fork_server` forks the poll workers.

        `stamp`: of the database's file, from before it was opened.
        """
        self._clock_watch.began(remembered(self._store))
        remember(self._store, ServiceStart(self._clock()))
        if left := release_dead_leases(self._store, self._clock()):
            log.warning("deliveries of a process that died are sent again", deliveries=left)
        self._beat()
        self._liveness.ended(BEAT, None)
        self._watch.opened(stamp)
        self.follow(self.plan, fork_server)
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
        self._poller.clear_queue()
        late = self._senders.wait_until_idle(FINISHING / 2) + self._poller.in_flight.wait_until_idle(
            FINISHING / 2
        )
        if late:
            log.warning("left unfinished; it will be done again at the next start", in_flight=list(late))
        try:
            self._poller.write_states()
            # What was sent must not be given back as if it had not been.
            record_kept(self._store, self._sending, self._lease_owner, self._clock, self._rng)
            self._store.release(self._lease_owner)
            forget(self._store, Heartbeat)
        except StorageError as error:
            log.error("the last work could not be recorded; it will be done again", why=str(error))
        self._upkeep.close()
        if self._workers:
            self._workers.close()

    def closed(self) -> None:
        """The store has been closed after a stop."""
        self._watch.closed()

    def _poll_due(self) -> None:
        if self._breaker.is_open:
            return  # what publishers say could not be recorded
        schedule, now = self._schedule, self._clock()
        for group in self._poller.enqueue(schedule.plan, schedule.take(now)):
            schedule.postpone(group, now + BUSY)

    def _fetch_pages(self) -> None:
        schedule = self._schedule
        if self._breaker.is_open:
            return
        if pages := pages_due(schedule.plan, self._store, self._clock()):
            self._poller.enqueue_pages(schedule.plan, schedule.groups_with(pages), pages)

    def _began(self, group: Group) -> None:
        late = self._schedule.lateness(group, self._clock())
        if late is not None:
            self._measurements.poll_lateness.observe(late.total_seconds())

    def _polled(self, group: Group, reports: Sequence[PollReport]) -> None:
        with self._scheduling:
            self._schedule.polled(group, reports)
            if self._ended is not None:
                self._ended.append((group, reports))
        if any(found.digests for report in reports for found in report.matches):
            self._jobs.wake(MAKE_DIGESTS)

    def _write_states(self) -> None:
        try:
            written = self._poller.write_states()
        except StorageError as error:
            self._breaker.poll_failed(error)
            raise
        if written:
            self._breaker.poll_recorded()

    def _make_digests(self) -> None:
        pipeline.make_digests(self.plan, self._store, self._clock(), self._spikes, self._digest_made)

    def _digest_made(self, digest: Digest) -> None:
        self._measurements.composed(digest)
        log.info("digest composed", digest=digest.name, stories=digest.story_count)
        self._jobs.wake(SEND)

    def _tell_operators(self) -> None:
        for notice in self._told():
            log.warning("reported trouble to the operators", notice=notice.id)
            self._jobs.wake(SEND)

    def _told(self) -> Sequence[Digest]:
        count, longest = self._poller.late(BACK_IN_TIME if self._is_late else LATE)
        self._is_late = count > 0
        late = [PollsLate(count, longest)] if count else []
        directory = self._liveness.state_directory
        return pipeline.tell_operators(self.plan, self._store, self._clock(), directory, late, self._found)

    def _found(self, causes: Sequence[Cause]) -> None:
        self._liveness.urgent([trouble_of(cause).sentence for cause in causes if is_urgent(cause)])

    def _report_directly(self) -> None:
        """Without the store, which may be what is in trouble."""
        status = self._liveness.status
        causes: list[Cause] = [*service_causes(status, self._clock())]
        files = status.configuration
        in_trouble = status.store and status.store.trouble  # else it goes the ordinary way
        if in_trouble and files.reason and files.refused_since:
            causes.append(ReloadRefused(files.reason, files.mistakes, files.refused_since))
        self._direct.report(self.plan, causes)

    def _send_due(self) -> None:
        # One sender for each delivery that may be in flight: no channel waits for another's receiver.
        # Those that hang come on top: the channel that they hang in may be gone from the plan.
        hanging = self._sending.hanging(self._clock(), LEASE)
        self._senders.size = 1 + hanging + sum(limit.concurrency for limit in self.plan.limits.values())
        self._offer_sender()

    def _offer_sender(self) -> None:
        """Starts one sender if there is room; it starts the next one when it has found something to send."""
        free = (
            number
            for number in range(self._senders.size)
            if self._senders.offer(f"sender {number}", lambda: self._turn("send what is due", self._send))
        )
        next(free, None)

    def _send(self) -> None:
        pipeline.send_due(self.plan, self._store, self._lease_owner, self._clock, self._rng, self._sending)

    def _beat(self) -> None:
        remember(self._store, Heartbeat(self._clock()))
        self._store.stamp()

    def _watch_upkeep(self) -> None:
        self._upkeep.hold(is_held=self._breaker.trouble is not None)
        self._upkeep.look()

    def _chore_failed(self, error: StorageError) -> None:
        if isinstance(error, DamagedStorage):
            self._watch.met(error)
        else:
            self._breaker.suspect_store()

    def _reopen(self) -> str | None:
        with self._upkeep.paused(), self._companion.paused():
            return self._workers.renew(self._store.reopen) if self._workers else self._store.reopen()
