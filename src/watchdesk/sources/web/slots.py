"""The slots of one host: requests in flight and the pauses after them.

Times are seconds of one monotonic clock. Not safe for threads by itself: `hosts` locks, and waits for a slot.
"""

import threading

REST = 2.0
"""A slot rests this many times as long as the host took to answer, so that a host which is slow
because it is busy is asked less (Mercator's rule)."""
LONGEST_REST = 5.0
"""Seconds."""
_SHORTEST_WAIT = 0.1


class HostSlots:
    """Not thread-safe by itself: use it only while holding the lock that it was given."""

    __slots__ = ("in_flight", "next_page_at", "resting", "room", "took", "waiting")

    def __init__(self, lock: threading.Lock) -> None:
        self.in_flight = 0
        self.waiting = 0
        self.resting: list[float] = []
        """When the pauses of its slots end."""
        self.next_page_at = 0.0
        """When the next article page may be requested, if robots.txt sets a Crawl-delay."""
        self.took = 0.0
        self.room = threading.Condition(lock)

    @property
    def is_idle(self) -> bool:
        """Whether no request is in flight and none waits."""
        return self.in_flight == 0 and self.waiting == 0

    def rests_until(self, now: float) -> float:
        """When its last pause ends; `now` if that is over."""
        return max(now, self.next_page_at, *self.resting)

    def free_at(self, places: int, now: float, *, page: bool) -> float | None:
        """When a slot is free; None: not before a request in flight has ended."""
        self.resting = [end for end in self.resting if end > now]
        from_then = max(now, self.next_page_at) if page else now
        missing = self.in_flight + len(self.resting) + 1 - places
        if missing <= 0:
            return from_then
        return max(from_then, sorted(self.resting)[missing - 1]) if missing <= len(self.resting) else None

    def wait(self, places: int, now: float, *, page: bool) -> float:
        """Seconds until it is worth asking for a slot; 0: now. Requests that wait already come first."""
        free = self.free_at(places, now, page=page)
        if free is None or self.waiting:
            return max(self.took, _SHORTEST_WAIT, (free or now) - now)
        return free - now

    def give_back(self, now: float, took: float, crawl_delay: float) -> None:
        """Frees a slot after an exchange that took `took` seconds; pages then wait `crawl_delay` seconds."""
        self.in_flight -= 1
        self.took = took
        self.resting.append(now + min(REST * took, LONGEST_REST))
        self.next_page_at = max(self.next_page_at, now + crawl_delay)
