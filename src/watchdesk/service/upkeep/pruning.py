"""The chore that removes what is older than it is to be kept, and what that leaves behind."""

import time
from collections import Counter
from datetime import datetime, timedelta

from watchdesk.logger import get_logger
from watchdesk.remembered import remembered
from watchdesk.service.upkeep.chores import Workplace
from watchdesk.service.upkeep.fitting import Fitting, fitting_to, left_from
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
        self._fitting: Fitting | None = None
        """What removes for the size, while there is more to do."""
        self._sweeping: Sweeping | None = None
        self._is_sweeping = False
        self._removed: Counter[str] = Counter()

    def step(self, place: Workplace) -> bool:
        """See `Chore.step`."""
        now = place.clock()
        keep = place.configured.settings.articles.keep
        before = now - keep.age
        if not self._is_sweeping:
            if self._fitting is None and self._prune(place, before, now):
                return True
            if keep.size is not None and self._fit(place, keep.size, now):
                return True
            self._say(before)
        more = self._sweep(place, now)
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
        self._pace(began, is_full=articles == most)
        self._removed["articles"] += articles
        if articles == most:
            return True
        digests = store.prune_digests(_left_from(place, now), _DIGESTS)
        self._removed["digests"] += digests
        if digests == _DIGESTS:
            return True
        store.forget_digests(before, now)
        store.prune_pages(now - KEPT_PAGES)
        return False

    def _pace(self, began: float, *, is_full: bool) -> None:
        seconds = time.perf_counter() - began
        if seconds > _LONGEST:
            self._articles = max(_LEAST, self._articles // 2)
        elif seconds < _LONGEST / 2 and is_full:
            self._articles = min(_MOST, self._articles * 2)

    def _fit(self, place: Workplace, size: int, now: datetime) -> bool:
        """Removes some of the oldest articles while the database is larger; whether there is more to do."""
        fitting = self._fitting or fitting_to(place.store, size, now)
        self._fitting = None  # a step that fails ends the run
        if fitting is None:
            return False
        began = time.perf_counter()
        fitted = fitting.step(self._articles, _left_from(place, now))
        self._pace(began, is_full=fitted.articles == self._articles)
        self._removed += Counter(articles=fitted.articles, digests=fitted.digests)
        if fitted.more:
            self._fitting = fitting
        return fitted.more

    def _sweep(self, place: Workplace, now: datetime) -> bool:
        self._sweeping = self._sweeping or place.store.sweeping()
        kept = remembered(place.store).size_kept
        terms = Terms(now, _left_from(place, now), place.configured.settings.sources)
        swept = self._sweeping.step(terms, kept.removed_at if kept else None)
        self._is_sweeping = swept.more
        if swept.name:
            self._removed[swept.name] += swept.removed
        return swept.more


def _left_from(place: Workplace, now: datetime) -> datetime:
    """What is left of articles that were first seen before then goes as well."""
    return left_from(place.configured.settings.articles.keep, remembered(place.store), now)


def _named(removed: Counter[str]) -> dict[str, int]:
    return {name.replace(" ", "_"): count for name, count in removed.items() if count}
