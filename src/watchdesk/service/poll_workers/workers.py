"""The poll workers of the service: a `Workforce` of processes, and the swap of all of them at a reload.

A crew is the workers of one plan. Each host belongs to one worker of it, so that connections are kept; how
hard a host is asked is decided in this process, for all workers together.
"""

import os
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from typing import TypeVar

from watchdesk.errors import UsageError
from watchdesk.logger import get_logger
from watchdesk.model import Stored
from watchdesk.plan import Plan
from watchdesk.ports import Store
from watchdesk.service.poll_tasks import Work
from watchdesk.service.poll_workers.crew_parts import Assigned, Room
from watchdesk.service.poll_workers.fork_server import ForkServer
from watchdesk.service.poll_workers.reading import BUDGET, LONGEST
from watchdesk.service.poll_workers.seat import Seat
from watchdesk.service.poll_workers.slots import Slots
from watchdesk.service.poll_workers.writer import Writer
from watchdesk.sources import Hosts, host_of

log = get_logger(__name__)

LOOK = 0.25
"""Seconds between looks at what the workers read."""
LOST_AGAIN = 30.0
"""Seconds between two calls for another crew."""
STARTING = 60.0
"""Seconds within which a worker has to be up."""


_T = TypeVar("_T")


class Crew:
    """The workers of one plan."""

    def __init__(self, room: Room, heavy: set[str], most: int | None = None) -> None:
        """`heavy`: ids of sources whose documents take long to read. `most`: workers that are of use."""
        self._room = room
        self._heavy = heavy
        self._slow: Seat | None = None
        self._lock = threading.Lock()
        self._retired = False
        count = room.plan.settings.polling.workers or len(os.sched_getaffinity(0))
        count = min(count, most) if most else count
        self._seats = [Seat(room) for _ in range(count)]

    @property
    def number(self) -> int:
        """Of its plan."""
        return self._room.number

    @property
    def plan(self) -> Plan:
        """That its workers have."""
        return self._room.plan

    @property
    def fork_server(self) -> ForkServer:
        """From which they come."""
        return self._room.fork_server

    def wait_until_up(self) -> bool:
        """Whether all workers have come up."""
        return all(seat.wait_until_up(STARTING) for seat in self._seats)

    def put(self, assigned: Assigned) -> None:
        """Gives a task to the worker of its host, or to the slow lane."""
        first = assigned.work.group[0]
        if first.id in self._heavy:
            self.put_slow(assigned)
        else:
            host = host_of(first.url).encode("utf-8", "surrogatepass")
            self._seats[zlib.crc32(host) % len(self._seats)].put(assigned)

    def put_slow(self, assigned: Assigned) -> None:
        """Gives a task to the slow lane, whose worker is forked for the first of them."""
        self._heavy.add(assigned.work.group[0].id)
        with self._lock:
            if self._slow is None:
                self._slow = Seat(self._room, is_slow=True)
                if self._retired:
                    self._slow.retire()
            slow = self._slow
        slow.put(assigned)

    def retire(self, *, and_fork_server: bool) -> None:
        """Lets each worker finish what is in flight; then its fork server ends as well, if so told."""
        with self._lock:
            self._retired = True
        for seat in self.seats:
            seat.retire()
        if and_fork_server:
            threading.Thread(target=self._await_end, name="old poll workers", daemon=True).start()

    def dismiss(self) -> None:
        """Ends its workers at once."""
        for seat in self.seats:
            seat.close()

    def close(self) -> None:
        """Ends its workers at once, and what forks them."""
        self.dismiss()
        self._room.fork_server.close()

    @property
    def seats(self) -> list[Seat]:
        """All of them, the slow lane last."""
        with self._lock:
            return [*self._seats, *([self._slow] if self._slow else [])]

    def _await_end(self) -> None:
        for seat in self.seats:
            seat.ended.wait()
        self._room.fork_server.close()


