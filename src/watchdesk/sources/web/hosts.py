"""Politeness: how many requests at a time a host gets, the pause after each, and its back-off.

Shared by the fetcher, which waits here for its turn, and the scheduler, which asks whether a host is ready.
Kept in memory only: after a restart `restore_backoffs` rebuilds the back-offs from the sources' states.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from heapq import heappop, heappush
from types import TracebackType
from typing import Protocol, Self

from watchdesk.model import Source, SourceState
from watchdesk.sources.web.backoff import HostBackoffs
from watchdesk.sources.web.locations import host_of
from watchdesk.sources.web.slots import HostSlots
from watchdesk.sources.web.source_state import address_of, valid_state


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
        self.gate: Callable[[str], datetime | None] = lambda _: None
        """Until when a host may not be asked from this machine, for reasons that are not the host's."""

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
        begun, page = self._ticks(), crawl_delay is not None
        with self._lock:
            known = self._hosts.get(host) or self._hosts.setdefault(host, HostSlots(self._lock))
            known.waiting += 1
            try:
                while True:
                    if until := self._barred(host):
                        raise NoTurn(until)
                    now = self._ticks()
                    free = known.free_at(self.per_host, now, page=page)
                    if free is not None and free <= now:
                        known.in_flight += 1
                        known.next_page_at = max(known.next_page_at, now + (crawl_delay or 0))
                        return now
                    left = begun + patience - now
                    if left <= 0 or (free is not None and known.in_flight == 0 and free - now > left):
                        raise NoTurn(self._ready_at(host, page=page))
                    known.room.wait(left if free is None else min(left, free - now))
            finally:
                known.waiting -= 1
                self._settle(host, known, self._ticks())

    def take_now(self, host: str, crawl_delay: float | None) -> float | None:
        """As `take`, where nobody has to wait for the turn; else None."""
        page = crawl_delay is not None
        with self._lock:
            if until := self._barred(host):
                raise NoTurn(until)
            known = self._hosts.get(host) or self._hosts.setdefault(host, HostSlots(self._lock))
            now = self._ticks()
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

    def rest_left(self, host: str) -> float:
        """Seconds until the last pause of the host ends; 0: it rests no more."""
        with self._lock:
            known, now = self._hosts.get(host), self._ticks()
            return known.rests_until(now) - now if known else 0.0

    @property
    def size(self) -> int:
        """How many hosts are tracked now: asked, resting or backing off."""
        with self._lock:
            return len(self._hosts) + self._backoffs.size

    def _barred(self, host: str) -> datetime | None:
        return self._backoffs.until(host, self.clock()) or self.gate(host)

    def _ready_at(self, host: str, *, page: bool) -> datetime:
        moment, known = self.clock(), self._hosts.get(host)
        if known:
            now = self._ticks()
            moment += timedelta(seconds=known.wait(self.per_host, now, page=page))
        return max(moment, self._backoffs.until(host, self.clock()) or moment)

    def _back_off(self, host: str, until: datetime) -> None:
        self._backoffs.back_off(host, until, self.clock())
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


def restore_backoffs(turns: Turns, sources: Iterable[Source], states: Mapping[str, SourceState]) -> None:
    """Restores the back-offs in these sources' states, after a start."""
    for source in sources:
        state = states.get(source.id)
        if state and (until := valid_state(source, state).held_until):
            turns.back_off(host_of(address_of(source, state)), until)
