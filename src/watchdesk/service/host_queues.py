"""What is due and waits for room, in a queue for each host: no host keeps the others waiting."""

from collections import deque
from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from itertools import count
from typing import Generic, TypeVar

Item = TypeVar("Item")


class HostQueues(Generic[Item]):
    """First in, first out for each host, and hosts take turns. Not for several threads at once.

    A host that was found full is set aside and not looked at again before `freed` names it; it keeps its
    place among the others. So taking costs the logarithm of the number of hosts, however many are full.
    """

    def __init__(self) -> None:
        self._hosts: dict[str, deque[Item]] = {}
        """Those for which something waits."""
        self._turns: list[tuple[int, str]] = []
        """Heap: which host is next. Each host is here or among the full ones."""
        self._full: dict[str, int] = {}
        """Their places in the order, as above."""
        self._numbers = count()

    def __bool__(self) -> bool:
        return bool(self._hosts)

    def __iter__(self) -> Iterator[Item]:
        """All that waits, host by host."""
        for waiting in self._hosts.values():
            yield from waiting

    def put(self, item: Item, host: str) -> None:
        """Puts an item at the end of its host's queue."""
        waiting = self._hosts.get(host)
        if waiting is not None:
            waiting.append(item)
            return
        self._hosts[host] = deque((item,))
        heappush(self._turns, (next(self._numbers), host))

    def take(self, has_room: Callable[[str], bool]) -> tuple[str, Item] | None:
        """Takes the first item of the first host that has room; None while none has.

        Who calls it says by `freed` when a host that had no room has some again.
        """
        while self._turns:
            turn, host = heappop(self._turns)
            if not has_room(host):
                self._full[host] = turn
                continue
            waiting = self._hosts[host]
            item = waiting.popleft()
            if waiting:
                heappush(self._turns, (next(self._numbers), host))
            else:
                del self._hosts[host]
            return host, item
        return None

    def freed(self, host: str) -> None:
        """The host may have room again."""
        turn = self._full.pop(host, None)
        if turn is not None:
            heappush(self._turns, (turn, host))

    def all_freed(self) -> None:
        """Every host may have room again."""
        for host in list(self._full):
            self.freed(host)

    def drain(self) -> Iterator[Item]:
        """Takes everything, whether there is room for it or not."""
        while self._hosts:
            yield from self._hosts.popitem()[1]
        self._turns.clear()
        self._full.clear()
