"""Remembers which receivers of a delivery have it while others still lack it."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Receiver = TypeVar("Receiver", bound=Hashable)

_REMEMBERED = 1000


class Delivered(Generic[Receiver]):
    """Kept by this process alone, for the last 1,000 deliveries, so that a repeat leaves them out."""

    def __init__(self) -> None:
        self._by_delivery: OrderedDict[str, set[Receiver]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, delivery_id: str) -> set[Receiver]:
        """The receivers that have it; the caller adds to the set."""
        with self._lock:
            delivered = self._by_delivery.setdefault(delivery_id, set())
            self._by_delivery.move_to_end(delivery_id)
            if len(self._by_delivery) > _REMEMBERED:
                self._by_delivery.popitem(last=False)
            return delivered
