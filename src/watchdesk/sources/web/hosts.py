"""Politeness: how many requests at a time a host gets, the pause after each, and its back-off.

Shared by the fetcher, which waits here for its turn, and the scheduler, which asks whether a host is ready.
Kept in memory only: after a restart `restore_backoffs` rebuilds the back-offs from the sources' states.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from types import TracebackType
from typing import Protocol, Self

from watchdesk.model import Source, SourceState
from watchdesk.sources.web.backoff import HostBackoffs
from watchdesk.sources.web.lease import Lease
from watchdesk.sources.web.locations import host_of
from watchdesk.sources.web.slots import HostSlots
from watchdesk.sources.web.source_state import address_of, valid_state

_ANOTHERS = timedelta(seconds=25)
"""After which it is tried again where another machine may ask the host now."""


class Turns(Protocol):
    """Where requests get their turns: `Hosts`, or the way to those of another process."""

    @property
    def clock(self) -> Callable[[], datetime]:
        """The time, for back-offs."""

    def take(self, host: str, patience: float, crawl_delay: float | None) -> float:
        """See `Hosts.take`."""

    def give_back(self, host: str, since: float, crawl_delay: float | None) -> None:
        """See `Hosts.give_back`."""

    def back_off(self, host: str, until: datetime) -> None:
        """See `Hosts.back_off`."""

    def confirm(self, since: float) -> None:
        """See `Hosts.confirm`."""


class Admission(Protocol):
    """Whether this machine may ask a host now, for reasons that are not the host's."""

    def until(self, host: str) -> datetime | None:
        """Until when it may not; None: it may, perhaps after `enter`."""

    def may(self, host: str) -> bool:
        """Whether it may without `enter`."""

    def enter(self, host: str, patience: float) -> datetime | None:
        """Waits up to `patience` seconds until it may; when to try again, where it may not."""

    def backed_off(self, host: str, until: datetime) -> None:
        """The host asked to be left alone until then."""


class EveryHost:
    """An `Admission` of a machine that shares its hosts with no other."""

    def until(self, _host: str) -> datetime | None:
        """See `Admission.until`."""
        return None

    def may(self, _host: str) -> bool:
        """See `Admission.may`."""
        return True

    def enter(self, _host: str, _patience: float) -> datetime | None:
        """See `Admission.enter`."""
        return None

    def backed_off(self, _host: str, _until: datetime) -> None:
        """See `Admission.backed_off`."""


@dataclass(frozen=True, slots=True)
class Use:
    """How a host is asked at the moment."""

    in_flight: int
    waiting: int
    pause: float
    """Seconds until the pauses after its last requests end."""
    rest: float
    """The same, and until it has been left alone for as long as it asked."""