class PollWorkers:
    """A `Workforce`; close it at the end."""

    def __init__(
        self,
        store: Store,
        slots: Slots,
        hosts: Hosts,
        lost: Callable[[], object] | None = None,
        longest: float = LONGEST,
        budget: float = BUDGET,
        stored: Callable[[Sequence[Stored]], object] = lambda _: None,
    ) -> None:
        """`lost` is called when workers that have ended cannot be replaced: another crew is needed.

        If it is left out, none will come, and what they had to poll has failed.
        `longest`, `budget`: seconds that reading a document may take, and that it may work. `stored` is
        called with what was recorded.
        """
        self.hosts = hosts
        self._slots = slots
        self._call_when_lost = lost
        self._last_lost = -LOST_AGAIN
        self._limits = longest, budget
        self._writer = Writer(store, stored)
        self._heavy: set[str] = set()
        self._crew: Crew | None = None
        self._old: list[Crew] = []
        self._hired = 0
        self._closed = threading.Event()
        threading.Thread(target=self._watch, name="poll watch", daemon=True).start()

    def hire(
        self, plan: Plan, fork_server: ForkServer, most: int | None = None, *, waits: bool = True
    ) -> Crew:
        """A crew that has this plan, of so many workers at most; it takes no task before it is followed.

        `waits`: until all are up.
        Raises `UsageError` when its workers cannot be started.
        """
        self._hired += 1
        longest, budget = self._limits
        crew: Crew

        def to_slow_lane(assigned: Assigned) -> None:
            crew.put_slow(assigned)

        def leave_slow_lane(assigned: Assigned) -> None:
            self._heavy.discard(assigned.work.group[0].id)

        room = Room(
            plan,
            self._hired,
            fork_server,
            self.hosts,
            self._writer,
            self._slots,
            to_slow_lane,
            leave_slow_lane,
            self._lost,
            longest,
            budget,
        )
        crew = Crew(room, self._heavy, most)
        if waits and not crew.wait_until_up():
            crew.dismiss()
            raise UsageError("the processes that poll could not be started; the log says why")
        return crew

    def follow(self, crew: Crew) -> None:
        """Gives all tasks to this crew from now on; nothing is recorded by the rules of older ones."""
        before, self._crew = self._crew, crew
        self.hosts.per_host = crew.plan.settings.polling.per_host
        self._writer.enforce(crew.number)
        if before:
            self._old = [old for old in (*self._old, before) if not all(s.ended.is_set() for s in old.seats)]
            before.retire(and_fork_server=before.fork_server is not crew.fork_server)

    def renew(self, reopen: Callable[[], _T]) -> _T:
        """Opens the database anew, and has another crew before anything is recorded there.

        What the present workers have read may be of a file that was replaced. Raises what `reopen` does.
        """
        with self._writer.paused():
            given = reopen()
            if crew := self._crew:
                self.follow(self.hire(crew.plan, crew.fork_server))
            return given

    def start(self, work: Work) -> bool:
        """See `Workforce.start`."""
        crew = self._crew
        assert crew is not None, "no task comes before there is a crew"
        crew.put(Assigned(work))
        return True

    def close(self) -> None:
        """Ends all workers."""
        self._closed.set()
        for crew in (*self._old, *([self._crew] if self._crew else [])):
            crew.close()
        self._writer.close()

    def _lost(self) -> bool:
        """Calls for another crew, which costs as much as a reload, and not more often than that is of use.

        False: none will come.
        """
        if self._call_when_lost is None:
            return False
        now = time.monotonic()
        if now - self._last_lost >= LOST_AGAIN and not self._closed.is_set():
            self._last_lost = now
            self._call_when_lost()
        return True

    def _watch(self) -> None:
        while not self._closed.wait(LOOK):
            for crew in (*self._old, *([self._crew] if self._crew else [])):
                for seat in crew.seats:
                    try:
                        seat.look()
                    except Exception:  # a bug of ours must not leave all the others unwatched
                        log.exception("a poll worker could not be looked at")
