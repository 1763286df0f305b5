"""Who has taken a delivery that others of its receivers did not take yet."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Receiver = TypeVar("Receiver", bound=Hashable)

_REMEMBERED = 1000


class Delivered(Generic[Receiver]):
    """Remembered by the process alone, so that a repeat leaves them out; of the last 1,000 deliveries."""

    def __init__(self) -> None:
        self._by_delivery: OrderedDict[str, set[Receiver]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, delivery_id: str) -> set[Receiver]:
        """Those that have taken it; who takes it is added to the set."""
        with self._lock:
            delivered = self._by_delivery.setdefault(delivery_id, set())
            self._by_delivery.move_to_end(delivery_id)
            if len(self._by_delivery) > _REMEMBERED:
                self._by_delivery.popitem(last=False)
            return delivered
