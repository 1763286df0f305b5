"""Who polls what: this service by itself, or the hosts of a fleet together (`service.fleet`)."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Protocol

from watchdesk.plan import Clock
from watchdesk.polling.full_text import pages_due
from watchdesk.polling.report import PollReport
from watchdesk.ports import Store
from watchdesk.service.circuit_breaker import CircuitBreaker
from watchdesk.service.measuring.histogram import Histogram
from watchdesk.service.poll_schedule import PollSchedule
from watchdesk.service.polling import Poller
from watchdesk.service.roles import Role
from watchdesk.service.states_ahead import Group

TOGETHER = timedelta(seconds=0.1)
"""Between looks at which polls are due, at least: what becomes due meanwhile is polled with the next."""
BUSY = timedelta(seconds=5)
"""After which a source that was in flight when it was due is looked at again."""


class Sharing(Protocol):
    """How the polls come to be made. `join` comes before all else, `leave` after it."""

    @property
    def role(self) -> Role:
        """What this service does."""

    @property
    def leads(self) -> bool:
        """Whether it does what one service does for all: upkeep, and notices to the operators."""

    @property
    def has_others(self) -> bool:
        """Whether other services work on the same database. Raises `StorageError`."""

    def others_may_know(self) -> bool:
        """Whether what this service's files do not have may be in those of another one.

        Raises `StorageError`.
        """

    @property
    def clock_of(self) -> str:
        """Whose clock all goes by."""

    def join(
        self,
        poller: Poller,
        breaker: CircuitBreaker,
        lateness: Histogram,
        settle_soon: Callable[[], object],
        older: Callable[[], object],
    ) -> None:
        """Begins, with nothing to poll yet. Raises `StorageError`.

        `lateness`: how late each poll began; `settle_soon` has `settle` called. `older` is called, in another
        thread, when the database turns out to have lost what it had confirmed.
        """

    def know(self, schedule: PollSchedule) -> None:
        """Prepares to poll by this schedule. Raises `StorageError`; then the one before stays in force."""

    def follow(self, schedule: PollSchedule, cleared: Iterable[Group]) -> None:
        """Polls by this schedule, which it knows, from now on. `cleared`: what the one before had queued."""

    def hand_out(self) -> timedelta | None:
        """Has polled what is due; after how long the next is, where that is known. Raises `StorageError`."""

    def hand_out_pages(self) -> None:
        """Has articles' own pages fetched that are due. Raises `StorageError`."""

    def polled(self, group: Group, reports: Sequence[PollReport]) -> None:
        """A group was polled, which the schedule knows already."""

    def settle(self, write_states: Callable[[], bool]) -> bool:
        """Records what was polled; what `write_states` says. Raises `StorageError`."""

    def late(self, patience: timedelta) -> tuple[int, timedelta]:
        """How many sources have been due for so long, whoever is to poll them, and how long the first has.

        Raises `StorageError`.
        """

    def stop(self, cleared: Iterable[Group]) -> None:
        """Begins nothing more; `cleared`: what was queued."""

    def leave(self) -> None:
        """Ends, and leaves what is left to others."""


class Alone:
    """One service does all, and keeps to itself what is due when."""

    role, leads, has_others = Role.ALL, True, False
    clock_of = "this machine"

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def others_may_know(self) -> bool:
        """See `Sharing`."""
        return False

    def join(
        self,
        poller: Poller,
        _breaker: CircuitBreaker,
        _lateness: Histogram,
        _settle_soon: Callable[[], object],
        _older: Callable[[], object],
    ) -> None:
        """See `Sharing`."""
        self._poller = poller

    def know(self, schedule: PollSchedule) -> None:
        """See `Sharing`."""

    def follow(self, schedule: PollSchedule, _cleared: Iterable[Group]) -> None:
        """See `Sharing`; what was queued is due in the new one as well."""
        self._schedule = schedule

    def hand_out(self) -> timedelta | None:
        """See `Sharing`."""
        schedule, now = self._schedule, self._clock()
        for group in self._poller.enqueue(schedule.plan, schedule.take(now)):
            schedule.postpone(group, now + BUSY)
        first = schedule.next_due()
        return max(first - self._clock(), TOGETHER) if first else None

    def hand_out_pages(self) -> None:
        """See `Sharing`."""
        schedule = self._schedule
        if pages := pages_due(schedule.plan, self._store, self._clock()):
            self._poller.enqueue_pages(schedule.plan, schedule.groups_with(pages), pages)

    def polled(self, group: Group, reports: Sequence[PollReport]) -> None:
        """See `Sharing`; the schedule says it all."""

    def settle(self, write_states: Callable[[], bool]) -> bool:
        """See `Sharing`."""
        return write_states()

    def late(self, patience: timedelta) -> tuple[int, timedelta]:
        """See `Sharing`."""
        return self._poller.late(patience)

    def stop(self, cleared: Iterable[Group]) -> None:
        """See `Sharing`; the caller's poller does it."""

    def leave(self) -> None:
        """See `Sharing`."""
