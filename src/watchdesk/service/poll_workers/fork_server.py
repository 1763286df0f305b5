"""A process that forks others on request: they begin warm, and share its memory.

It has one thread: a process that has several, as the service does, cannot be forked safely.
"""

import os
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

    def close(self) -> None:
        """Ends it in its own time, and gives up the way to it."""
        self.connection.close()
        os.close(self.process)

    def as_server(self) -> "ForkServer":
        """The way to it, where it forks others itself; `close` is that one's affair then."""
        os.close(self.process)
        return ForkServer(self.connection)


class ForkServer:
    """The way to such a process; safe to use from many threads."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        """For what it has to say before it becomes a server."""
        self._lock = threading.Lock()

    def fork(self, request: object = None) -> Forked:
        """A new process for this request. Raises `EOFError` or `OSError` when the server has ended."""
        with self._lock:
            self.connection.send(request)
            answer: int | OSError = self.connection.recv()
            if isinstance(answer, OSError):
                raise answer
            connection = Connection(reduction.recv_handle(self.connection))
            process_id = self.connection.recv()
        try:
            return Forked(connection, process_id, os.pidfd_open(process_id))
        except OSError:
            connection.close()
            raise

    def close(self) -> None:
        """Ends it; what it forked goes on until its own connection is closed."""
        with self._lock:
            self.connection.close()


class Next:
    """Asks for a copy of the server itself, with a connection of its own: see `serve`."""


def begin(run: Callable[[Connection], object]) -> ForkServer:
    """Forks a process that runs this and may become a server; this one must have no other thread."""
    ours, theirs = Pipe()
    _flush()
    if os.fork() == 0:
        ours.close()
        _ignore_signals()
        _end_after(lambda: run(theirs))
    theirs.close()
    return ForkServer(ours)


def serve(connection: Connection, child: Child) -> Connection | None:
    """Forks until the other end is closed, be it by that process's death; None then.

    In a copy that was asked for with `Next`, it returns at once with the connection of that one.
    """
    _ignore_signals()
    while True:
        try:
            request = connection.recv()
        except (EOFError, OSError):
            return None
        _reap()
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
