"""States of sources that are known here and not yet in the store: many are written together.

Only polls that brought nothing leave theirs here. After a crash such a poll is made again.
"""

import threading
from collections.abc import Iterable, Mapping

from watchdesk.model import SourceState
from watchdesk.ports import Store

MOST = 256
"""States that are written together at the latest."""


class UnwrittenStates:
    """Safe to use from many threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._states: dict[str, SourceState] = {}
        self._lock = threading.Lock()

    def keep(self, state: SourceState) -> None:
        """Takes a state, to be written a little later. Raises `StorageError`; it is kept then."""
        with self._lock:
            self._states[state.source_id] = state
            many = len(self._states) >= MOST
        if many:
            self.write()

    def write(self) -> None:
        """Writes them all. Raises `StorageError`; they are kept then."""
        with self._lock:
            unwritten = dict(self._states)
        if unwritten:
            self._store.save_states(list(unwritten.values()))
            self.forget(unwritten)

    def forget(self, states: Mapping[str, SourceState]) -> None:
        """What was in force until now, and is not any more: newer ones are in the store, or here."""
        with self._lock:
            for source_id, state in states.items():
                if self._states.get(source_id) is state:
                    del self._states[source_id]

    def states(self, source_ids: Iterable[str]) -> dict[str, SourceState]:
        """What is remembered of these sources, here or in the store."""
        wanted = list(source_ids)
        with self._lock:
            found = {name: self._states[name] for name in wanted if name in self._states}
        rest = [name for name in wanted if name not in found]
        return {**found, **(self._store.source_states(rest) if rest else {})}
