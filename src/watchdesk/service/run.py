"""The life of the service: start, tick, reload, stop. What the steps do is left to the pipeline."""

import queue
import random
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import structlog

from watchdesk import articles
from watchdesk.app import Configuration, build_plan
from watchdesk.config.places import Place, Problems
from watchdesk.delivery import LEASE, UnderWay, holder_name, release_of_the_dead, send_due
from watchdesk.errors import ConfigurationError, StorageError
from watchdesk.pipeline import (
    Clock,
    Plan,
    PollReport,
    SpikeWatch,
    make_digests,
    pages_due,
    tell_operators,
)
from watchdesk.ports import Store
from watchdesk.rules import settle_collector
from watchdesk.service.jobs import Jobs
from watchdesk.service.lock import only_service
from watchdesk.service.polling import Group, Poller, hold_hosts
from watchdesk.service.readers import Readers
from watchdesk.service.steadiness import looked
from watchdesk.service.systemd import Systemd
from watchdesk.service.timetable import Timetable
from watchdesk.service.workers import Workers
from watchdesk.sources import by_request

log = structlog.get_logger(__name__)

TICK = timedelta(seconds=1)
PAGES = timedelta(seconds=2)
HEARTBEAT = timedelta(seconds=15)
TELLING = timedelta(seconds=5)
BUSY = timedelta(seconds=5)
"""After which a source is looked at again that was under way when it was due."""
PRUNING = timedelta(hours=1)
KEPT_PAGES = timedelta(days=3)
"""A day longer than they are tried: those left are of sources that are followed no more."""
KEPT_ATTEMPTS = timedelta(days=31)
"""As long as the longest rate looks back."""
FINISHING = 8.0
"""Seconds that a stop gives to polls and deliveries under way."""


class Wish(StrEnum):
    """What a signal asks of the service."""

    RELOAD = "reload"
    STOP = "stop"


class Service:
    """Everything that ticks, around one plan that a reload replaces."""

    def __init__(self, plan: Plan, store: Store, clock: Clock, rng: random.Random) -> None:
        self._store = store
        self._clock = clock
        self._rng = rng
        self._holder = holder_name()
        self._jobs = Jobs()
        self._spikes = SpikeWatch()
        self._poller = Poller(store, clock, rng, self._polled)
        self._senders = Workers("send", 1)
        self._sending = UnderWay()
        self.follow(plan)

    def follow(self, plan: Plan) -> None:
        """Does from now on what this plan says; what is under way is finished by the plan it began with."""
        now = self._clock()
        self._poller.write_states()
        known = self._store.appointments()
        self._poller.forget_waiting()
        hold_hosts(plan, self._store, known, now)
        self._timetable = Timetable(plan, known, now, self._rng)
        self.plan = plan

    def start(self, systemd: Systemd) -> None:
        """Begins to tick."""
        self._store.set_note("service.started", self._clock().isoformat())
        if left := release_of_the_dead(self._store, self._clock()):
            log.warning("deliveries of a process that died are sent again", deliveries=left)
        self._beat()
        self._jobs.every(TICK, "poll", self._poll_due)
        self._jobs.every(PAGES, "fetch pages", self._fetch_pages)
        self._jobs.every(TICK, "make digests", self._make_digests)
        self._jobs.every(TICK, "send", self._send_due)
        self._jobs.every(TICK, "write states", self._poller.write_states)
        self._jobs.every(HEARTBEAT, "heartbeat", self._beat)
        self._jobs.every(TELLING, "tell operators", self._tell_operators)
        self._jobs.every(PRUNING, "prune", self._prune)
        if systemd.watchdog_interval:
            self._jobs.every(systemd.watchdog_interval, "watchdog", lambda: self._feed(systemd))
        self._jobs.start()

    def stop(self) -> None:
        """Starts nothing new, finishes what is under way, and gives back what was only taken."""
        self._jobs.stop()
        self._poller.forget_waiting()
        late = self._senders.wait_until_idle(FINISHING / 2) + self._poller.workers.wait_until_idle(
            FINISHING / 2
        )
        if late:
            log.warning("left unfinished; it will be done again at the next start", under_way=list(late))
        try:
            self._poller.write_states()
            self._store.release(self._holder)
            self._store.set_note("service.heartbeat", None)
        except StorageError as error:
            log.error("the last of it could not be recorded; it will be done again", why=str(error))

    def _poll_due(self) -> None:
        timetable, now = self._timetable, self._clock()
        for group in self._poller.line_up(timetable.plan, timetable.take(now)):
            timetable.postpone(group, now + BUSY)

    def _fetch_pages(self) -> None:
        plan = self._timetable.plan
        if pages := pages_due(plan, self._store, self._clock()):
            groups = by_request(plan.settings.sources.values())
            wanted = [group for group in groups if any(source.id in pages for source in group)]
            self._poller.line_up_pages(plan, wanted, pages)

    def _polled(self, group: Group, reports: Sequence[PollReport]) -> None:
        self._timetable.polled(group, reports)

    def _make_digests(self) -> None:
        for digest in make_digests(self.plan, self._store, self._clock, self._spikes):
            log.info("digest composed", digest=digest.name, stories=digest.story_count)

    def _tell_operators(self) -> None:
        for notice in tell_operators(self.plan, self._store, self._clock):
            log.warning("the operators are told of troubles", notice=notice.id)

    def _send_due(self) -> None:
        # One sender for each delivery that may be under way: no channel waits for another's receiver.
        # Those that hang are beside them, for the channel that they hang in may be gone from the plan.
        hanging = self._sending.hanging(self._clock(), LEASE)
        self._senders.size = 1 + hanging + sum(limit.concurrency for limit in self.plan.limits.values())
        free = (
            number
            for number in range(self._senders.size)
            if self._senders.offer(f"sender {number}", self._send)
        )
        next(free, None)

    def _send(self) -> None:
        plan = self.plan
        send_due(self._store, plan.channels, self._holder, self._clock, self._rng, plan.limits, self._sending)

    def _beat(self) -> None:
        self._store.set_note("service.heartbeat", self._clock().isoformat())

    def _feed(self, systemd: Systemd) -> None:
        self._store.notes()  # raises while the database does not answer: then systemd restarts us
        systemd.alive()

    def _prune(self) -> None:
        note, steady = looked(self._store.notes().get("clock.steady"), self._clock())
        self._store.set_note("clock.steady", note)
        if not steady:
            return  # a clock that is years ahead would take all there is for old
        self._store.prune_attempts(self._clock() - KEPT_ATTEMPTS)
        before = self._clock() - self.plan.settings.articles.keep
        articles, digests = self._store.prune(before), self._store.prune_digests(before)
        self._store.forget_digests(before, self._clock())
        self._store.prune_pages(self._clock() - KEPT_PAGES)
        if articles or digests:
            log.info("old ones removed", articles=articles, digests=digests, before=before.isoformat())