class NoTurn(Exception):
    """The host may not be asked now; `until` is when to try again."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class Hosts:
    """Safe to use from many threads. Idle hosts are forgotten.

    `clock` gives the time, for back-offs; `ticks` counts seconds monotonically, for pauses. `per_host`, the
    limit of requests at a time, may be changed at any time.
    """

    def __init__(
        self, per_host: int, clock: Callable[[], datetime], ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self.per_host = per_host
        self.clock = clock
        self._ticks = ticks
        self._lock = threading.Lock()
        self._hosts: dict[str, HostSlots] = {}
        self._rests: list[tuple[float, str]] = []
        self._backoffs = HostBackoffs()
        self.admission: Admission = EveryHost()
        self.lease = Lease()
        """By which turns that were given hold."""

    def back_off(self, host: str, until: datetime) -> None:
        """Leaves the host alone until then, a day at most. A back-off is extended, never cut short."""
        with self._lock:
            self._back_off(host, until)

    def restore_backoffs(self, sources: Iterable[Source], states: Mapping[str, SourceState]) -> None:
        """Restores the back-offs in these sources' states, after a start."""
        restore_backoffs(self, sources, states)

    def ready(self, host: str) -> bool:
        """Whether a request could be sent now, without waiting."""
        with self._lock:
            if self._backoffs.until(host, self.clock()):
                return False
            known = self._hosts.get(host)
            if known is None:
                return True
            return known.wait(self.per_host, self._ticks(), page=False) <= 0

    def asking(self, host: str, patience: float, crawl_delay: float | None = None) -> "Turn":
        """A context that waits up to `patience` seconds for a turn, and measures how long the turn lasts.

        `crawl_delay`: seconds between article pages of this host; None: not a page. Raises `NoTurn` if the
        host is backing off or no turn comes in time.
        """
        return Turn(self, host, patience, crawl_delay)

    def take(self, host: str, patience: float, crawl_delay: float | None) -> float:
        """Waits for a turn and returns when it began, by `ticks`. Raises `NoTurn`. Give each turn back."""
        end = self._ticks() + patience
        with self._lock:
            known = self._hosts.get(host) or self._hosts.setdefault(host, HostSlots(self._lock))
            known.waiting += 1
        try:
            while True:
                if until := self.admission.enter(host, end - self._ticks()):
                    raise NoTurn(until)
                with self._lock:
                    since = self._wait(host, known, end, crawl_delay)
                    if since is not None:
                        return since
        finally:
            with self._lock:
                known.waiting -= 1
                self._settle(host, known, self._ticks())

    def _wait(self, host: str, known: HostSlots, end: float, crawl_delay: float | None) -> float | None:
        """When the turn began; None where the host is to be entered anew. Raises `NoTurn`."""
        page = crawl_delay is not None
        while True:
            now = self._ticks()  # from before the look: a turn is no younger than what allowed it
            if until := self._barred(host):
                raise NoTurn(until)
            if not self.admission.may(host):
                return None
            free = known.free_at(self.per_host, now, page=page)
            if free is not None and free <= now:
                known.in_flight += 1
                known.next_page_at = max(known.next_page_at, now + (crawl_delay or 0))
                return now
            left = end - now
            if left <= 0 or (free is not None and known.in_flight == 0 and free - now > left):
                raise NoTurn(self._ready_at(host, page=page))
            known.room.wait(left if free is None else min(left, free - now))

    def take_now(self, host: str, crawl_delay: float | None) -> float | None:
        """As `take`, where nobody has to wait for the turn; else None."""
        page = crawl_delay is not None
        with self._lock:
            now = self._ticks()
            if until := self._barred(host):
                raise NoTurn(until)
            if not self.admission.may(host):
                return None
            known = self._hosts.get(host) or self._hosts.setdefault(host, HostSlots(self._lock))
            free = None if known.waiting else known.free_at(self.per_host, now, page=page)
            if free is None or free > now:
                return None
            known.in_flight += 1
            known.next_page_at = max(known.next_page_at, now + (crawl_delay or 0))
            return now

    def give_back(self, host: str, since: float, crawl_delay: float | None) -> None:
        """Ends a turn that began at `since`, and starts the pause after it."""
        with self._lock:
            known, now = self._hosts[host], self._ticks()
            known.give_back(now, now - since, crawl_delay or 0)
            known.room.notify_all()
            self._settle(host, known, now)

    def confirm(self, since: float) -> None:
        """To be called just before a request is sent, in a turn that began at `since`.

        Raises `NoTurn` where this machine may have lost the host to another since then.
        """
        confirm(self.lease, since, self.clock)

    def use_of(self, host: str) -> Use:
        """How it is asked now."""
        with self._lock:
            return self._use_of(host)

    def uses(self) -> Mapping[str, Use]:
        """Of all hosts that are asked now, or rest."""
        with self._lock:
            return {host: self._use_of(host) for host in self._hosts}

    def _use_of(self, host: str) -> Use:
        known, now, moment = self._hosts.get(host), self._ticks(), self.clock()
        held = self._backoffs.until(host, moment)
        left = (held - moment).total_seconds() if held else 0.0
        if known is None:
            return Use(0, 0, 0.0, left)
        pause = known.rests_until(now) - now
        return Use(known.in_flight, known.waiting, pause, max(pause, left))

    @property
    def size(self) -> int:
        """How many hosts are tracked now: asked, resting or backing off."""
        with self._lock:
            return len(self._hosts) + self._backoffs.size

    def _barred(self, host: str) -> datetime | None:
        return self._backoffs.until(host, self.clock()) or self.admission.until(host)

    def _ready_at(self, host: str, *, page: bool) -> datetime:
        moment, known = self.clock(), self._hosts.get(host)
        if known:
            now = self._ticks()
            moment += timedelta(seconds=known.wait(self.per_host, now, page=page))
        return max(moment, self._backoffs.until(host, self.clock()) or moment)

    def _back_off(self, host: str, until: datetime) -> None:
        if self._backoffs.back_off(host, until, self.clock()):
            self.admission.backed_off(host, until)
        if host in self._hosts:
            self._hosts[host].room.notify_all()

    def _settle(self, host: str, known: HostSlots, now: float) -> None:
        """Notes when the host's pauses end, and forgets hosts that are idle."""
        if known.is_idle:
            heappush(self._rests, (known.rests_until(now), host))
        while self._rests and self._rests[0][0] <= now:
            name = heappop(self._rests)[1]
            other = self._hosts.get(name)
            if other and other.is_idle and other.rests_until(now) <= now:
                del self._hosts[name]


class Turn:
    """A turn at one host at a time, for an exchange that is redirected from host to host."""

    __slots__ = ("_crawl_delay", "_host", "_hosts", "_patience", "_since", "_taken")

    def __init__(self, hosts: Turns, host: str, patience: float, crawl_delay: float | None) -> None:
        self._hosts = hosts
        self._host, self._patience, self._crawl_delay = host, patience, crawl_delay
        self._since = 0.0
        self._taken = False

    def confirm(self) -> None:
        """Whether it still holds; see `Hosts.confirm`."""
        self._hosts.confirm(self._since)

    def leave(self) -> None:
        """Ends the turn, if it has begun."""
        if self._taken:
            self._taken = False
            self._hosts.give_back(self._host, self._since, self._crawl_delay)

    def move(self, host: str, patience: float, crawl_delay: float | None) -> None:
        """Ends the turn and waits for one at `host`. Raises `NoTurn`."""
        self.leave()
        self._since = self._hosts.take(host, patience, crawl_delay)
        self._host, self._crawl_delay, self._taken = host, crawl_delay, True

    def __enter__(self) -> Self:
        self.move(self._host, self._patience, self._crawl_delay)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()


def confirm(lease: Lease, since: float, clock: Callable[[], datetime]) -> None:
    """See `Hosts.confirm`."""
    if not lease.holds(since):
        raise NoTurn(clock() + _ANOTHERS)


def restore_backoffs(turns: Turns, sources: Iterable[Source], states: Mapping[str, SourceState]) -> None:
    """Restores the back-offs in these sources' states, after a start."""
    for source in sources:
        state = states.get(source.id)
        if state and (until := valid_state(source, state).held_until):
            turns.back_off(host_of(address_of(source, state)), until)
