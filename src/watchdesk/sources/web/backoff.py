"""Which hosts asked to be left alone, and until when. Not thread-safe by itself: `Hosts` guards it."""

from datetime import datetime, timedelta
from heapq import heappop, heappush

LONGEST = timedelta(days=1)
"""A host that asks for a longer back-off is asked again after this: no mistake silences it for good."""


class HostBackoffs:
    """The ends of back-offs, by host; those that are over are forgotten."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}
        self._ends: list[tuple[datetime, str]] = []

    def back_off(self, host: str, until: datetime, now: datetime) -> bool:
        """Leaves the host alone until then, a day at most. A back-off is extended, never cut short.

        Whether it was.
        """
        until = min(until, now + LONGEST)
        is_longer = until > max(now, self._until.get(host, now))
        if is_longer:
            self._until[host] = until
            heappush(self._ends, (until, host))
        while self._ends and self._ends[0][0] <= now:
            end, name = heappop(self._ends)
            if self._until.get(name) == end:
                del self._until[name]
        return is_longer

    def until(self, host: str, now: datetime) -> datetime | None:
        """When the host's back-off ends; None if it may be asked now."""
        end = self._until.get(host)
        # An end further ahead was set by a clock that was wrong.
        return end if end and now < end <= now + LONGEST else None

    @property
    def size(self) -> int:
        """How many hosts are backing off, or were a moment ago."""
        return len(self._until)
