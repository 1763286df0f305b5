"""What this process is sending: nothing is sent twice at once, and what hangs counts against its channel.

A lease runs out; a thread stuck in a third party's code or on a dead mount does not. Deliveries that were
sent but could not be recorded are kept here until they are.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from watchdesk.model import Delivery, SendOutcome

Attempted = Callable[[Delivery, SendOutcome, float, datetime], object]
"""Takes a delivery, what its channel came back with, after how many seconds, and when."""


class InFlight:
    """Shared by all senders of a process."""

    def __init__(
        self, begun: Callable[[], object] = lambda: None, attempted: Attempted = lambda *_: None
    ) -> None:
        """`begun` is called each time a delivery has been leased and is about to be sent.

        `attempted` is called when its channel has come back.
        """
        self._begun = begun
        self.attempted = attempted
        self._since: dict[str, tuple[str, datetime]] = {}
        self._unrecorded: dict[str, tuple[Delivery, SendOutcome]] = {}
        self._lock = threading.Lock()
        self._recording = threading.Lock()

    @contextmanager
    def sending(self, delivery: Delivery, now: datetime) -> Iterator[None]:
        """Counts the delivery as in flight while it is being sent."""
        with self._lock:
            self._since[delivery.id] = delivery.channel, now
        try:
            self._begun()
            yield
        finally:
            with self._lock:
                del self._since[delivery.id]

    def keep(self, delivery: Delivery, outcome: SendOutcome) -> None:
        """Keeps the outcome of an attempt that the store could not record."""
        with self._lock:
            self._unrecorded[delivery.id] = delivery, outcome

    @contextmanager
    def recording(self) -> Iterator[Iterator[tuple[Delivery, SendOutcome]]]:
        """The kept outcomes, for one thread at a time; each is dropped when the next is asked for."""
        with self._recording:
            yield self._each_unrecorded()

    def _each_unrecorded(self) -> Iterator[tuple[Delivery, SendOutcome]]:
        with self._lock:
            kept = list(self._unrecorded.items())
        for delivery_id, attempted in kept:
            yield attempted
            with self._lock:
                del self._unrecorded[delivery_id]

    def channels(self) -> Mapping[str, str]:
        """Delivery id → channel; '' for those that are over but not recorded, which use no channel's room."""
        with self._lock:
            over = dict.fromkeys(self._unrecorded, "")
            return over | {delivery: channel for delivery, (channel, _) in self._since.items()}

    def hanging(self, now: datetime, after: timedelta) -> int:
        """How many have been in flight for longer than `after`."""
        with self._lock:
            return sum(now - since > after for _, since in self._since.values())
