"""Writes states of sources behind: they are kept here for a moment, and many are written together.

Only polls that brought nothing leave their states here. After a crash such a poll is made again.
"""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from watchdesk.encoding.repair import clean
from watchdesk.logger import get_logger
from watchdesk.model import SourceState
from watchdesk.ports import Store

log = get_logger(__name__)

MOST = 256
"""As soon as so many states are kept, they are written."""
AGAIN = timedelta(seconds=30)
"""After which a poll that could not be recorded is made again; each further failure doubles it."""
LONGEST = timedelta(hours=1)
"""The longest that such a poll is put off."""


class WriteBehind:
    """Safe to use from many threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._states: dict[str, SourceState] = {}
        self._lock = threading.Lock()

    def keep(self, state: SourceState) -> None:
        """Keeps a state, to be written a little later. Raises `StorageError`; it is kept all the same."""
        with self._lock:
            self._states[state.source_id] = state
            many = len(self._states) >= MOST
        if many:
            self.write()

    def write(self) -> bool:
        """Writes all of them; whether there were any. Raises `StorageError`; they are kept then."""
        with self._lock:
            kept = dict(self._states)
        if kept:
            refused = self._store.save_states(list(kept.values()))
            self.forget(kept)
            before = self._store.source_states(refused) if refused else {}
            for source_id, why in refused.items():
                log.error("the state of a source could not be recorded", source=source_id, why=why)
                state = kept[source_id]
                known = before.get(source_id) or SourceState(source_id)
                self.keep_failure(known, why, state.last_attempt or datetime.now(UTC))
        return bool(kept)

    def keep_failure(self, before: SourceState, why: str, now: datetime) -> datetime:
        """Counts a poll that could not be recorded as one that failed; when it is made again.

        `before`: what was remembered before that poll; it is kept with the failure, to be written later.
        """
        failures = before.failures + 1
        again = now + min(AGAIN * (1 << min(failures - 1, 12)), LONGEST)
        failed = replace(
            before,
            last_attempt=now,
            next_poll=again,
            failures=failures,
            error=clean(f"what the poll brought could not be recorded: {why}"),
        )
        with self._lock:
            self._states[before.source_id] = failed
        return again

    def forget(self, states: Mapping[str, SourceState]) -> None:
        """Drops states that have been replaced: newer ones are in the store, or here."""
        with self._lock:
            for source_id, state in states.items():
                if self._states.get(source_id) is state:
                    del self._states[source_id]

    def kept(self, source_id: str) -> SourceState:
        """The state kept here of one source; an empty one if it is in the store."""
        with self._lock:
            return self._states.get(source_id) or SourceState(source_id)

    def states(self, source_ids: Iterable[str]) -> dict[str, SourceState]:
        """The states of these sources, kept here or in the store."""
        wanted = list(source_ids)
        with self._lock:
            found = {name: self._states[name] for name in wanted if name in self._states}
        rest = [name for name in wanted if name not in found]
        return {**found, **(self._store.source_states(rest) if rest else {})}

    def newest(self, states: Mapping[str, SourceState]) -> Mapping[str, SourceState]:
        """States that were read a moment ago, in place of each the one kept here since."""
        with self._lock:
            return {name: self._states.get(name, state) for name, state in states.items()}
