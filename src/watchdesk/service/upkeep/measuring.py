"""The chore that remembers how large the database is, by which `status` says how it grows."""

from datetime import timedelta

from watchdesk.model import SizeSamples
from watchdesk.remembered import remember, remembered
from watchdesk.service.upkeep.chores import Workplace


class Measuring:
    """A `Chore`."""

    name = "measure the database"
    every = timedelta(minutes=10)
    needs_steady_clock = False
    """A clock that was months ahead costs what was measured, and a day later there is enough again."""

    def step(self, place: Workplace) -> bool:
        """See `Chore.step`."""
        store = place.store
        before = remembered(store).sizes or SizeSamples()
        after = before.with_one(place.clock(), store.size().used)
        if after != before:
            remember(store, after)
        return False
