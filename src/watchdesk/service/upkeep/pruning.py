"""The chore that removes what is older than it is to be kept, and what that leaves behind."""

import math
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from watchdesk.logger import get_logger
from watchdesk.model import RoomOwed
from watchdesk.remembered import remember, remembered
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


@dataclass(slots=True)
class _Fitting:
    """A run that makes the database as small as it is to be. All but `left` and `removed` as it began."""

    used: int
    left_behind: int
    """Bytes in use, and what of them removed articles had left in stories."""
    owed: RoomOwed
    each: float
    """Bytes that an article takes."""
    left: int
    """Articles that are still to be removed."""
    removed: int = 0


class Pruning:
    """A `Chore`. Each run removes all that is old; once a day one also walks through what is left behind."""

    name = "remove what is old"
    every = timedelta(hours=1)
    needs_steady_clock = True
    """To a clock that is years ahead, everything is old."""

    def __init__(self) -> None:
        self._articles = 50
        self._fitting: _Fitting | None = None
        """What this run removes for the size; None: it was not asked yet, or removes nothing."""
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

        Of one run no more than what makes up the difference, by what an article takes in all. What earlier
        ones have removed and is still to become free counts as free.
        """
        store = place.store
        used = store.size().used
        if self._fitting is None:
            if used <= size:
                return False
            left_behind = store.left_by_removed()
            before = remembered(store).room_owed or RoomOwed()
            owed = before.at(now)
            if owed != before:
                remember(store, owed)
            taken = used - left_behind - owed.used
            if taken <= size:
                return False
            each = taken / max(1, store.article_count(_EVER))
            self._fitting = _Fitting(used, left_behind, owed, each, math.ceil((taken - size) / each))
        fitting = self._fitting
        if used > size:
            most = min(self._articles, fitting.left)
            removed = store.prune_oldest(now - YOUNGEST, most)
            self._removed["articles"] += removed
            fitting.removed += removed
            fitting.left -= removed
            if removed == most and fitting.left:
                return True
        self._fitting = None
        later = round(fitting.each * fitting.removed) - (fitting.used - store.size().used)
        later -= store.left_by_removed() - fitting.left_behind
        if later > 0:
            remember(store, RoomOwed((*fitting.owed.removals, (now, later))))
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
