"""The processes of the playground: few at once, started when somebody comes, ended when nobody asks."""

import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from watchdesk.errors import StorageError
from watchdesk.logger import get_logger
from watchdesk.web.playground.messages import Done, Reading, Refused, Reply, Request
from watchdesk.web.playground.processes import new_process
from watchdesk.web.playground.seat import InForce, Seat
from watchdesk.web.workers import TooBusy

log = get_logger(__name__)

SEATS = 2
"""Processes at once."""
WAITING = 2
"""Requests that may wait for one; each holds a thread of the page meanwhile."""
PATIENCE = 10.0
"""Seconds that one waits at most."""
LONGEST = 30.0
"""Seconds after which a request that was not answered to its end is given up, and its process killed."""
IDLE = 300.0
"""Seconds after which a process that nobody asks is ended."""
STARTS = "the process that searches is being started"
_LOOK = 0.1


@dataclass(eq=False)
class _Coming:
    """One that is being started, which may take long: its server may have the files to read yet."""

    configuration: object
    is_over: bool = False
    failed: OSError | None = None


class Seats:
    """Safe to use from many threads."""

    def __init__(self, in_force: Callable[[], InForce], idle: float = IDLE) -> None:
        self._in_force = in_force
        self._idle = idle
        self._changed = threading.Condition()
        self._free: list[Seat] = []
        self._used: set[Seat] = set()
        self._coming: set[_Coming] = set()
        self._wanted = self._waiting = 0
        """Requests that have none yet, and those of them that wait until another request is answered."""
        self._paused = 0
        self._closed = False
        self._timer: threading.Timer | None = None

    def replies(
        self, asked: Request, gone: threading.Event | None = None, longest: float = LONGEST
    ) -> Generator[Reply]:
        """What a process answers. Close it to have the work end; so does `gone`, once it is set.

        Raises `TooBusy` where too much is asked at once, and `StorageError` while the database is replaced.
        """
        ends = time.monotonic() + longest
        with self._seat(min(longest, PATIENCE)) as seat:
            is_answered = False
            try:
                connection = seat.process.connection
                connection.send(asked)
                while not (gone and gone.is_set()):
                    if time.monotonic() >= ends:  # also of what says something all the time
                        raise TooBusy(f"this took longer than {longest:.0f} seconds")
                    if not connection.poll(_LOOK):
                        continue
                    reply: Reply | Done | Reading = connection.recv()
                    seat.reads = isinstance(reply, Reading)
                    if isinstance(reply, Reading):
                        continue
                    if isinstance(reply, Done):
                        is_answered = True
                        return
                    if isinstance(reply, Refused) and reply.trouble:
                        log.error("the playground failed", why=reply.trouble)
                    yield reply
            except (EOFError, OSError):
                raise TooBusy("the process that searches has ended") from None
            finally:
                if not is_answered and not seat.reads:
                    seat.stop()

    def warm(self) -> None:
        """Has a process started beside, if there is none by what is in force: somebody looks at the page."""
        in_force = self._in_force()
        with self._changed:
            if self._paused or self._closed:
                return
            there = any(seat.fits(in_force) for seat in (*self._free, *self._used))
            if not there and all(one.configuration is not in_force.configuration for one in self._coming):
                self._let_go(self._unfit(in_force))
                with suppress(TooBusy):
                    self._start(in_force)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Meanwhile there is no process, and so nobody has the database open."""
        with self._changed:
            self._paused += 1
        try:
            self._end_all()
            yield
        finally:
            with self._changed:
                self._paused -= 1

    def close(self) -> None:
        """Ends all for good."""
        with self._changed:
            self._closed = True
            if self._timer:
                self._timer.cancel()
        self._end_all()

    @contextmanager
    def _seat(self, patience: float) -> Iterator[Seat]:
        seat, in_force = self._taken(patience)
        try:
            seat.tell(in_force)
            yield seat
        finally:
            if seat.reads:
                threading.Thread(target=self._outlast, args=(seat,), name="playground", daemon=True).start()
            else:
                self._give_back(seat)

    def _outlast(self, seat: Seat) -> None:
        """Lets it read the files to their end."""
        seat.stop()
        self._give_back(seat)

    def _taken(self, patience: float) -> tuple[Seat, InForce]:
        """A free one, or one that is started now, and what is to be told to it.

        A start goes on where nobody waits for it any more.
        """
        ends, mine = time.monotonic() + patience, None
        with self._changed:
            self._wanted += 1
            try:
                while not (seat := self._taken_now(in_force := self._in_force())):
                    if mine and mine.failed:
                        raise TooBusy(f"no process can be started now ({mine.failed})")
                    if mine and mine.is_over:  # others took it
                        mine = None
                    if self._is_another_of_use(in_force):
                        mine = self._start(in_force)
                    self._wait(ends, waits_for_others=mine is None and not self._coming)
                return seat, in_force
            finally:
                self._wanted -= 1

    def _taken_now(self, in_force: InForce) -> Seat | None:
        """Raises `StorageError` while there are to be none."""
        self._refuse_while_away()
        self._let_go(self._unfit(in_force))
        if not self._free:
            return None
        seat = self._free.pop()
        self._used.add(seat)
        return seat

    def _is_another_of_use(self, in_force: InForce) -> bool:
        coming = sum(one.configuration is in_force.configuration for one in self._coming)
        return coming < self._wanted and len(self._used) + len(self._coming) < SEATS

    def _wait(self, ends: float, *, waits_for_others: bool) -> None:
        """Until something changes. Raises `TooBusy` where as many wait as may, and when the time is up."""
        left = ends - time.monotonic()
        if left <= 0 or (waits_for_others and self._waiting >= WAITING):
            raise TooBusy("others are searching" if waits_for_others else STARTS)
        self._waiting += waits_for_others
        try:
            self._changed.wait(left)
        finally:
            self._waiting -= waits_for_others

    def _start(self, in_force: InForce) -> _Coming:
        """Begins to start one, which is free once it is there. Raises `TooBusy`."""
        coming = _Coming(in_force.configuration)
        try:
            threading.Thread(
                target=self._begin, args=(in_force, coming), name="playground", daemon=True
            ).start()
        except RuntimeError as error:  # the system has no room for another thread
            raise TooBusy(f"no process can be started now ({error})") from None
        self._coming.add(coming)  # the thread waits for the lock that is held here
        return coming

    def _begin(self, in_force: InForce, coming: _Coming) -> None:
        seat: Seat | None = None
        try:
            seat = Seat(new_process(in_force.fork_server), idle_since=time.monotonic())
            seat.tell(in_force)
        except OSError as error:
            coming.failed = error
        finally:
            with self._changed:
                coming.is_over = True
                self._coming.discard(coming)
                if seat and not self._paused and not self._closed:
                    self._free.append(seat)
                    self._watch()
                    seat = None
                self._changed.notify_all()
            if seat:
                seat.process.end()

    def _unfit(self, in_force: InForce) -> Sequence[Seat]:
        """Takes those that are free and can answer by this no more."""
        unfit = [seat for seat in self._free if not seat.fits(in_force)]
        self._free = [seat for seat in self._free if seat not in unfit]
        return unfit

    @staticmethod
    def _let_go(seats: Sequence[Seat]) -> None:
        for seat in seats:
            seat.process.end()

    def _refuse_while_away(self) -> None:
        if self._paused or self._closed:
            raise StorageError("the database is being opened anew; try again in a moment")

    def _give_back(self, seat: Seat) -> None:
        with self._changed:
            self._used.discard(seat)
            if seat.process.is_there() and not self._paused and not self._closed:
                seat.idle_since = time.monotonic()
                self._free.append(seat)
                self._watch()
            else:
                seat.process.end()
            self._changed.notify_all()

    def _watch(self) -> None:
        """Has idle processes ended in time."""
        if self._timer is None or not self._timer.is_alive():
            self._timer = threading.Timer(self._idle + 1, self._end_idle)
            self._timer.daemon = True
            self._timer.start()

    def _end_idle(self) -> None:
        with self._changed:
            now = time.monotonic()
            idle = [seat for seat in self._free if now - seat.idle_since >= self._idle]
            self._free = [seat for seat in self._free if seat not in idle]
            self._timer = None
            if self._free and not self._closed:
                self._watch()
        for seat in idle:
            seat.process.end()

    def _end_all(self) -> None:
        with self._changed:
            free, self._free = self._free, []
            for seat in self._used:
                seat.process.kill()
        for seat in free:
            seat.process.end()
