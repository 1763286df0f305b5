"""What a crew works with: its tasks, what its seats share, and one process of a worker."""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from watchdesk.errors import OutdatedRules
from watchdesk.plan import Plan
from watchdesk.service.poll_tasks import PollTask, TaskResult, Unpolled, Unrecorded, Work
from watchdesk.service.poll_workers.fork_server import Forked, ForkServer
from watchdesk.service.poll_workers.messages import Ping, ToWorker
from watchdesk.service.poll_workers.reading import BUDGET, LONGEST
from watchdesk.service.poll_workers.slots import Slot, Slots
from watchdesk.service.poll_workers.wire import send
from watchdesk.service.poll_workers.writer import Writer
from watchdesk.sources import Hosts

SILENT = 60.0
"""Seconds without an answer after which a worker counts as hanging."""
PING = 10.0
"""Seconds between questions whether a worker still answers."""
OUTDATED = TaskResult(Unrecorded(OutdatedRules("the configuration was reloaded; it is polled by that")))
"""Of a task that a newer crew is to do."""
LOST = TaskResult(Unpolled("the processes that poll have ended, and could not be replaced"))
"""Of a task that no crew can do."""


@dataclass
class Assigned:
    """A task in a crew's hands."""

    work: Work
    task: PollTask | None = None
    """None until its states were read."""
    refused: Mapping[bytes, str] = field(default_factory=dict)
    """Documents that are not to be read again, and why."""
    lives: int = 0
    """Workers that ended while they had it."""
    turns: dict[tuple[str, float], float | None] = field(default_factory=dict)
    """Turns that it has at hosts, by host and beginning; with the delay between pages."""


@dataclass(frozen=True)
class Room:
    """What all seats of a crew share."""

    plan: Plan
    number: int
    """Of the plan: later ones are higher."""
    fork_server: ForkServer
    hosts: Hosts
    writer: Writer
    slots: Slots
    to_slow_lane: Callable[[Assigned], object]
    leave_slow_lane: Callable[[Assigned], object]
    lost: Callable[[], bool]
    """Called when no process can be forked; whether another crew is to come."""
    longest: float = LONGEST
    budget: float = BUDGET


class WorkerProcess:
    """One process, from its start to its end."""

    def __init__(self, forked: Forked, slot: Slot) -> None:
        self.forked = forked
        self.slot = slot
        self.assigned: dict[int, Assigned] = {}
        """What it has to do, by the number that was sent."""
        self.is_up = False
        self.has_ended = False
        self.over_budget = False
        """It was ended because a document took more work than is allowed outside the slow lane."""
        self.why = "reading it ended the process that read it"
        """What is to be said of the document that it was reading when it ended."""
        self._sending = threading.Lock()
        self._asked = time.monotonic()
        self._answered = self._asked

    def send(self, message: ToWorker) -> None:
        """Never raises: what a process that has ended was to do is done by the next."""
        with self._sending, suppress(OSError, ValueError):
            send(self.forked.connection, message)

    def answers(self) -> None:
        """It has shown that it lives."""
        self._answered = time.monotonic()

    def is_silent(self) -> bool:
        """Asks it for a sign of life from time to time; whether none has come for long."""
        now = time.monotonic()
        if now - self._asked >= PING and self._sending.acquire(blocking=False):
            try:
                if self._answered >= self._asked:
                    self._asked = now
                    with suppress(OSError, ValueError):
                        send(self.forked.connection, Ping())
            finally:
                self._sending.release()
        return now - max(self._answered, self._asked) >= SILENT
