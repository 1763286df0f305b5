"""The places at one host: those who ask, and the pauses after them. Times are seconds of one steady clock."""

import threading

REST = 2.0
"""A place rests this many times as long as the host took to answer, so that a host which is slow
because it is busy is asked less (Mercator's rule)."""
LONGEST_REST = 5.0
"""Seconds."""
_SHORTEST_WAIT = 0.1


class HostSlots:
    """Not for many threads by itself: whoever holds the lock that it was given may use it."""

    __slots__ = ("in_flight", "next_page_at", "resting", "room", "took", "waiting")

    def __init__(self, lock: threading.Lock) -> None:
        self.in_flight = 0
        self.waiting = 0
        self.resting: list[float] = []
        """Ends of the pauses of its places."""
        self.next_page_at = 0.0
        """When the next article page may be asked for, where robots.txt sets a Crawl-delay."""
        self.took = 0.0
        self.room = threading.Condition(lock)

    @property
    def is_idle(self) -> bool:
        """Nobody asks, and nobody waits to."""
        return self.in_flight == 0 and self.waiting == 0

    def rests_until(self, now: float) -> float:
        """The end of its last pause; `now` when it is over."""
        return max(now, self.next_page_at, *self.resting)

    def free_at(self, places: int, now: float, *, page: bool) -> float | None:
        """When there is a place; None: not before a request that is in flight has ended."""
        self.resting = [end for end in self.resting if end > now]
        from_then = max(now, self.next_page_at) if page else now
        missing = self.in_flight + len(self.resting) + 1 - places
        if missing <= 0:
            return from_then
        return max(from_then, sorted(self.resting)[missing - 1]) if missing <= len(self.resting) else None

    def wait(self, places: int, now: float, *, page: bool) -> float:
        """Seconds after which it is worth asking for a place; 0: now. Those who wait already come first."""
        free = self.free_at(places, now, page=page)
        if free is None or self.waiting:
            return max(self.took, _SHORTEST_WAIT, (free or now) - now)
        return free - now

    def give_back(self, now: float, took: float, crawl_delay: float) -> None:
        """A place rests after an exchange that took so many seconds; pages, `crawl_delay` seconds."""
        self.in_flight -= 1
        self.took = took
        self.resting.append(now + min(REST * took, LONGEST_REST))
        self.next_page_at = max(self.next_page_at, now + crawl_delay)
