"""The chore that puts articles into the index by which the archive is searched."""

from datetime import timedelta
from typing import TYPE_CHECKING

from watchdesk.service.upkeep.chores import Workplace

if TYPE_CHECKING:
    from watchdesk.store import SqlStore
    from watchdesk.store.index_building import IndexBuilder


class Indexing:
    """A `Chore`."""

    name = "index articles for searches"
    every = timedelta(seconds=30)
    needs_steady_clock = False
    """It goes by no clock but for how long articles may wait for others."""

    def __init__(self) -> None:
        self._builder: tuple[SqlStore, IndexBuilder] | None = None
        """A merge is in its memory."""

    def step(self, place: Workplace) -> bool:
        """See `Chore.step`."""
        if self._builder is None or self._builder[0] is not place.store:
            self._builder = place.store, place.store.index_builder()
        return self._builder[1].step(place.clock())
