"""When each poll is due. What is not due costs nothing, however much of it there is."""

import heapq
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count


class Agenda:
    """Keys by the moment at which they are due; each stands in it once. Not for several threads at once."""

    def __init__(self) -> None:
        self._due: dict[str, tuple[datetime, int]] = {}
        self._heap: list[tuple[datetime, int, str]] = []
        self._numbers = count()

    def __len__(self) -> int:
        return len(self._due)

    def put(self, key: str, due: datetime) -> None:
        """Enters a key, or moves it."""
        number = next(self._numbers)
        self._due[key] = due, number
        heapq.heappush(self._heap, (due, number, key))

    def take(self, now: datetime) -> Sequence[str]:
        """What is due at `now`, the longest overdue first; it is no longer in the agenda."""
        taken: list[str] = []
        while self._heap and self._heap[0][0] <= now:
            due, number, key = heapq.heappop(self._heap)
            # A key that was moved since has left its older places behind.
            if self._due.get(key) == (due, number):
                del self._due[key]
                taken.append(key)
        return taken

    def shift(self, by: timedelta) -> None:
        """Moves every moment, as when the clock they were set by was put back."""
        for key, (due, _) in list(self._due.items()):
            self.put(key, due + by)
