"""Who builds the index: of several builders one works at a time, for as long as it goes on saying so."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from watchdesk.store.database import Database
from watchdesk.store.index_rows import OutpacedError
from watchdesk.store.index_state import EMPTY_INDEX, SegmentState
from watchdesk.store.tables import search_index, search_segments

_LEASE = timedelta(minutes=2)


class IndexLease:
    """The lease of one builder."""

    def __init__(self, database: Database, taken: Callable[[], object]) -> None:
        """`taken` is called when it is taken anew: another may have been at work meanwhile."""
        self._database = database
        self._taken = taken
        self._name = uuid.uuid4().hex
        self._held_until: datetime | None = None

    def hold(self, now: datetime) -> bool:
        """Takes or keeps it; whether nobody else has it."""
        if self._held_until is not None and now + _LEASE / 2 < self._held_until <= now + _LEASE:
            return True
        held_until = search_index.c.held_until
        # One that ends late was written by a clock that has leapt since.
        free = or_(held_until.is_(None), held_until < now, held_until > now + _LEASE)
        mine = or_(search_index.c.holder == self._name, free)
        taken = update(search_index).where(mine).values(holder=self._name, held_until=now + _LEASE)
        with self._database.write() as connection:
            before = connection.execute(select(search_index.c.holder)).one_or_none()
            if before is None:  # the row is lost
                connection.execute(insert(search_index), EMPTY_INDEX)
            if connection.execute(taken).rowcount != 1:
                return False
            if before is None or before.holder != self._name:
                self._taken()
                left_over = search_segments.c.state == SegmentState.BUILDING
                connection.execute(update(search_segments).where(left_over).values(state=SegmentState.GONE))
        self._held_until = now + _LEASE
        return True

    def let_go(self) -> None:
        """Leaves the work to whoever comes next."""
        if self._held_until is not None:
            mine = update(search_index).where(search_index.c.holder == self._name)
            with self._database.write() as connection:
                connection.execute(mine.values(holder=None, held_until=None))
            self._held_until = None

    def forget(self) -> None:
        """It is taken anew before anything else is done."""
        self._held_until = None

    def confirm(self, connection: Connection, values: dict[str, Any] | None = None, *conditions: Any) -> None:
        """Within a transaction, before it changes segments: writes what the index says of itself.

        Raises `OutpacedError` where another builder has the lease, or the conditions are not met.
        """
        mine = update(search_index).where(search_index.c.holder == self._name, *conditions)
        if connection.execute(mine.values(values or {"holder": self._name})).rowcount != 1:
            raise OutpacedError
