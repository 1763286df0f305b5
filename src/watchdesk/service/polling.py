"""Polls of many sources at a time, with the limits of the settings."""

import random
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType

import structlog

from watchdesk import pipeline
from watchdesk.errors import StorageError
from watchdesk.model import Appointment, Failed, PageToFetch, Source, SourceState
from watchdesk.plan import Clock, Plan
from watchdesk.polling.report import PollOutcome, PollReport
from watchdesk.ports import Store
from watchdesk.service.circuit_breaker import StoreGate
from watchdesk.service.host_queues import Line
from watchdesk.service.slow_polls import TimedFetcher, reading_apart
from watchdesk.service.workers import Pace, Workers
from watchdesk.service.write_behind import AGAIN, UnwrittenStates
from watchdesk.sources import as_of, host_of, remember

log = structlog.get_logger(__name__)

Group = tuple[Source, ...]
"""Sources of one address, which are polled by one request."""
Pages = Mapping[str, Sequence[PageToFetch]]
"""By source id: the articles' own pages to be asked for again."""
Done = Callable[[Group, Sequence[PollReport]], object]

NO_PAGES: Pages = MappingProxyType({})
WAIT = 0.5
"""Seconds between looks at the workers when none of them finishes: one may have given up its place."""
SLOW = 5.0
"""Seconds for an answer above which a source is polled among the slow ones, until it answers faster."""
_ORDER = (Pace.NEW, Pace.QUICK, Pace.SLOW)
"""New ones first, for they leave room to the others."""


@dataclass(frozen=True, slots=True)
class _Errand:
    """What is to be done for one group, one after the other."""

    plan: Plan
    group: Group
    pages: Pages
    polls: bool


def hold_hosts(plan: Plan, store: Store, known: Mapping[str, Appointment], now: datetime) -> None:
    """Leaves hosts alone that asked for it before a restart, for as long as they asked."""
    held = [name for name, due in known.items() if due.held_until and due.held_until > now]
    if held:
        plan.fetcher.hold_all(plan.settings.sources.values(), store.source_states(held))


