"""The page's own ways to the database, by connections that nobody else waits for: one reads, one writes."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from watchdesk.errors import StorageError
from watchdesk.ports import Store

if TYPE_CHECKING:
    from watchdesk.store import SqlStore

_LETTING_GO = 5.0
"""Seconds that its users have to end when the database is to be replaced."""


class OwnStore:
    """A store that is opened when it is first asked for, and let go of while the database is replaced."""

    def __init__(self, opened: "Callable[[], SqlStore]") -> None:
        self._open = opened
        self._changed = threading.Condition()
        self._store: SqlStore | None = None
        self._users = 0
        self._paused = 0
        self._closed = False

    @contextmanager
    def used(self) -> Iterator[Store]:
        """The store. Raises `StorageError` where it cannot be used now."""
        with self._changed:
            if self._paused or self._closed:
                raise StorageError("the database is being opened anew; try again in a moment")
            if self._store is None:
                self._store = self._open()
            store = self._store
            self._users += 1
        try:
            yield store
        finally:
            with self._changed:
                self._users -= 1
                self._changed.notify_all()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Meanwhile there is no connection."""
        with self._changed:
            self._paused += 1
        try:
            self._let_go()
            yield
        finally:
            with self._changed:
                self._paused -= 1

    def close(self) -> None:
        """Closes the connections for good."""
        with self._changed:
            self._closed = True
        self._let_go()

    def _let_go(self) -> None:
        """Stops its users, waits for them, and closes the connections."""
        with self._changed:
            store = self._store
            if store is None:
                return
            store.interrupt()
            self._changed.wait_for(lambda: self._users == 0, _LETTING_GO)
            self._store = None
        store.close()
