"""Polls many sources at a time, within the limits of the settings.

`pipeline.poll_source` polls one source; `poll_schedule` knows when it is due.
"""

import random
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import assert_never

import structlog

from watchdesk import pipeline
from watchdesk.errors import StorageError
from watchdesk.model import Appointment, Failed, PageToFetch, SourceState
from watchdesk.plan import Clock, Plan
from watchdesk.polling.report import PollOutcome, PollReport
from watchdesk.ports import Store
from watchdesk.service.circuit_breaker import CircuitBreaker
from watchdesk.service.host_queues import HostQueues
from watchdesk.service.slow_polls import TimedFetcher, reading_off_host
from watchdesk.service.states_ahead import Group, StatesAhead, states_ahead
from watchdesk.service.workers import Lane, Workers
from watchdesk.service.write_behind import AGAIN, WriteBehind
from watchdesk.sources import host_of, remember, valid_state

log = structlog.get_logger(__name__)

Pages = Mapping[str, Sequence[PageToFetch]]
"""By source id: the articles' own pages to be asked for again."""
Done = Callable[[Group, Sequence[PollReport]], object]

NO_PAGES: Pages = MappingProxyType({})
WAIT = 0.5
"""Seconds between looks at the workers while none finishes: one may have given up its place."""
SLOW = 5.0
"""A source that took longer to answer, in seconds, is polled in the slow lane until it answers faster."""
_ORDER = (Lane.NEW, Lane.QUICK, Lane.SLOW)
"""New ones first, since they leave room for the others."""


@dataclass(frozen=True, slots=True)
class _PollTask:
    """What is to be done for one group, in this order: its pages, then the poll."""

    plan: Plan
    group: Group
    pages: Pages
    polls: bool
    states: StatesAhead


def restore_backoff(plan: Plan, store: Store, known: Mapping[str, Appointment], now: datetime) -> None:
    """Leaves hosts alone that asked for that before a restart, for as long as they asked."""
    held = [name for name, due in known.items() if due.held_until and due.held_until > now]
    if held:
        plan.fetcher.restore_backoffs(plan.settings.sources.values(), store.source_states(held))


