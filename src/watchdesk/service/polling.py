"""Polls many sources at a time, within the limits of the settings.

`poll_tasks` is one task; `poll_schedule` knows when it is due; a `Workforce` runs it, here or elsewhere;
`poll_results` notes what came of it.
"""

import random
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from watchdesk.logger import get_logger
from watchdesk.model import Appointment, SourceState
from watchdesk.plan import Clock, Plan
from watchdesk.polling.report import PollOutcome, PollReport
from watchdesk.ports import Store
from watchdesk.service.circuit_breaker import CircuitBreaker
from watchdesk.service.host_queues import HostQueues
from watchdesk.service.local_polls import LocalPolls
from watchdesk.service.measuring.measurements import Measurements
from watchdesk.service.places import Lane, Places
from watchdesk.service.poll_log import PollLog
from watchdesk.service.poll_results import PollResults
from watchdesk.service.poll_tasks import (
    NO_PAGES,
    NO_STATES,
    BlamesSources,
    Judge,
    Pages,
    Polled,
    PollTask,
    TaskResult,
    UnreachedPoll,
    Workforce,
    together,
)
from watchdesk.service.states_ahead import Group, StatesAhead, states_ahead
from watchdesk.service.write_behind import AGAIN, WriteBehind
from watchdesk.sources import host_of

log = get_logger(__name__)

Done = Callable[[Group, Sequence[PollReport]], object]

