"""States of sources that wait to be polled, read together: one query costs little more than one row."""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from watchdesk.model import Source, SourceState

Group = tuple[Source, ...]
"""Sources of one address, which are polled by one request."""
ReadStates = Callable[[Iterable[str]], Mapping[str, SourceState]]
"""The states of these sources, of those that were ever polled. Raises `StorageError`."""

TOGETHER = 64
"""Groups whose states are read by one query."""
FRESH = 10.0
"""Seconds for which states that were read ahead count: another process may poll the same sources."""


class StatesAhead:
    """States of some groups that were queued together; the first that is polled reads those of all that wait.

    Safe to use from many threads.
    """

    def __init__(
        self, read: ReadStates, ids: Collection[str], ticks: Callable[[], float] = time.monotonic
    ) -> None:
        """`ticks` counts seconds monotonically."""
        self._read = read
        self._ticks = ticks
        self._waiting = set(ids)
        self._states: dict[str, SourceState] = {}
        self._read_at: float | None = None
        self._lock = threading.Lock()

    def take(self, ids: Sequence[str]) -> Mapping[str, SourceState]:
        """The states of some of these sources, which are polled now. Raises `StorageError`."""
        with self._lock:
            now = self._ticks()
            if self._read_at is None or now - self._read_at > FRESH:
                self._states, self._read_at = dict(self._read(self._waiting)), now
            self._waiting.difference_update(ids)
            return {name: self._states.pop(name) for name in ids if name in self._states}


def states_ahead(read: ReadStates, groups: Sequence[Group]) -> Iterator[tuple[Group, StatesAhead]]:
    """Each group, in order, with the states that it shares with those near to it."""
    for start in range(0, len(groups), TOGETHER):
        together = groups[start : start + TOGETHER]
        ahead = StatesAhead(read, [source.id for group in together for source in group])
        for group in together:
            yield group, ahead
