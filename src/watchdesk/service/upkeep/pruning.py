"""The chore that removes what is older than it is to be kept, and what that leaves behind."""

import math
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

from watchdesk.logger import get_logger
from watchdesk.service.upkeep.chores import Workplace
from watchdesk.store.leftovers import Terms
from watchdesk.store.sweeping import Sweeping

log = get_logger(__name__)

KEPT_PAGES = timedelta(days=3)
"""A day longer than they are tried: those left belong to sources that were taken out."""
YOUNGEST = timedelta(days=2)
"""What is younger stays, however large the database is: stories and feeds still need it."""
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
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
        self._left: int | None = None
        """Articles that this run still removes for the size; None: it was not asked yet."""
        self._sweeping: Sweeping | None = None
        self._is_sweeping = False
        self._removed: Counter[str] = Counter()

    def step(self, place: Workplace) -> bool:
        """See `Chore.step`."""
        now = place.clock()
        keep = place.configured.settings.articles.keep
        before = now - keep.age
        if not self._is_sweeping:
            if self._prune(place, before, now):
                return True
            if keep.size is not None and self._fit(place, keep.size, now):
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

    def _fit(self, place: Workplace, size: int, now: datetime) -> bool:
        """Removes the oldest articles while the database is larger; whether there is more to do.

        Of one run no more than what makes up the difference, by what an article takes in all: part of that
        becomes free only once what an article leaves behind is swept, and the index is merged.
        """
        used = place.store.size().used
        if used <= size:
            self._left = None
            return False
        if self._left is None:
            count = place.store.article_count(_EVER)
            self._left = math.ceil(count * (used - size) / used)
        most = min(self._articles, self._left)
        removed = place.store.prune_oldest(now - YOUNGEST, most) if most else 0
        self._removed["articles"] += removed
        self._left -= removed
        if removed == most and self._left:
            return True
        self._left = None
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