WAIT = 0.5
"""Seconds between looks at what is in flight while nothing ends: some may have given up its place."""
_NOT_ITS_FAULT = "this machine's own network is away"
_ORDER = (Lane.NEW, Lane.QUICK, Lane.SLOW)
"""New ones first, since they leave room for the others."""


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
        workforce: Workforce | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        measurements: Measurements | None = None,
        begun: Callable[[Group], object] = lambda _: None,
    ) -> None:
        """`says_failures`: whether each poll that failed is logged. `workforce`: this process if left out.

        `begun` is called as a poll begins.
        """
        self._log = PollLog(says_failures=says_failures)
        self._breaker = breaker or CircuitBreaker(clock)
        self._done = done
        self._monotonic = monotonic
        self._begun = begun
        self._measurements = measurements or Measurements()
        self._workforce = workforce or LocalPolls(store, clock, rng)
        self._waiting: dict[Lane, HostQueues[_Waiting]] = {lane: HostQueues() for lane in _ORDER}
        self._queued: set[str] = set()
        self._write_behind = WriteBehind(store)
        self._results = PollResults(self._write_behind, self._breaker, clock, says_failures=says_failures)
        self._lock = threading.RLock()
        self.judge: Judge = BlamesSources()
        """Of polls that reached no server."""
        self.in_flight = Places(size=1, freed=self._freed, lanes=True)

    def enqueue(self, plan: Plan, groups: Iterable[Group], pages: Pages = NO_PAGES) -> Sequence[Group]:
        """Polls these as soon as there is room; answers with those that are queued or in flight already.

        `pages`: articles' own pages that are asked for before their source is polled.
        """
        return self._enqueue(plan, groups, pages, polls=True)

    def enqueue_pages(self, plan: Plan, groups: Iterable[Group], pages: Pages) -> Sequence[Group]:
        """Asks for these pages as soon as there is room; answers with what is being polled already."""
        return self._enqueue(plan, groups, pages, polls=False)

    def _enqueue(self, plan: Plan, groups: Iterable[Group], pages: Pages, *, polls: bool) -> Sequence[Group]:
        polling = plan.settings.polling
        refused: list[Group] = []
        with self._lock:
            self._allow(polling.concurrency, polling.per_host)
            for group, states in states_ahead(self._write_behind.states, list(groups)):
                names = {source.id for source in group}
                if self._queued & names:
                    refused.append(group)
                else:
                    self._queued |= names
                    lane = self._results.lane_of(group)
                    waiting = _Waiting(plan, group, pages, polls, states, self._monotonic())
                    self._waiting[lane].put(waiting, host_of(group[0].url))
        self._start()
        return refused

    def _allow(self, concurrency: int, per_host: int) -> None:
        self.in_flight.size = concurrency
        if per_host != self.in_flight.per_group:
            self.in_flight.per_group = per_host
            for queue in self._waiting.values():
                queue.all_freed()

    def late(self, patience: timedelta) -> tuple[int, timedelta]:
        """How many sources that are due have waited for so long, and how long the first of them has."""
        now = self._monotonic()
        with self._lock:
            every = [waiting for queue in self._waiting.values() for waiting in queue if waiting.polls]
        waits = {source.id: now - one.since for one in every for source in one.group}
        late = [wait for wait in waits.values() if wait >= patience.total_seconds()]
        return len(late), timedelta(seconds=max(late, default=0.0))

    def clear_queue(self) -> Sequence[Group]:
        """Polls nothing more; what is in flight goes on. Answers with what waited."""
        cleared: list[Group] = []
        with self._lock:
            for queue in self._waiting.values():
                for waiting in queue.drain():
                    self._queued.difference_update(source.id for source in waiting.group)
                    cleared.append(waiting.group)
        return cleared

    def wait_until_done(self) -> None:
        """Waits for all that was queued, and writes the states that are left. Raises `StorageError`."""
        while self._is_at_work():
            self.in_flight.wait_for_change(WAIT)
            self._start()
        self.write_states()

    def _is_at_work(self) -> bool:
        with self._lock:  # what moves from the queues to those in flight is in neither
            return any(self._waiting.values()) or self.in_flight.is_busy

    def write_states(self) -> bool:
        """Writes the states that polls without news left; whether there were any.

        Raises `StorageError`; they are kept then.
        """
        return self._write_behind.write()

    def _freed(self, host: str) -> None:
        with self._lock:
            for queue in self._waiting.values():
                queue.freed(host)
        self._start()

    def _start(self) -> None:
        """Starts as many queued tasks as there is room for."""
        skipped: list[_Waiting] = []
        with self._lock:
            for lane, queue in self._waiting.items():
                while (found := self._next(lane, queue)) is not None:
                    host, waiting = found
                    if waiting.polls and not self._breaker.admits():
                        skipped.append(waiting)  # what publishers say could not be recorded
                    elif not self._begin(waiting, host, lane):
                        queue.put(waiting, host)
                        break  # until there is room again
        for waiting in skipped:
            self._skip(waiting.group, str(self._breaker.trouble), AGAIN)

    def _next(self, lane: Lane, queue: "HostQueues[_Waiting]") -> "tuple[str, _Waiting] | None":
        """The next task that may start, and its host; None while there is none."""
        if not queue or not self.in_flight.has_place(lane):
            return None
        return queue.take(lambda host: not self.in_flight.is_full(host))

    def _begin(self, waiting: "_Waiting", host: str, lane: Lane) -> bool:
        key = waiting.group[0].id
        if not self.in_flight.enter(key, host, lane):
            return False
        if self._workforce.start(_Work(self, waiting)):
            return True
        self.in_flight.leave(key, freed=False)
        return False

    def begin(self, waiting: "_Waiting") -> Mapping[str, SourceState]:
        """The states by which a queued group is polled now. Raises `StorageError`."""
        self._begun(waiting.group)
        return self._write_behind.newest(waiting.states.take([source.id for source in waiting.group]))

    def take_result(self, waiting: "_Waiting", states: Mapping[str, SourceState], result: TaskResult) -> None:
        """Notes what came of a task that was begun with these states, and makes room for the next."""
        reports = result.poll.reports if isinstance(result.poll, Polled) else ()
        try:
            if reports and all(report.unreached for report in reports):
                self.judge.unreached(self._unreached(waiting, states, result, reports[0].error or ""))
                return
            if any(report.outcome is not PollOutcome.SKIPPED for report in reports):
                self.judge.reached()
            self._note(waiting, states, result)
        finally:
            self.in_flight.leave(waiting.group[0].id)

    def _unreached(
        self, waiting: "_Waiting", states: Mapping[str, SourceState], result: TaskResult, why: str
    ) -> UnreachedPoll:
        return UnreachedPoll(
            host_of(waiting.group[0].url),
            why,
            book=lambda: self._note(waiting, states, result),
            drop=lambda: self._leave_out(waiting, result),
        )

    def _note(self, waiting: "_Waiting", states: Mapping[str, SourceState], result: TaskResult) -> None:
        group = waiting.group
        try:
            self._note_pages(result)
            if waiting.polls:
                polled = self._results.reports_of(group, states, result.poll)
                reports = [together(result.pages.get(report.source_id), report) for report in polled]
                self._measurements.task_ended(result, polled)
            else:
                reports = [report for report in result.pages.values() if report.outcome is PollOutcome.NEW]
                self._measurements.task_ended(result, ())
            self._forget_queued(group)
            self._report(group, reports)
        except Exception:  # a bug of ours in one task must not cost the others
            log.exception("what came of a poll could not be noted", source=group[0].id)
        finally:
            self._forget_queued(group)

    def _leave_out(self, waiting: "_Waiting", result: TaskResult) -> None:
        """As if the poll had not been made; what came of pages before it is noted."""
        self._breaker.poll_undecided()
        self._note_pages(result)
        self._skip(waiting.group, _NOT_ITS_FAULT, timedelta(0), result.pages)

    def _note_pages(self, result: TaskResult) -> None:
        for error in result.unrecorded_pages:
            self._breaker.poll_failed(error)

    def _skip(
        self,
        group: Group,
        why: str,
        after: timedelta,
        pages: Mapping[str, PollReport] = MappingProxyType({}),
    ) -> None:
        self._forget_queued(group)
        skip = self._results.repeated(group, why, after, PollOutcome.SKIPPED)
        self._measurements.polls.add(PollOutcome.SKIPPED, len(skip))
        self._report(group, [together(pages.get(report.source_id), report) for report in skip])

    def _forget_queued(self, group: Group) -> None:
        with self._lock:
            self._queued.difference_update(source.id for source in group)

    def _report(self, group: Group, reports: Sequence[PollReport]) -> None:
        for report in reports:
            self._log.take(report)
        self._done(group, reports)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What is queued for one group."""

    plan: Plan
    group: Group
    pages: Pages
    polls: bool
    states: StatesAhead
    since: float
    """When it was queued, by `time.monotonic`."""


class _Work:
    """A queued task that has its place: see `poll_tasks.Work`."""

    def __init__(self, poller: Poller, waiting: _Waiting) -> None:
        self._poller = poller
        self._waiting = waiting
        self._states = NO_STATES
        self.plan, self.group = waiting.plan, waiting.group

    def task(self) -> PollTask:
        waiting = self._waiting
        if waiting.polls:
            self._states = self._poller.begin(waiting)
        pages = {source.id: waiting.pages[source.id] for source in self.group if source.id in waiting.pages}
        return PollTask(self.group, self._states, pages, waiting.polls)

    def leave_host(self) -> None:
        self._poller.in_flight.leave_group(self.group[0].id)

    def rejoin_host(self) -> None:
        self._poller.in_flight.rejoin_group(self.group[0].id)

    def ended(self, result: TaskResult) -> None:
        self._poller.take_result(self._waiting, self._states, result)
