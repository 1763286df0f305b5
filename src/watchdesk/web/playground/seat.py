"""One process of the playground, and by what it answers."""

import time
from contextlib import suppress
from dataclasses import dataclass

from watchdesk.service.poll_workers.fork_server import ForkServer
from watchdesk.web.playground.messages import Begin, Done, Stop
from watchdesk.web.playground.processes import Process

_STOPPING = 2.0
"""Seconds that a process has to notice that nobody waits any more."""
_READING = 300.0
"""The same where it reads the files first: with thousands of rules, on a machine that others keep busy."""


@dataclass(frozen=True, slots=True)
class InForce:
    """What processes work with."""

    configuration: object
    """Another one is another object."""
    begin: Begin
    """What a process has to know of it."""
    fork_server: ForkServer | None = None
    """Forks processes that have it already; None: each reads the files itself."""


@dataclass(eq=False)
class Seat:
    """One process."""

    process: Process
    begun: object = None
    """The configuration that it knows."""
    idle_since: float = 0.0
    reads: bool = False
    """Whether it reads the files now: that is of use for whoever asks next."""

    def fits(self, in_force: InForce) -> bool:
        """Whether it answers by this configuration, or can be told of it."""
        is_known = self.begun is in_force.configuration
        return self.process.is_there() and (is_known or not self.process.is_of_one)

    def tell(self, in_force: InForce) -> None:
        """Has it answer by this configuration."""
        if self.begun is not in_force.configuration:
            with suppress(OSError):  # it has ended, as is found out soon
                self.process.connection.send(in_force.begin)
            self.begun = in_force.configuration

    def stop(self) -> None:
        """Waits until the process has noticed that nobody waits any more; kills it where it does not."""
        within, self.reads = _READING if self.reads else _STOPPING, False
        try:
            connection = self.process.connection
            connection.send(Stop())
            ends = time.monotonic() + within
            while (left := ends - time.monotonic()) > 0 and connection.poll(left):
                if isinstance(connection.recv(), Done):
                    return
        except (EOFError, OSError):
            pass
        self.process.end()
