"""One task of polling: a group's missing pages, then its poll. What comes of it is a value, whatever happens.

The same function runs it in a thread of this process (`local_polls`) and in another one (`poll_workers`).
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Protocol

from watchdesk import pipeline
from watchdesk.errors import OutdatedRules, StorageError
from watchdesk.logger import get_logger
from watchdesk.model import PageToFetch, SourceState
from watchdesk.plan import Clock, Plan
from watchdesk.polling.report import PollOutcome, PollReport
from watchdesk.ports import PollStore
from watchdesk.service.slow_polls import TimedFetcher, reading_off_host
from watchdesk.service.states_ahead import Group

log = get_logger(__name__)

Pages = Mapping[str, Sequence[PageToFetch]]
"""By source id: the articles' own pages to be asked for again."""
NO_PAGES: Pages = MappingProxyType({})
NO_STATES: Mapping[str, SourceState] = MappingProxyType({})
OffHost = Callable[[], AbstractContextManager[None]]
"""Around work during which the group's host is not asked."""


@dataclass(frozen=True, slots=True)
class PollTask:
    """What is to be done for one group, in this order: its pages, then the poll."""

    group: Group
    states: Mapping[str, SourceState]
    """Of those of its sources that were polled before."""
    pages: Pages
    polls: bool


@dataclass(frozen=True, slots=True)
class Polled:
    """The group was polled, and what was new is recorded."""

    reports: Sequence[PollReport]
    kept: Sequence[SourceState] = ()
    """States after polls that brought nothing. They are not recorded yet."""
    longest_wait: float = 0.0
    """Seconds that a server took to answer."""
    seconds: float = 0.0
    """From its request until all that was new was recorded."""


@dataclass(frozen=True, slots=True)
class Unrecorded:
    """The database could not be used. The poll is to be repeated."""

    error: StorageError


@dataclass(frozen=True, slots=True)
class Mistaken:
    """A bug of ours ended the poll; the log says which."""


@dataclass(frozen=True, slots=True)
class Unpolled:
    """It was not polled to its end, or not at all, and nothing was recorded. It is due as before."""

    reason: str


PollEnd = Polled | Unrecorded | Mistaken | Unpolled


@dataclass(frozen=True, slots=True)
class TaskResult:
    """What came of a task."""

    poll: PollEnd | None
    """None: its pages alone were wanted."""
    pages: Mapping[str, PollReport] = field(default_factory=dict)
    """By source id."""
    unrecorded_pages: tuple[StorageError, ...] = ()

    @property
    def has_news(self) -> bool:
        """Whether it brought anything that others wait for, such as a match for a digest."""
        polled = self.poll.reports if isinstance(self.poll, Polled) else ()
        return any(report.outcome is PollOutcome.NEW for report in (*polled, *self.pages.values()))


@dataclass(frozen=True, slots=True)
class UnreachedPoll:
    """A poll to which nothing came from the server. Exactly one of the two is to be called, once."""

    host: str
    """That it asked."""
    reason: str
    book: Callable[[], object]
    """It counts as a failure of its sources."""
    drop: Callable[[], object]
    """It counts as not made: they are due as before."""


class Judge(Protocol):
    """Decides whether such polls say anything of their sources. Safe to use from many threads."""

    def reached(self) -> None:
        """A server has answered, whatever it said."""

    def unreached(self, poll: UnreachedPoll) -> None:
        """Takes one, and calls what is to be called, be it later."""


class BlamesSources:
    """A `Judge` of a machine to which no other could leave them."""

    def reached(self) -> None:
        """See `Judge.reached`."""

    def unreached(self, poll: UnreachedPoll) -> None:
        """See `Judge.unreached`."""
        poll.book()


class Work(Protocol):
    """A task that has its place among those in flight."""

    @property
    def plan(self) -> Plan:
        """By which it is done."""

    @property
    def group(self) -> Group:
        """The sources of one address."""

    def task(self) -> PollTask:
        """With the states as they are now. Raises `StorageError`."""

    def leave_host(self) -> None:
        """From now on its host is not asked, so that others may ask it."""

    def rejoin_host(self) -> None:
        """From now on its host is asked again."""

    def ended(self, result: TaskResult) -> None:
        """Takes the result, once."""


class Workforce(Protocol):
    """Runs tasks, each beside the others."""

    def start(self, work: Work) -> bool:
        """Begins a task. False: there is no room for it, and it is to be offered again."""


def run_task(
    plan: Plan,
    store: PollStore,
    task: PollTask,
    clock: Clock,
    rng: random.Random,
    off_host: OffHost = nullcontext,
) -> TaskResult:
    """Runs a task to its end."""
    pages, unrecorded = _fetch_pages(plan, store, task, clock, rng)
    poll = _poll(plan, store, task, clock, rng, off_host) if task.polls else None
    return TaskResult(poll, pages, unrecorded)


def _fetch_pages(
    plan: Plan, store: PollStore, task: PollTask, clock: Clock, rng: random.Random
) -> tuple[Mapping[str, PollReport], tuple[StorageError, ...]]:
    """What came of the pages, by source id. A source whose pages fail is polled all the same."""
    found: dict[str, PollReport] = {}
    unrecorded: list[StorageError] = []
    for source in task.group:
        if not (pages := task.pages.get(source.id)):
            continue
        try:
            found[source.id] = pipeline.fetch_pages(plan, store, source, pages, clock, rng)
        except OutdatedRules as error:
            unrecorded.append(error)
        except StorageError as error:
            log.error("a page could not be recorded; it will be asked for again", why=str(error))
            unrecorded.append(error)
        except Exception:  # a bug of ours in one page must not end the polling of its source
            log.exception("the page of an article failed", source=source.id)
    return found, tuple(unrecorded)


def _poll(
    plan: Plan, store: PollStore, task: PollTask, clock: Clock, rng: random.Random, off_host: OffHost
) -> PollEnd:
    kept: list[SourceState] = []
    began = time.monotonic()
    fetcher = TimedFetcher(plan.fetcher)
    timed = replace(plan, fetcher=fetcher, read=reading_off_host(plan.read, off_host))
    try:
        reports = pipeline.poll_source(timed, store, task.group, task.states, clock, rng, kept.append)
    except StorageError as error:
        return Unrecorded(error)
    except Exception:  # a bug of ours in one poll must not end the polling of its source
        log.exception("a poll failed", source=task.group[0].id)
        return Mistaken()
    return Polled(reports, kept, fetcher.longest, time.monotonic() - began)


def together(fetched: PollReport | None, polled: PollReport) -> PollReport:
    """What came of a source's pages and of its poll."""
    if fetched is None or not (fetched.updated_articles or fetched.matches):
        return polled
    quiet = polled.outcome in (PollOutcome.UNCHANGED, PollOutcome.SKIPPED)
    return replace(
        polled,
        outcome=PollOutcome.NEW if quiet else polled.outcome,
        updated_articles=fetched.updated_articles + polled.updated_articles,
        matches=fetched.matches + polled.matches,
        match_seconds=fetched.match_seconds + polled.match_seconds,
    )
