"""Polls many sources at a time, within the limits of the settings.

`poll_tasks` is one task; `poll_schedule` knows when it is due; a `Workforce` runs it, here or elsewhere.
"""

import random
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from watchdesk.errors import OutdatedRules, StorageError
from watchdesk.logger import get_logger
from watchdesk.model import Appointment, Failed, SourceState
from watchdesk.plan import Clock, Plan
from watchdesk.polling.report import PollOutcome, PollReport
from watchdesk.ports import Store
from watchdesk.service.circuit_breaker import CircuitBreaker
from watchdesk.service.host_queues import HostQueues
from watchdesk.service.local_polls import LocalPolls
from watchdesk.service.places import Lane, Places
from watchdesk.service.poll_tasks import (
    NO_PAGES,
    NO_STATES,
    Mistaken,
    Pages,
    Polled,
    PollTask,
    TaskResult,
    Unrecorded,
    Workforce,
    log_report,
    together,
)
from watchdesk.service.states_ahead import Group, StatesAhead, states_ahead
from watchdesk.service.write_behind import AGAIN, WriteBehind
from watchdesk.sources import host_of, remember, valid_state

log = get_logger(__name__)

Done = Callable[[Group, Sequence[PollReport]], object]

WAIT = 0.5
"""Seconds between looks at what is in flight while nothing ends: some may have given up its place."""
SLOW = 5.0
"""A source that took longer to answer, in seconds, is polled in the slow lane until it answers faster."""
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
    ) -> None:
        """`says_failures`: whether each poll that failed is logged. `workforce`: this process if left out."""
        self._says_failures = says_failures
        self._store = store
        self._breaker = breaker or CircuitBreaker(clock)
        self._clock = clock
        self._done = done
        self._workforce = workforce or LocalPolls(store, clock, rng)
        self._waiting: dict[Lane, HostQueues[_Waiting]] = {lane: HostQueues() for lane in _ORDER}
        self._lanes: dict[str, Lane] = {}
        """By the id of a group's first source: how its server answered last time."""
        self._queued: set[str] = set()
        self._write_behind = WriteBehind(store)
        self._lock = threading.RLock()
        self.in_flight = Places(size=1, freed=self._start, lanes=True)

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
        refused: list[Group] = []
        with self._lock:
            self.in_flight.size, self.in_flight.per_group = polling.concurrency, polling.per_host
            for group, states in states_ahead(self._write_behind.states, list(groups)):
                names = {source.id for source in group}
                if self._queued & names:
                    refused.append(group)
                else:
                    self._queued |= names
                    lane = self._lanes.get(group[0].id, Lane.NEW)
                    waiting = _Waiting(plan, group, pages, polls, states)
                    self._waiting[lane].put(waiting, host_of(group[0].url))
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

    def _start(self) -> None:
        """Starts as many queued tasks as there is room for."""
        skipped: list[_Waiting] = []
        with self._lock:
            for lane in _ORDER:
                while (found := self._next(lane)) is not None:
                    host, waiting = found
                    if waiting.polls and not self._breaker.admits():
                        skipped.append(waiting)  # what publishers say could not be recorded
                    elif not self._begin(waiting, host, lane):
                        self._waiting[lane].put(waiting, host)
                        break  # until there is room again
        for waiting in skipped:
            self._forget_queued(waiting.group)
            trouble = str(self._breaker.trouble)
            self._report(waiting.group, self._repeated(waiting.group, trouble, AGAIN, PollOutcome.SKIPPED))

    def _next(self, lane: Lane) -> "tuple[str, _Waiting] | None":
        """The next task that may start, and its host; None while there is none."""
        if not self._waiting[lane] or not self.in_flight.has_place(lane):
            return None
        return self._waiting[lane].take(lambda host: not self.in_flight.is_full(host))

    def _begin(self, waiting: "_Waiting", host: str, lane: Lane) -> bool:
        key = waiting.group[0].id
        if not self.in_flight.enter(key, host, lane):
            return False
        if self._workforce.start(_Work(self, waiting)):
            return True
        self.in_flight.leave(key, freed=False)
        return False

    def states_of(self, waiting: "_Waiting") -> Mapping[str, SourceState]:
        """The states by which a queued group is polled now. Raises `StorageError`."""
        return self._write_behind.newest(waiting.states.take([source.id for source in waiting.group]))

    def take_result(self, waiting: "_Waiting", states: Mapping[str, SourceState], result: TaskResult) -> None:
        """Notes what came of a task that was begun with these states, and makes room for the next."""
        group = waiting.group
        try:
            for error in result.unrecorded_pages:
                self._breaker.poll_failed(error)
            if waiting.polls:
                polled = self._reports_of(group, states, result)
                reports = [together(result.pages.get(report.source_id), report) for report in polled]
            else:
                reports = [report for report in result.pages.values() if report.outcome is PollOutcome.NEW]
            self._forget_queued(group)
            self._report(group, reports)
        except Exception:  # a bug of ours in one task must not cost the others
            log.exception("what came of a poll could not be noted", source=group[0].id)
        finally:
            self._forget_queued(group)
            self.in_flight.leave(group[0].id)

    def _reports_of(
        self, group: Group, states: Mapping[str, SourceState], result: TaskResult
    ) -> Sequence[PollReport]:
        match result.poll:
            case Polled() as polled:
                try:
                    return self._recorded(group, states, polled)
                except StorageError as error:
                    return self._unrecorded(group, states, error)
            case Unrecorded(OutdatedRules() as outdated):
                return self._repeated(group, str(outdated), timedelta(0), PollOutcome.SKIPPED)
            case Unrecorded(error):
                return self._unrecorded(group, states, error)
            case Mistaken() | None:
                return self._mistaken(group, states)
            case _:
                assert_never(result.poll)

    def _recorded(
        self, group: Group, states: Mapping[str, SourceState], polled: Polled
    ) -> Sequence[PollReport]:
        for state in polled.kept:
            self._write_behind.keep(state)
        self._lanes[group[0].id] = Lane.SLOW if polled.longest_wait > SLOW else Lane.QUICK
        self._write_behind.forget(states)
        if any(report.outcome is PollOutcome.NEW for report in polled.reports):
            self._breaker.poll_recorded()
        return polled.reports

    def _unrecorded(
        self, group: Group, states: Mapping[str, SourceState], error: StorageError
    ) -> Sequence[PollReport]:
        """It counts as a failed poll and waits longer each time: publishers are not asked in vain."""
        if self._says_failures:
            said = "a poll could not be recorded; it will be repeated"
            log.error(said, source=group[0].id, why=str(error))
        self._breaker.poll_failed(error)
        now = self._clock()
        reports = []
        for source in group:
            before = valid_state(source, states.get(source.id) or self._write_behind.kept(source.id))
            again = self._write_behind.keep_failure(before, str(error), now)
            reports.append(PollReport(source.id, PollOutcome.FAILED, error=str(error), next_poll=again))
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

    def _forget_queued(self, group: Group) -> None:
        with self._lock:
            self._queued.difference_update(source.id for source in group)

    def _report(self, group: Group, reports: Sequence[PollReport]) -> None:
        for report in reports:
            if self._says_failures or report.outcome is not PollOutcome.FAILED:
                log_report(report)
        self._done(group, reports)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What is queued for one group."""

    plan: Plan
    group: Group
    pages: Pages
    polls: bool
    states: StatesAhead


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
            self._states = self._poller.states_of(waiting)
        pages = {source.id: waiting.pages[source.id] for source in self.group if source.id in waiting.pages}
        return PollTask(self.group, self._states, pages, waiting.polls)

    def leave_host(self) -> None:
        self._poller.in_flight.leave_group(self.group[0].id)

    def rejoin_host(self) -> None:
        self._poller.in_flight.rejoin_group(self.group[0].id)

    def ended(self, result: TaskResult) -> None:
        self._poller.take_result(self._waiting, self._states, result)
