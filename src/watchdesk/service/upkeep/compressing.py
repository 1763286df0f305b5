"""The chore that compresses texts which an older watchdesk stored, and makes dictionaries for it."""

from datetime import timedelta

from watchdesk.service.upkeep.chores import Workplace


class Compressing:
    """A `Chore`."""

    name = "compress old texts"
    every = timedelta(hours=1)
    needs_steady_clock = False

    def step(self, place: Workplace) -> bool:
        """See `Chore.step`."""
        return place.store.compress_texts(place.clock())