def serve(
    load: Callable[[], Configuration],
    open_store: Callable[[Configuration], Store],
    state_directory: Path,
    clock: Clock,
    environment: Mapping[str, str],
) -> None:
    """Runs the service until SIGTERM or SIGINT. Raises `ConfigurationError` when it cannot start."""
    wishes: queue.SimpleQueue[Wish] = queue.SimpleQueue()
    systemd = Systemd(environment)
    with ExitStack() as undo:
        configuration = load()
        undo.enter_context(only_service(state_directory))
        articles.prepare()
        readers = undo.enter_context(
            closing(Readers())
        )  # before there is any thread; they share what is there
        store = open_store(configuration)
        undo.callback(store.close)
        plan = replace(_ready_plan(configuration, state_directory), read=readers.reading)
        service = Service(plan, store, clock, random.Random())
        _listen(wishes)
        service.start(systemd)
        undo.callback(service.stop)
        undo.callback(systemd.stopping)
        _told(store, configuration, clock())
        systemd.ready(_status(service.plan))
        log.info("watchdesk is running", **_counts(service.plan))
        while wishes.get() is Wish.RELOAD:
            systemd.reloading()
            _reload(service, store, load, state_directory, clock())
            systemd.ready(_status(service.plan))
        log.info("stopping: finishing what is under way")
    log.info("watchdesk has stopped")


def _listen(wishes: "queue.SimpleQueue[Wish]") -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: wishes.put(Wish.STOP))
    signal.signal(signal.SIGHUP, lambda *_: wishes.put(Wish.RELOAD))


def _reload(
    service: Service, store: Store, load: Callable[[], Configuration], state_directory: Path, now: datetime
) -> None:
    """Swaps the plan for a new one; keeps the old, and says so, when the files cannot be used."""
    try:
        configuration = load()
        _refuse_without_rules(configuration, service.plan)
        service.follow(replace(_ready_plan(configuration, state_directory), read=service.plan.read))
    except StorageError as error:
        log.error("the configuration could not be reloaded; the old one stays in force", why=str(error))
        return
    except ConfigurationError as error:
        log.error("the new configuration cannot be used; the old one stays in force", problems=str(error))
        store.set_note("configuration.refused", f"{now.isoformat()} {error}")
        return
    _told(store, configuration, now)
    log.info("configuration reloaded", **_counts(service.plan))


def _refuse_without_rules(configuration: Configuration, plan: Plan) -> None:
    """A folder that vanished for a moment, as while files are copied, must not cost what is polled then."""
    if plan.rules.rules and not configuration.rules.rules:
        problems = Problems()
        what = "every rule has gone from rules/*.yaml; the rules before stay in force"
        problems.error(Place("rules", 1, 1), what, "to do without any: stop the service, and start it again")
        problems.raise_if_errors()


def _told(store: Store, configuration: Configuration, now: datetime) -> None:
    for problem in configuration.warnings:
        log.warning("configuration", warning=problem.render())
    store.set_note("configuration.refused", None)
    store.set_note("configuration.loaded", now.isoformat())


def _counts(plan: Plan) -> dict[str, int]:
    return {
        "sources": len(plan.settings.sources),
        "rules": len(plan.rules.rules),
        "digests": len(plan.settings.digests),
    }


def _status(plan: Plan) -> str:
    return ", ".join(f"{count} {noun}" for noun, count in _counts(plan).items())


def _ready_plan(configuration: Configuration, state_directory: Path) -> Plan:
    """The plan with its rules ready for the first article, and out of the garbage collector's way."""
    plan = build_plan(configuration, state_directory)
    plan.rules.prepare()
    settle_collector()
    return plan
