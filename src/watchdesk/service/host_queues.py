"""What is due and waits for room: in the order of arrival, one host never before all others."""

from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Line(Generic[Item]):
    """A queue for each host; hosts take turns. Not for several threads at once."""

    def __init__(self) -> None:
        self._hosts: OrderedDict[str, deque[Item]] = OrderedDict()

    def __bool__(self) -> bool:
        return bool(self._hosts)

    def join(self, item: Item, host: str) -> None:
        """Takes the last place of its host."""
        self._hosts.setdefault(host, deque()).append(item)

    def next(self, has_room: Callable[[str], bool]) -> tuple[str, Item] | None:
        """The first of the first host that has room, and the host; None while none has."""
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
