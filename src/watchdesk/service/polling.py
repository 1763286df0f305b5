"""Polls of many sources at a time, with the limits of the settings."""

import random
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from watchdesk.errors import StorageError
from watchdesk.model import Appointment, Source, SourceState
from watchdesk.pipeline import Clock, Plan, PollOutcome, PollReport, poll
from watchdesk.ports import Store
from watchdesk.service.line import Line
from watchdesk.service.workers import Workers
from watchdesk.sources import host_of

log = structlog.get_logger(__name__)

Group = tuple[Source, ...]
"""Sources of one address, which are polled by one request."""
Done = Callable[[Group, Sequence[PollReport]], object]

WAIT = 5.0
"""Seconds between looks at the workers when none of them finishes."""
AGAIN = timedelta(seconds=30)
"""After which a poll is repeated that could not be recorded."""
UNWRITTEN = 256
"""States of polls without news that are written together at the latest."""


def hold_hosts(plan: Plan, store: Store, known: Mapping[str, Appointment], now: datetime) -> None:
    """Leaves hosts alone that asked for it before a restart, for as long as they asked."""
    held = [name for name, due in known.items() if due.held_until and due.held_until > now]
    if held:
        plan.fetcher.hold_all(plan.settings.sources.values(), store.source_states(held))


class Poller:
    """Polls groups of sources while there is room, at most `polling.per_host` to one host.

    `done` is called after each poll, in its thread.
    """

    def __init__(self, store: Store, clock: Clock, rng: random.Random, done: Done) -> None:
        self._store = store
        self._clock = clock
        self._rng = rng
        self._done = done
        self._waiting: Line[tuple[Plan, Group]] = Line()
        self._lined_up: set[str] = set()
        self._unwritten: dict[str, SourceState] = {}
        self._lock = threading.RLock()
        self.workers = Workers("poll", size=1, freed=self._start)

    def line_up(self, plan: Plan, groups: Iterable[Group]) -> Sequence[Group]:
        """Polls these as soon as there is room; answers with those that wait or are under way already."""
        polling = plan.settings.polling
        refused: list[Group] = []
        with self._lock:
            self.workers.size, self.workers.per_group = polling.concurrency, polling.per_host
            for group in groups:
                if group[0].id in self._lined_up:
                    refused.append(group)
                else:
                    self._lined_up.add(group[0].id)
                    self._waiting.join((plan, group), host_of(group[0].url))
        self._start()
        return refused

    def forget_waiting(self) -> None:
        """Polls nothing more than what is under way."""
        with self._lock:
            while (found := self._waiting.next(lambda _: True)) is not None:
                self._lined_up.discard(found[1][1][0].id)

    def wait_until_done(self) -> None:
        """Waits for everything that was lined up, and writes what is left. Raises `StorageError`."""
        while self._waiting or self.workers.is_busy:
            self.workers.wait_for_change(WAIT)
        self.write_states()

    def write_states(self) -> None:
        """Writes what polls without news left to be remembered. Raises `StorageError`; it is kept then."""
        with self._lock:
            unwritten = dict(self._unwritten)
        if unwritten:
            self._store.save_states(list(unwritten.values()))
        with self._lock:
            for source_id, state in unwritten.items():
                if self._unwritten.get(source_id) is state:
                    del self._unwritten[source_id]

    def _start(self) -> None:
        """Starts as many of those that wait as there is room for."""
        with self._lock:
            while (found := self._waiting.next(self.workers.has_room)) is not None:
                host, (plan, group) = found
                self.workers.offer(group[0].id, partial(self._work, plan, group), host)

    def _work(self, plan: Plan, group: Group) -> None:
        try:
            reports = self._poll(plan, group)
        finally:
            with self._lock:
                self._lined_up.discard(group[0].id)
        for report in reports:
            _tell(report)
        self._done(group, reports)

    def _poll(self, plan: Plan, group: Group) -> Sequence[PollReport]:
        try:
            states = self._states(group)
            return poll(plan, self._store, group, states, self._clock, self._rng, self._keep)
        except StorageError as error:
            log.error("a poll could not be recorded; it will be repeated", source=group[0].id, why=str(error))
            return self._to_be_repeated(group, str(error), AGAIN)
        except Exception:  # a mistake of ours in one poll must not end the polling of its source
            log.exception("a poll failed", source=group[0].id)
            return self._to_be_repeated(group, "watchdesk made a mistake; the log says which", group[0].every)

    def _to_be_repeated(self, group: Group, error: str, after: timedelta) -> Sequence[PollReport]:
        again = self._clock() + after
        return [PollReport(s.id, PollOutcome.FAILED, error=error, next_poll=again) for s in group]

    def _states(self, group: Group) -> dict[str, SourceState]:
        """What is remembered, written already or not."""
        with self._lock:
            unwritten = {s.id: self._unwritten[s.id] for s in group if s.id in self._unwritten}
        rest = [source.id for source in group if source.id not in unwritten]
        return {**unwritten, **(self._store.source_states(rest) if rest else {})}

    def _keep(self, state: SourceState) -> None:
        with self._lock:
            self._unwritten[state.source_id] = state
            many = len(self._unwritten) >= UNWRITTEN
        if many:
            self.write_states()


def _tell(report: PollReport) -> None:
    if report.outcome is PollOutcome.FAILED:
        log.warning("poll failed", source=report.source_id, status=report.status, why=report.error)
    elif report.outcome is PollOutcome.NEW:
        log.info(
            "polled",
            source=report.source_id,
            new=report.new_articles,
            updated=report.updated_articles,
            matches=len(report.matches),
        )
    else:
        log.debug("polled, nothing new", source=report.source_id, status=report.status)
