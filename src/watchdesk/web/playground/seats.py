"""The processes of the playground: few at once, started when somebody comes, ended when nobody asks."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from watchdesk.errors import StorageError
from watchdesk.logger import get_logger
from watchdesk.web.playground.messages import Begin, Done, Refused, Reply, Request, Stop
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
_STOPPING = 2.0
"""Seconds that a process has to notice that nobody waits any more."""
_LOOK = 0.1
_MODULE = "watchdesk.web.playground.process"


@dataclass(eq=False)
class _Seat:
    """One process."""

    process: "subprocess.Popen[bytes]"
    connection: Connection
    begun: object = None
    """The configuration that it knows."""
    idle_since: float = 0.0

    def end(self) -> None:
        """At once: it writes nothing."""
        self.connection.close()
        self.process.kill()
        self.process.wait()


class Seats:
    """Safe to use from many threads."""

    def __init__(self, begin: Callable[[], tuple[object, Begin]], idle: float = IDLE) -> None:
        """`begin`: the configuration in force, and what a process has to know of it."""
        self._begin = begin
        self._idle = idle
        self._changed = threading.Condition()
        self._free: list[_Seat] = []
        self._used: set[_Seat] = set()
        self._waiting = 0
        self._paused = 0
        self._closed = False
        self._timer: threading.Timer | None = None

    def replies(
        self, asked: Request, gone: threading.Event | None = None, longest: float = LONGEST
    ) -> Generator[Reply]:
        """What a process answers. Close it to have the work end; so does `gone`, once it is set.

        Raises `TooBusy` where too much is asked at once, and `StorageError` while the database is replaced.
        """
        with self._seat() as seat:
            is_answered = False
            try:
                seat.connection.send(asked)
                ends = time.monotonic() + longest
                while not (gone and gone.is_set()):
                    if not seat.connection.poll(_LOOK):
                        if time.monotonic() > ends:
                            raise TooBusy(f"this took longer than {longest:.0f} seconds")
                        continue
                    reply: Reply | Done = seat.connection.recv()
                    if isinstance(reply, Done):
                        is_answered = True
                        return
                    if isinstance(reply, Refused) and reply.trouble:
                        log.error("the playground failed", why=reply.trouble)
                    yield reply
            except (EOFError, OSError):
                raise TooBusy("the process that searches has ended") from None
            finally:
                if not is_answered:
                    _stop(seat)

    def warm(self) -> None:
        """Has a process started beside, if there is none: somebody looks at the page."""
        with self._changed:
            if self._free or self._used or self._paused or self._closed:
                return
        threading.Thread(target=self._start_one, name="playground", daemon=True).start()

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
    def _seat(self) -> Iterator[_Seat]:
        seat = self._taken()
        try:
            configuration, begin = self._begin()
            if seat.begun is not configuration:
                with suppress(OSError):  # it has ended, as is found out soon
                    seat.connection.send(begin)
                seat.begun = configuration
            yield seat
        finally:
            self._give_back(seat)

    def _taken(self) -> _Seat:
        ends = time.monotonic() + PATIENCE
        with self._changed:
            while True:
                if self._paused or self._closed:
                    raise StorageError("the database is being opened anew; try again in a moment")
                while self._free:
                    seat = self._free.pop()
                    if seat.process.poll() is None:
                        self._used.add(seat)
                        return seat
                    seat.end()
                if len(self._used) < SEATS:
                    seat = _started()
                    self._used.add(seat)
                    return seat
                if self._waiting >= WAITING or time.monotonic() > ends:
                    raise TooBusy("others are searching")
                self._waiting += 1
                try:
                    self._changed.wait(ends - time.monotonic())
                finally:
                    self._waiting -= 1

    def _give_back(self, seat: _Seat) -> None:
        with self._changed:
            self._used.discard(seat)
            is_usable = seat.process.poll() is None and not seat.connection.closed
            if is_usable and not self._paused and not self._closed:
                seat.idle_since = time.monotonic()
                self._free.append(seat)
                self._watch()
            else:
                seat.end()
            self._changed.notify_all()

    def _start_one(self) -> None:
        with suppress(TooBusy, StorageError, OSError), self._seat():
            pass

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
            seat.end()

    def _end_all(self) -> None:
        with self._changed:
            free, self._free = self._free, []
            for seat in self._used:
                seat.process.kill()
        for seat in free:
            seat.end()


def _started() -> _Seat:
    ours, theirs = Pipe()
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - this program itself
            [sys.executable, "-P", "-m", _MODULE, str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
        )
    return _Seat(process, ours)


def _stop(seat: _Seat) -> None:
    """Waits until the process has noticed; kills it where it does not."""
    try:
        seat.connection.send(Stop())
        ends = time.monotonic() + _STOPPING
        while (left := ends - time.monotonic()) > 0 and seat.connection.poll(left):
            if isinstance(seat.connection.recv(), Done):
                return
    except (EOFError, OSError):
        pass
    seat.process.kill()
    seat.process.wait()
