"""Hosts that asked to be left alone, and until when. Not for many threads by itself: `Hosts` guards it."""

from datetime import datetime, timedelta
from heapq import heappop, heappush

LONGEST = timedelta(days=1)
"""A host that asks for more is asked again after this: no mistake silences it for good."""


class HostBackoffs:
    """As large as the number of hosts that are held; the others are forgotten."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}
        self._ends: list[tuple[datetime, str]] = []

    def back_off(self, host: str, until: datetime, now: datetime) -> None:
        """Until then, a day at most; a hold is lengthened and never cut short."""
        until = min(until, now + LONGEST)
        if until > max(now, self._until.get(host, now)):
            self._until[host] = until
            heappush(self._ends, (until, host))
        while self._ends and self._ends[0][0] <= now:
            end, name = heappop(self._ends)
            if self._until.get(name) == end:
                del self._until[name]

    def until(self, host: str, now: datetime) -> datetime | None:
        """None: it may be asked."""
        end = self._until.get(host)
        # One beyond the longest was made by a clock that was wrong.
        return end if end and now < end <= now + LONGEST else None

    @property
    def size(self) -> int:
        """How many are held, or were a moment ago."""
        return len(self._until)
