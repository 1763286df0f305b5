"""A process that forks others on request: they begin warm, and share its memory.

It has one thread: a process that has several, as the service does, cannot be forked safely.
"""

import os
import select
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe, reduction
from multiprocessing.connection import Connection
from typing import Any, NoReturn

Child = Callable[[Any, Connection], object]
"""What a forked process does: it is given the request and its end of a connection, and ends with this."""

PATIENCE = 60.0
"""Seconds after which a server that has not forked what it was asked for counts as hanging."""


_ENDING = 2.0
"""Seconds that a process which was killed may take to end."""


class ForkServerEnded(OSError):
    """It can fork nothing any more: it has ended, or was ended because it did not answer."""


@dataclass(frozen=True, slots=True)
class Forked:
    """A process that was forked, and the way to it."""

    connection: Connection
    process_id: int
    process: int
    """A file descriptor that stands for the process, whatever its number stands for later (pidfd_open(2))."""

    def kill(self) -> None:
        """At once, whatever it does; one that has ended is left alone."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.process, signal.SIGKILL)

    def wait(self, seconds: float) -> None:
        """Until it has ended, and so has closed its files."""
        watching = select.poll()
        watching.register(self.process, select.POLLIN)
        watching.poll(seconds * 1000)

    def close(self) -> None:
        """Ends it in its own time, and gives up the way to it."""
        self.connection.close()
        os.close(self.process)

    def as_server(self, patience: float = PATIENCE, *, greets: bool = False) -> "ForkServer":
        """The way to it, where it forks others itself; `close` is that one's affair then."""
        return ForkServer(self.connection, self.process, patience, greets=greets)


class ForkServer:
    """The way to such a process; safe to use from many threads."""

    def __init__(
        self, connection: Connection, process: int, patience: float = PATIENCE, *, greets: bool = False
    ) -> None:
        """`process`: a file descriptor that stands for it. `patience`: seconds that it may take to fork.

        `greets`: the last that it says before it becomes a server is None, or why it cannot become one.
        """
        self._connection = connection
        self._process = process
        self._patience = patience
        self._greets = greets
        self._talking = threading.Lock()
        """Held by whoever waits for it; the connection is closed by nobody else meanwhile."""
        self._ending = threading.Lock()
        """Held only for moments."""
        self._closed = self._is_late = False

    def send(self, message: object) -> None:
        """For what it has to know before it becomes a server. Raises `OSError` when it has ended."""
        with self._talking:
            self._connection.send(message)

    def receive(self) -> Any:
        """What it has to say before it becomes a server, however long that takes.

        Raises `EOFError` or `OSError` when it has ended, or is closed meanwhile.
        """
        with self._talking:
            return self._connection.recv()

    def fork(self, request: object = None) -> Forked:
        """A new process for this request, however long the server takes to become one.

        Raises `ForkServerEnded`, also where the server takes too long and is ended therefore, or another
        `OSError` where there is no room for a process now.
        """
        with self._talking:
            self._await_greeting()
            late = threading.Timer(self._patience, self._give_up)
            late.daemon = True
            late.start()
            try:
                self._connection.send(request)
                answer: int | OSError = self._connection.recv()
                if not isinstance(answer, OSError):
                    connection = Connection(reduction.recv_handle(self._connection))
                    process_id = self._connection.recv()
            except (EOFError, OSError) as error:
                late_by = f"it did not answer within {self._patience:g} s" if self._is_late else ""
                raise ForkServerEnded(late_by or str(error) or "it has ended") from None
            finally:
                late.cancel()
        if isinstance(answer, OSError):
            raise answer
        try:
            return Forked(connection, process_id, os.pidfd_open(process_id))
        except OSError:
            connection.close()
            raise

    def close(self) -> None:
        """Ends it at once, whatever it does; what it forked goes on until its own connection is closed.

        Waits for its end: it may have had the database open, which is to be closed last by the service.
        """
        self._end()
        with self._talking, self._ending:
            if not self._closed:
                self._closed = True
                self._connection.close()
                os.close(self._process)

    def _await_greeting(self) -> None:
        if not self._greets:
            return
        try:
            why: object = self._connection.recv()
        except (EOFError, OSError) as error:
            raise ForkServerEnded(str(error) or "it has ended") from None
        self._greets = False
        if why is not None:
            raise ForkServerEnded(str(why))

    def _give_up(self) -> None:
        self._is_late = True
        self._end()

    def _end(self) -> None:
        """Kills it, which frees who waits: one that is stopped does not see the end of a connection."""
        with self._ending:
            if self._closed:
                return
            with suppress(ProcessLookupError):  # it has ended
                signal.pidfd_send_signal(self._process, signal.SIGKILL)
            watching = select.poll()
            watching.register(self._process, select.POLLIN)
            watching.poll(1000 * _ENDING)


