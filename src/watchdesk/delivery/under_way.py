"""What a process is sending: none of it is begun a second time, and what hangs counts to its channel.

A lease runs out; a thread in a third party's code, or in a folder on a dead mount, does not.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from watchdesk.model import Delivery


class UnderWay:
    """Shared by all senders of a process."""

    def __init__(self) -> None:
        self._since: dict[str, tuple[str, datetime]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def sending(self, delivery: Delivery, now: datetime) -> Iterator[None]:
        """While it is being sent."""
        with self._lock:
            self._since[delivery.id] = delivery.channel, now
        try:
            yield
        finally:
            with self._lock:
                del self._since[delivery.id]

    def channels(self) -> Mapping[str, str]:
        """Delivery id → its channel."""
        with self._lock:
            return {delivery: channel for delivery, (channel, _) in self._since.items()}

    def hanging(self, now: datetime, after: timedelta) -> int:
        """How many have been under way for longer."""
        with self._lock:
            return sum(now - since > after for _, since in self._since.values())
