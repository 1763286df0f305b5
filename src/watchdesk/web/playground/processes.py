"""How a process of the playground comes to be: forked with the rules in force, or started for itself.

The service has a process that forks others, with the rules in force. Where there is none, as where the page
is served without the service's polls, a process is started that reads the files itself.
"""

import select
import subprocess
import sys
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Protocol

from watchdesk.service.poll_workers.fork_server import Forked, ForkServer
from watchdesk.service.poll_workers.messages import NewReader

_MODULE = "watchdesk.web.playground.process"
_ENDING = 2.0
"""Seconds that a process which was killed may take to end."""


class Process(Protocol):
    """One that answers by its connection, from its start to its end. It writes nothing."""

    connection: Connection
    """The way to it."""
    process_id: int
    is_of_one: bool
    """Whether it has its configuration for good; else it may be told of another."""

    def is_there(self) -> bool:
        """Whether it has not ended."""

    def kill(self) -> None:
        """At once, whatever it does."""

    def end(self) -> None:
        """Kills it, waits for its end, and gives up the way to it."""


class Copy:
    """Forked from the process that has the rules in force. It keeps to them."""

    is_of_one = True

    def __init__(self, forked: Forked) -> None:
        self._forked = forked
        self.connection, self.process_id = forked.connection, forked.process_id

    def is_there(self) -> bool:
        """See `Process`."""
        if self.connection.closed:
            return False
        watching = select.poll()
        watching.register(self._forked.process, select.POLLIN)
        return not watching.poll(0)

    def kill(self) -> None:
        """See `Process`."""
        self._forked.kill()

    def end(self) -> None:
        """See `Process`."""
        if not self.connection.closed:
            self._forked.kill()
            self._forked.wait(_ENDING)
            self._forked.close()


class Started:
    """Started for itself."""

    is_of_one = False

    def __init__(self, process: "subprocess.Popen[bytes]", connection: Connection) -> None:
        self._process = process
        self.connection, self.process_id = connection, process.pid

    def is_there(self) -> bool:
        """See `Process`."""
        return self._process.poll() is None and not self.connection.closed

    def kill(self) -> None:
        """See `Process`."""
        self._process.kill()

    def end(self) -> None:
        """See `Process`."""
        self.connection.close()
        self._process.kill()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_ENDING)


def new_process(server: ForkServer | None) -> Process:
    """Raises `OSError` where there is no room for one, or the server can fork none any more."""
    if server:
        return Copy(server.fork(NewReader(f"{_MODULE}:forked")))
    ours, theirs = Pipe()
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - this program itself
            [sys.executable, "-P", "-m", _MODULE, str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
        )
    return Started(process, ours)
