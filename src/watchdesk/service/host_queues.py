"""What is due and waits for room, in a queue for each host: no host keeps the others waiting."""

from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class HostQueues(Generic[Item]):
    """First in, first out for each host, and hosts take turns. Not for several threads at once."""

    def __init__(self) -> None:
        self._hosts: OrderedDict[str, deque[Item]] = OrderedDict()

    def __bool__(self) -> bool:
        return bool(self._hosts)

    def put(self, item: Item, host: str) -> None:
        """Puts an item at the end of its host's queue."""
        self._hosts.setdefault(host, deque()).append(item)

    def take(self, has_room: Callable[[str], bool]) -> tuple[str, Item] | None:
        """Takes the first item of the first host that has room; None while none has."""
        host = next((host for host in self._hosts if has_room(host)), None)
        if host is None:
            return None
        waiting = self._hosts[host]
        item = waiting.popleft()
        if waiting:
            self._hosts.move_to_end(host)
        else:
            del self._hosts[host]
        return host, item