class Poller:
    """Polls groups of sources while there is room, at most `polling.per_host` to one host.

    Sources whose servers are slow to answer have a queue of their own, and so have those that were not
    polled yet (`Workers`). `done` is called after each poll, in its thread.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        rng: random.Random,
        done: Done,
        breaker: CircuitBreaker | None = None,
        *,
        says_failures: bool = True,
    ) -> None:
        """`says_failures`: whether each poll that failed is logged."""
        self._says_failures = says_failures
        self._store = store
        self._breaker = breaker or CircuitBreaker(clock)
        self._clock = clock
        self._rng = rng
        self._done = done
        self._waiting: dict[Lane, HostQueues[_PollTask]] = {lane: HostQueues() for lane in _ORDER}
        self._lanes: dict[str, Lane] = {}
        """By the id of a group's first source: how its server answered last time."""
        self._queued: set[str] = set()
        self._write_behind = WriteBehind(store)
        self._lock = threading.RLock()
        self.workers = Workers("poll", size=1, freed=self._start, lanes=True)

    def enqueue(self, plan: Plan, groups: Iterable[Group], pages: Pages = NO_PAGES) -> Sequence[Group]:
        """Polls these as soon as there is room; answers with those that are queued or in flight already.

        `pages`: articles' own pages that are asked for before their source is polled.
        """
        return self._enqueue(plan, groups, pages, polls=True)

    def enqueue_pages(self, plan: Plan, groups: Iterable[Group], pages: Pages) -> None:
        """Asks for these pages as soon as there is room, unless their sources are being polled."""
        self._enqueue(plan, groups, pages, polls=False)

    def _enqueue(self, plan: Plan, groups: Iterable[Group], pages: Pages, *, polls: bool) -> Sequence[Group]:
        polling = plan.settings.polling
        ahead = states_ahead(self._write_behind.states, list(groups))
        tasks = [_PollTask(plan, group, pages, polls, states) for group, states in ahead]
        refused: list[Group] = []
        with self._lock:
            self.workers.size, self.workers.per_group = polling.concurrency, polling.per_host
            for task in tasks:
                names = {source.id for source in task.group}
                if self._queued & names:
                    refused.append(task.group)
                else:
                    self._queued |= names
                    lane = self._lanes.get(task.group[0].id, Lane.NEW)
                    self._waiting[lane].put(task, host_of(task.group[0].url))
        self._start()
        return refused

    def clear_queue(self) -> None:
        """Polls nothing more; what is in flight goes on."""
        with self._lock:
            for queue in self._waiting.values():
                while (found := queue.take(lambda _: True)) is not None:
                    self._queued.difference_update(source.id for source in found[1].group)

    def wait_until_done(self) -> None:
        """Waits for all that was queued, and writes the states that are left. Raises `StorageError`."""
        while self._is_at_work():
            self.workers.wait_for_change(WAIT)
            self._start()
        self.write_states()

    def _is_at_work(self) -> bool:
        with self._lock:  # what moves from the queues to the workers is in neither
            return any(self._waiting.values()) or self.workers.is_busy

    def write_states(self) -> bool:
        """Writes the states that polls without news left; whether there were any.

        Raises `StorageError`; they are kept then.
        """
        return self._write_behind.write()

    def _start(self) -> None:
        """Starts as many queued tasks as there is room for."""
        with self._lock:
            for lane in _ORDER:
                while (found := self._next(lane)) is not None:
                    host, task = found
                    if not self.workers.offer(task.group[0].id, partial(self._work, task), host, lane):
                        self._waiting[lane].put(task, host)
                        break  # until a worker is free again

    def _next(self, lane: Lane) -> tuple[str, _PollTask] | None:
        """The next task that may start, and its host; None while there is none."""
        if not self._waiting[lane] or not self.workers.has_place(lane):
            return None
        full = self.workers.full_groups()  # asked once: thousands of hosts may wait
        return self._waiting[lane].take(lambda host: host not in full)

    def _work(self, task: _PollTask) -> None:
        group = task.group
        try:
            fetched = self._fetch_pages(task)
            reports = (
                self._poll(task)
                if task.polls
                else [report for report in fetched.values() if report.outcome is PollOutcome.NEW]
            )
        finally:
            with self._lock:
                self._queued.difference_update(source.id for source in group)
        if task.polls:
            reports = [_together(fetched.get(report.source_id), report) for report in reports]
        for report in reports:
            if self._says_failures or report.outcome is not PollOutcome.FAILED:
                _log(report)
        self._done(group, reports)

    def _fetch_pages(self, task: _PollTask) -> Mapping[str, PollReport]:
        """What came of the pages, by source id. A source whose pages fail is polled all the same."""
        found: dict[str, PollReport] = {}
        for source in task.group:
            if not (pages := task.pages.get(source.id)):
                continue
            try:
                found[source.id] = pipeline.fetch_pages(
                    task.plan, self._store, source, pages, self._clock, self._rng
                )
            except StorageError as error:
                log.error("a page could not be recorded; it will be asked for again", why=str(error))
                self._breaker.poll_failed(error)
            except Exception:  # a bug of ours in one page must not end the polling of its source
                log.exception("a page failed", source=source.id)
        return found

    def _poll(self, task: _PollTask) -> Sequence[PollReport]:
        plan, group = task.plan, task.group
        if not self._breaker.admits():  # what publishers say could not be recorded
            return self._repeated(group, str(self._breaker.trouble), AGAIN, PollOutcome.SKIPPED)
        states: Mapping[str, SourceState] = {}
        try:
            states = self._write_behind.newest(task.states.take([source.id for source in group]))
            fetcher = TimedFetcher(plan.fetcher)
            read = reading_off_host(plan.read, partial(self.workers.out_of_group, group[0].id))
            timed = replace(plan, fetcher=fetcher, read=read)
            reports = pipeline.poll_source(
                timed, self._store, group, states, self._clock, self._rng, self._write_behind.keep
            )
            self._lanes[group[0].id] = Lane.SLOW if fetcher.longest > SLOW else Lane.QUICK
        except StorageError as error:
            if self._says_failures:
                said = "a poll could not be recorded; it will be repeated"
                log.error(said, source=group[0].id, why=str(error))
            self._breaker.poll_failed(error)
            return self._unrecorded(group, states, str(error))
        except Exception:  # a bug of ours in one poll must not end the polling of its source
            log.exception("a poll failed", source=group[0].id)
            return self._mistaken(group, states)
        self._write_behind.forget(states)
        if any(report.outcome is PollOutcome.NEW for report in reports):
            self._breaker.poll_recorded()
        return reports

    def _unrecorded(
        self, group: Group, states: Mapping[str, SourceState], error: str
    ) -> Sequence[PollReport]:
        """It counts as a failed poll and waits longer each time: publishers are not asked in vain."""
        now = self._clock()
        reports = []
        for source in group:
            before = valid_state(source, states.get(source.id) or self._write_behind.kept(source.id))
            again = self._write_behind.keep_failure(before, error, now)
            reports.append(PollReport(source.id, PollOutcome.FAILED, error=error, next_poll=again))
        return reports

    def _mistaken(self, group: Group, states: Mapping[str, SourceState]) -> Sequence[PollReport]:
        """A bug of ours counts as a failed poll, so that whoever looks after the sources sees it."""
        failed = Failed("watchdesk made a mistake; its log says which")
        for source in group:
            before = valid_state(source, states.get(source.id) or SourceState(source.id))
            after = remember(source, before, failed, self._clock())
            self._write_behind.keep(replace(after, next_poll=self._clock() + source.every))
        return self._repeated(group, failed.reason, group[0].every)

    def _repeated(
        self, group: Group, error: str, after: timedelta, outcome: PollOutcome = PollOutcome.FAILED
    ) -> Sequence[PollReport]:
        again = self._clock() + after
        return [PollReport(s.id, outcome, error=error, next_poll=again) for s in group]


def _together(fetched: PollReport | None, polled: PollReport) -> PollReport:
    """What came of a source's pages and of its poll."""
    if fetched is None or not (fetched.updated_articles or fetched.matches):
        return polled
    quiet = polled.outcome in (PollOutcome.UNCHANGED, PollOutcome.SKIPPED)
    return replace(
        polled,
        outcome=PollOutcome.NEW if quiet else polled.outcome,
        updated_articles=fetched.updated_articles + polled.updated_articles,
        matches=fetched.matches + polled.matches,
    )


def _log(report: PollReport) -> None:
    match report.outcome:
        case PollOutcome.FAILED:
            log.warning("poll failed", source=report.source_id, status=report.status, why=report.error)
        case PollOutcome.NEW:
            log.info(
                "polled",
                source=report.source_id,
                new=report.new_articles,
                updated=report.updated_articles,
                matches=len(report.matches),
            )
        case PollOutcome.UNCHANGED | PollOutcome.SKIPPED:
            log.debug("polled, nothing new", source=report.source_id, status=report.status)
        case _:
            assert_never(report.outcome)