class Poller:
    """Polls groups of sources while there is room, at most `polling.per_host` to one host.

    Sources whose servers are slow to answer wait in a line of their own, and so do those that were not
    polled yet (`Workers`). `done` is called after each poll, in its thread.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        rng: random.Random,
        done: Done,
        gate: StoreGate | None = None,
        *,
        says_failures: bool = True,
    ) -> None:
        """`says_failures`: whether the log says of each poll that failed."""
        self._says_failures = says_failures
        self._store = store
        self._gate = gate or StoreGate(clock)
        self._clock = clock
        self._rng = rng
        self._done = done
        self._waiting: dict[Pace, Line[_Errand]] = {pace: Line() for pace in _ORDER}
        self._paces: dict[str, Pace] = {}
        """By the id of a group's first source: how its server answered last time."""
        self._lined_up: set[str] = set()
        self._unwritten = UnwrittenStates(store)
        self._lock = threading.RLock()
        self.workers = Workers("poll", size=1, freed=self._start, lanes=True)

    def line_up(self, plan: Plan, groups: Iterable[Group], pages: Pages = NO_PAGES) -> Sequence[Group]:
        """Polls these as soon as there is room; answers with those that wait or are under way already.

        `pages`: articles' own pages that are asked for before their source is polled.
        """
        return self._line_up([_Errand(plan, group, pages, polls=True) for group in groups], plan)

    def line_up_pages(self, plan: Plan, groups: Iterable[Group], pages: Pages) -> None:
        """Asks for these pages as soon as there is room, unless their sources are being polled."""
        self._line_up([_Errand(plan, group, pages, polls=False) for group in groups], plan)

    def _line_up(self, errands: Iterable[_Errand], plan: Plan) -> Sequence[Group]:
        polling = plan.settings.polling
        refused: list[Group] = []
        with self._lock:
            self.workers.size, self.workers.per_group = polling.concurrency, polling.per_host
            for errand in errands:
                names = {source.id for source in errand.group}
                if self._lined_up & names:
                    refused.append(errand.group)
                else:
                    self._lined_up |= names
                    pace = self._paces.get(errand.group[0].id, Pace.NEW)
                    self._waiting[pace].join(errand, host_of(errand.group[0].url))
        self._start()
        return refused

    def forget_waiting(self) -> None:
        """Polls nothing more than what is under way."""
        with self._lock:
            for line in self._waiting.values():
                while (found := line.next(lambda _: True)) is not None:
                    self._lined_up.difference_update(source.id for source in found[1].group)

    def wait_until_done(self) -> None:
        """Waits for everything that was lined up, and writes what is left. Raises `StorageError`."""
        while self._is_at_work():
            self.workers.wait_for_change(WAIT)
            self._start()
        self.write_states()

    def _is_at_work(self) -> bool:
        with self._lock:  # what is between the line and the workers is in neither
            return any(self._waiting.values()) or self.workers.is_busy

    def write_states(self) -> bool:
        """Writes what polls without news left to be remembered; whether there was any of it.

        Raises `StorageError`; it is kept then.
        """
        return self._unwritten.write()

    def _start(self) -> None:
        """Starts as many of those that wait as there is room for."""
        with self._lock:
            for pace in _ORDER:
                while (found := self._next(pace)) is not None:
                    host, errand = found
                    if not self.workers.offer(errand.group[0].id, partial(self._work, errand), host, pace):
                        self._waiting[pace].join(errand, host)
                        break  # until a worker is free again

    def _next(self, pace: Pace) -> tuple[str, _Errand] | None:
        """The first that waits and may start, and its host; None while there is none."""
        if not self._waiting[pace] or not self.workers.has_place(pace):
            return None
        full = self.workers.full_groups()  # asked once: thousands of hosts may be waiting
        return self._waiting[pace].next(lambda host: host not in full)

    def _work(self, errand: _Errand) -> None:
        plan, group = errand.plan, errand.group
        try:
            fetched = self._fetch_pages(errand)
            reports = (
                self._poll(plan, group)
                if errand.polls
                else [report for report in fetched.values() if report.outcome is PollOutcome.NEW]
            )
        finally:
            with self._lock:
                self._lined_up.difference_update(source.id for source in group)
        if errand.polls:
            reports = [_together(fetched.get(report.source_id), report) for report in reports]
        for report in reports:
            if self._says_failures or report.outcome is not PollOutcome.FAILED:
                _tell(report)
        self._done(group, reports)

    def _fetch_pages(self, errand: _Errand) -> Mapping[str, PollReport]:
        """What came of the pages, by source id; a source whose pages fail is polled all the same."""
        found: dict[str, PollReport] = {}
        for source in errand.group:
            if not (pages := errand.pages.get(source.id)):
                continue
            try:
                found[source.id] = pipeline.fetch_pages(
                    errand.plan, self._store, source, pages, self._clock, self._rng
                )
            except StorageError as error:
                log.error("a page could not be recorded; it will be asked for again", why=str(error))
                self._gate.unrecorded_poll(error)
            except Exception:  # a mistake of ours in one page must not end the polling of its source
                log.exception("a page failed", source=source.id)
        return found

    def _poll(self, plan: Plan, group: Group) -> Sequence[PollReport]:
        if not self._gate.admits():  # nobody is asked for what could not be recorded
            return self._to_be_repeated(group, str(self._gate.trouble), AGAIN, PollOutcome.SKIPPED)
        states: Mapping[str, SourceState] = {}
        try:
            states = self._unwritten.states(source.id for source in group)
            fetcher = TimedFetcher(plan.fetcher)
            read = reading_apart(plan.read, partial(self.workers.out_of_group, group[0].id))
            timed = replace(plan, fetcher=fetcher, read=read)
            reports = pipeline.poll_source(
                timed, self._store, group, states, self._clock, self._rng, self._unwritten.keep
            )
            self._paces[group[0].id] = Pace.SLOW if fetcher.longest > SLOW else Pace.QUICK
        except StorageError as error:
            if self._says_failures:
                said = "a poll could not be recorded; it will be repeated"
                log.error(said, source=group[0].id, why=str(error))
            self._gate.unrecorded_poll(error)
            return self._unrecorded(group, states, str(error))
        except Exception:  # a mistake of ours in one poll must not end the polling of its source
            log.exception("a poll failed", source=group[0].id)
            return self._mistaken(group, states)
        self._unwritten.forget(states)
        if any(report.outcome is PollOutcome.NEW for report in reports):
            self._gate.recorded()
        return reports

    def _unrecorded(
        self, group: Group, states: Mapping[str, SourceState], error: str
    ) -> Sequence[PollReport]:
        """It counts as a failed poll, and waits longer each time: publishers are not asked for nothing."""
        now = self._clock()
        reports = []
        for source in group:
            before = as_of(source, states.get(source.id) or self._unwritten.kept(source.id))
            again = self._unwritten.keep_failure(before, error, now)
            reports.append(PollReport(source.id, PollOutcome.FAILED, error=error, next_poll=again))
        return reports

    def _mistaken(self, group: Group, states: Mapping[str, SourceState]) -> Sequence[PollReport]:
        """A mistake counts as a failed poll, so that whoever looks after the sources learns of it."""
        failed = Failed("watchdesk made a mistake; its log says which")
        for source in group:
            before = as_of(source, states.get(source.id) or SourceState(source.id))
            after = remember(source, before, failed, self._clock())
            self._unwritten.keep(replace(after, next_poll=self._clock() + source.every))
        return self._to_be_repeated(group, failed.reason, group[0].every)

    def _to_be_repeated(
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
