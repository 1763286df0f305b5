"""Brings the database under the size that it is kept to: the oldest articles go before their time.

What they leave that is not removed with them is swept, and left out of the index, behind: it counts as free.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from watchdesk.config.keep import Keep
from watchdesk.model import LEFT_FOR, SizeKept
from watchdesk.remembered import Remembered, remember, remembered
from watchdesk.store import SqlStore

YOUNGEST = timedelta(days=2)
"""What is younger stays, however large the database is: stories and feeds still need it."""
_AIM = 0.98
"""Of the size: what comes then has room for a while."""
_SOONEST = timedelta(minutes=50)
"""Between two runs of which the first removed many: meanwhile the index is made smaller."""
_LONGEST = timedelta(days=2)
"""After which the next one goes on though what the first left is not swept: a pass has a second for it."""
_MANY = 0.05
"""Of all articles: after fewer, what they leave may wait for the walk of the day."""
_LEFT = 1_200
"""Bytes that an article leaves for the walk: its keys, and its place in a story."""
_DIGESTS = 20
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Fitted:
    """What one step did."""

    articles: int
    digests: int
    """How many were removed."""
    more: bool
    """There is more to do at once."""


class Fitting:
    """A run that removes articles for the size."""

    def __init__(self, store: SqlStore, known: SizeKept, now: datetime) -> None:
        self._store = store
        self._known = known
        self._now = now
        self._all = max(1, store.article_count(_EVER))
        self._each = store.size().used / self._all
        self._in_index = store.index_bytes()
        self._removed = 0
        self._left = 0.0
        """Bytes, about, that the walk and the index still have of them."""
        self._has_digests = False
        """There may be more of which no article is left."""

    def step(self, most: int, left_from: datetime) -> Fitted:
        """Removes up to so many articles, and digests that none is in, if composed before `left_from`."""
        if self._has_digests:
            return Fitted(0, self._prune_digests(left_from), more=True)
        excess = self._store.size().used - self._left - _AIM * self._known.most
        wanted = min(most, math.ceil(excess / self._each))
        if wanted <= 0:
            return Fitted(0, 0, more=False)
        seen = self._store.prune_oldest(self._now - YOUNGEST, wanted)
        if seen:
            self._count(seen)
        digests = self._prune_digests(left_from)
        if len(seen) == wanted or digests == _DIGESTS:
            return Fitted(len(seen), digests, more=True)
        used = self._store.size().used
        if used - self._left > self._known.most:
            self._know(self._known.larger(used + self._to_come(), self._now))
        return Fitted(len(seen), digests, more=False)

    def _count(self, seen: Sequence[datetime]) -> None:
        self._removed += len(seen)
        self._left += len(seen) * self._in_index
        self._left += _LEFT * sum(one < self._now - LEFT_FOR for one in seen)
        many = self._removed > _MANY * self._all
        self._know(self._known.removed(self._now, max(seen), many=many))

    def _prune_digests(self, before: datetime) -> int:
        removed = self._store.prune_digests(before, _DIGESTS)
        self._has_digests = removed == _DIGESTS
        return removed

    def _to_come(self) -> int:
        """Bytes, about, that a young desk takes once it has what the articles of 17 days leave."""
        first = self._store.first_compared() or self._now
        missing = LEFT_FOR - max(YOUNGEST, self._now - first)
        if missing <= timedelta(0):
            return 0
        return round(missing / YOUNGEST * self._store.article_count(self._now - YOUNGEST) * _LEFT)

    def _know(self, known: SizeKept) -> None:
        self._known = known
        remember(self._store, known)


def fitting_to(store: SqlStore, size: int, now: datetime) -> Fitting | None:
    """A run for the size in bytes; None: it fits, or what was removed last is still being cleared away."""
    noted = remembered(store).size_kept
    known = (noted or SizeKept(size)).of(size)
    used = store.size().used
    if used <= size:
        fits = known.fits(used, now)
        if noted is not None and fits != noted:
            remember(store, fits)
        return None
    is_clearing = known.removed_at is not None and _is_clearing(store, known.removed_at, now)
    return None if is_clearing else Fitting(store, known, now)


def left_from(keep: Keep, facts: Remembered, now: datetime) -> datetime:
    """What removed articles left that were first seen before then goes as well: see `SizeKept.kept_from`."""
    before = now - keep.age
    return before if keep.size is None or not facts.size_kept else facts.size_kept.kept_from(before, now)


def _is_clearing(store: SqlStore, removed_at: datetime, now: datetime) -> bool:
    since = now - removed_at
    if not timedelta(0) <= since < _LONGEST:
        return False
    return since < _SOONEST or not store.sweeping().has_swept_since(removed_at)
