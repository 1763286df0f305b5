"""A time limit for calls that cannot be interrupted: after it nobody waits, and hanging calls are
counted.

Apprise bounds each wait for a receiver but not their sum: one that sends a byte a second would hold it
for ever.
"""

import queue
import threading
from collections.abc import Callable

from watchdesk.model import Retry, SendOutcome

_HANGING = 4
"""How many attempts may hang before no further one begins."""


class TimeLimit:
    """Runs the attempts of one channel in threads that do not outlive the process."""

    def __init__(self) -> None:
        self._hanging: set[threading.Thread] = set()
        self._lock = threading.Lock()

    def run(self, name: str, attempt: Callable[[], SendOutcome], seconds: float) -> SendOutcome:
        """The outcome of the attempt, within the time. `name`: of the receiver, for reasons."""
        with self._lock:
            self._hanging = {thread for thread in self._hanging if thread.is_alive()}
            if len(self._hanging) >= _HANGING:
                return Retry(f"{name} still holds {len(self._hanging)} earlier attempts and does not answer")
        outcomes: queue.SimpleQueue[SendOutcome] = queue.SimpleQueue()
        thread = threading.Thread(
            target=_run, args=(attempt, name, outcomes), name=f"chat {name}", daemon=True
        )
        thread.start()
        try:
            return outcomes.get(timeout=seconds)
        except queue.Empty:
            with self._lock:
                self._hanging.add(thread)
            return Retry(f"{name} took more than {seconds:.3g} s in all; the message may have arrived")


def _run(attempt: Callable[[], SendOutcome], name: str, outcomes: "queue.SimpleQueue[SendOutcome]") -> None:
    outcome: SendOutcome = Retry(f"{name} could not be sent to, by a mistake in the way of sending")
    try:
        outcome = attempt()
    finally:
        outcomes.put(outcome)
