"""A limit for what cannot be interrupted: after it nobody waits any more, and what hangs is counted.

Apprise bounds each wait for a receiver, not their sum: one that sends a byte a second holds it for ever.
"""

import queue
import threading
from collections.abc import Callable

from watchdesk.model import Retry, SendOutcome

_HANGING = 4
"""Attempts that may still hang when another begins."""


class TimeLimit:
    """Lets attempts of one channel run in threads of their own, which do not outlive the process."""

    def __init__(self) -> None:
        self._hanging: set[threading.Thread] = set()
        self._lock = threading.Lock()

    def run(self, name: str, attempt: Callable[[], SendOutcome], seconds: float) -> SendOutcome:
        """What came of it within the time. `name` is what reasons call the receiver."""
        with self._lock:
            self._hanging = {thread for thread in self._hanging if thread.is_alive()}
            if len(self._hanging) >= _HANGING:
                return Retry(f"{name} still holds {len(self._hanging)} earlier attempts and does not answer")
        outcomes: queue.SimpleQueue[SendOutcome] = queue.SimpleQueue()
        thread = threading.Thread(
            target=_told, args=(attempt, name, outcomes), name=f"chat {name}", daemon=True
        )
        thread.start()
        try:
            return outcomes.get(timeout=seconds)
        except queue.Empty:
            with self._lock:
                self._hanging.add(thread)
            return Retry(f"{name} took more than {seconds:.3g} s in all; the message may have arrived")


def _told(attempt: Callable[[], SendOutcome], name: str, outcomes: "queue.SimpleQueue[SendOutcome]") -> None:
    outcome: SendOutcome = Retry(f"{name} could not be sent to, by a mistake in the way of sending")
    try:
        outcome = attempt()
    finally:
        outcomes.put(outcome)
