"""What the main loop of the service is told, by signals and by the thread that loads."""

import queue
import signal
from dataclasses import dataclass

from watchdesk.errors import WatchdeskError


@dataclass(frozen=True, slots=True)
class Stop:
    """SIGTERM, or SIGINT from a terminal."""


@dataclass(frozen=True, slots=True)
class Reload:
    """SIGHUP."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The service cannot start, or cannot go on."""

    error: WatchdeskError


Event = Stop | Reload | Failed
Events = queue.SimpleQueue[Event]


def signalled() -> Events:
    """The events of this process, to which its signals are added from now on."""
    events: Events = queue.SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: events.put(Stop()))
    signal.signal(signal.SIGHUP, lambda *_: events.put(Reload()))
    return events
