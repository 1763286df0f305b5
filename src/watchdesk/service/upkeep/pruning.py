"""The chore that removes what is older than it is to be kept, and what that leaves behind."""

import time
from collections import Counter
from datetime import datetime, timedelta

from watchdesk.logger import get_logger
from watchdesk.service.upkeep.chores import Workplace
from watchdesk.store.leftovers import Terms
from watchdesk.store.sweeping import Sweeping

log = get_logger(__name__)

KEPT_PAGES = timedelta(days=3)
"""A day longer than they are tried: those left belong to sources that were taken out."""
_LONGEST = 0.04
"""Seconds of a step, about: polls wait that long to write."""
_LEAST, _MOST = 10, 500
"""Articles removed in one step."""
_DIGESTS = 20


class Pruning:
    """A `Chore`. Each run removes all that is old; once a day one also walks through what is left behind."""

    name = "remove what is old"
    every = timedelta(hours=1)
    needs_steady_clock = True
    """To a clock that is years ahead, everything is old."""

    def __init__(self) -> None:
        self._articles = 50
        self._sweeping: Sweeping | None = None
        self._is_sweeping = False
        self._removed: Counter[str] = Counter()

    def step(self, place: Workplace) -> bool:
        """See `Chore.step`."""
        now = place.clock()
        before = now - place.configured.settings.articles.keep
        if not self._is_sweeping:
            if self._prune(place, before, now):
                return True
            self._say(before)
        more = self._sweep(place, before, now)
        if not more:
            self._say(before)
        return more

    def _say(self, before: datetime) -> None:
        if +self._removed:
            log.info("removed what is old", before=before.isoformat(), **_named(self._removed))
        self._removed.clear()

    def _prune(self, place: Workplace, before: datetime, now: datetime) -> bool:
        store, most = place.store, self._articles
        began = time.perf_counter()
        # What came after an article that is kept is younger than a clock that was behind has it.
        articles = store.prune(before, most, store.least_number(before, now))
        seconds = time.perf_counter() - began
        if seconds > _LONGEST:
            self._articles = max(_LEAST, most // 2)
        elif seconds < _LONGEST / 2 and articles == most:
            self._articles = min(_MOST, most * 2)
        self._removed["articles"] += articles
        if articles == most:
            return True
        digests = store.prune_digests(before, _DIGESTS)
        self._removed["digests"] += digests
        if digests == _DIGESTS:
            return True
        store.forget_digests(before, now)
        store.prune_pages(now - KEPT_PAGES)
        return False

    def _sweep(self, place: Workplace, before: datetime, now: datetime) -> bool:
        self._sweeping = self._sweeping or place.store.sweeping()
        swept = self._sweeping.step(Terms(now, before, place.configured.settings.sources))
        self._is_sweeping = swept.more
        if swept.name:
            self._removed[swept.name] += swept.removed
        return swept.more


def _named(removed: Counter[str]) -> dict[str, int]:
    return {name.replace(" ", "_"): count for name, count in removed.items() if count}