class Next:
    """Asks for a copy of the server itself, with a connection of its own: see `serve`."""


def begin(
    run: Callable[[Connection], object], patience: float = PATIENCE, *, greets: bool = False
) -> ForkServer:
    """Forks a process that runs this and may become a server; this one must have no other thread.

    `greets`: see `ForkServer`.
    """

    def unsignalled(connection: Connection) -> None:
        _ignore_signals()
        run(connection)

    connection, process_id = _forked(unsignalled)
    return ForkServer(connection, os.pidfd_open(process_id), patience, greets=greets)


def aside(work: Callable[[Connection], object]) -> Connection:
    """Forks a process that does this and ends; it may answer by the connection. See `begin` for threads.

    Raises `OSError` where there is no room for a process.
    """
    connection, _ = _forked(work)
    return connection


def _forked(work: Callable[[Connection], object]) -> tuple[Connection, int]:
    """The way to a process that does this and ends, and its number."""
    ours, theirs = Pipe()
    _flush()
    if (process_id := os.fork()) == 0:
        ours.close()
        _end_after(lambda: work(theirs))
    theirs.close()
    return ours, process_id


def serve(
    connection: Connection, child: Child, prepare: Callable[[Any], object] = lambda _: None
) -> Connection | None:
    """Forks until the other end is closed, be it by that process's death; None then.

    `prepare`: loads what a child for this request would load, so that each has it from here; it is given no
    `Next`. In a copy that was asked for with `Next`, it returns at once with the connection of that one.
    """
    _ignore_signals()
    while True:
        try:
            request = connection.recv()
        except (EOFError, OSError):
            return None
        _reap()
        if not isinstance(request, Next):
            try:
                prepare(request)
            except Exception:  # noqa: BLE001 - the child meets it as well, and ends
                traceback.print_exc()
        try:
            own = _fork(connection, request, child)
        except OSError as error:  # no room for another process
            connection.send(error)
            continue
        if own is not None:
            return own


def _fork(connection: Connection, request: object, child: Child) -> Connection | None:
    """The connection of a copy, in that; None in the server."""
    ours, theirs = Pipe()
    try:
        _flush()
        process_id = os.fork()
    except OSError:
        ours.close()
        theirs.close()
        raise
    if process_id == 0:
        connection.close()
        ours.close()
        if isinstance(request, Next):
            return theirs
        _end_after(lambda: child(request, theirs))
    theirs.close()
    connection.send(process_id)
    reduction.send_handle(connection, ours.fileno(), None)
    connection.send(process_id)
    ours.close()
    return None


def _end_after(work: Callable[[], object]) -> NoReturn:
    """Does this and ends, never returning: what the parent would do on its way out is not for its copy."""
    status = 1
    try:
        work()
        status = 0
    except BaseException:  # noqa: BLE001 - whatever it is, it must not go on as its parent
        traceback.print_exc()
    finally:
        _flush()
        os._exit(status)


def _ignore_signals() -> None:
    """They are for the service, which closes the connection."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()


def _reap() -> None:
    """Lets go of children that have ended."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
