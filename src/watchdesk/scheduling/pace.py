"""Whether a source brings far less than is usual for it, at these hours and days of the week. Pure.

A quiet night or weekend is usual. What is usual is learned by `learning`; what it really brought in the weeks
before, which its archive knows, shows how much it wavers.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from watchdesk.model import Rhythm
from watchdesk.scheduling.clocks import hours_of
from watchdesk.scheduling.rates import MEMORY, UsualRates

LOOKED_BACK = timedelta(weeks=8)
"""How far back what it brought counts."""
DAYS = timedelta(days=3)
"""In which a source brings less than usual, where it brings anything."""
_ENOUGH = 12.0
"""Entries that are missing, at least: chance alone explains fewer."""
_SHORTEST = timedelta(hours=6)
"""Of a silence."""
_LONGER = 2.0
"""A silence is one when so many times more is missing than in the longest before."""
_WEEKS_KNOWN = 14 * 24.0
"""Hours after which each day of the week was seen twice. Until then a long weekend looks like a silence …"""
_LONG_WEEKEND = timedelta(days=4)
"""… unless it is longer than one, and twice as much is missing."""
_BUSY = 20
"""Entries that are usual in `DAYS`: of fewer, nothing is said of how many came."""
_FAR_BELOW = 5
"""It brings a fifth at most."""
_FEWEST = 3
"""A third at most of the poorest week before; and so many weeks have to be known."""


def missing(rhythm: Rhythm, last_new: datetime, until: datetime) -> float:
    """Entries that were to be expected since the last one; 0 where that is no silence yet.

    `until`: the last time that it was read.
    """
    if until - last_new < _SHORTEST:
        return 0.0
    before = _as_it_was(rhythm, last_new)
    found = _expected(UsualRates(before), hours_of(last_new), hours_of(until))
    if _span(before) < _WEEKS_KNOWN and (until - last_new < _LONG_WEEKEND or found < 2 * _ENOUGH):
        return 0.0
    return found if found >= _ENOUGH else 0.0


def is_silent(rhythm: Rhythm, last_new: datetime, until: datetime, arrivals: Sequence[datetime]) -> bool:
    """Whether it has fallen silent. `arrivals`: when its entries of `LOOKED_BACK` came, in order."""
    found = missing(rhythm, last_new, until)
    if not found:
        return False
    rates = UsualRates(_as_it_was(rhythm, last_new))
    lulls = (_expected(rates, hours_of(one), hours_of(other)) for one, other in pairwise(arrivals))
    return found >= _LONGER * max(lulls, default=0.0)


def usual_in_days(rhythm: Rhythm, now: datetime) -> int:
    """Entries that are to be expected in the `DAYS` before now; 0 where they are too few to judge by."""
    found = int(_expected(UsualRates(rhythm), hours_of(now - DAYS), hours_of(now)))
    return found if found >= _BUSY and _span(rhythm) >= _WEEKS_KNOWN else 0


def enough_in_days(usual: int) -> int:
    """As many entries, in the `DAYS` before now, are not far below what is usual."""
    return usual // _FAR_BELOW + 1


def fell_to(now: datetime, arrivals: Sequence[datetime], *, was_slow: bool) -> tuple[int, int] | None:
    """How many came in the `DAYS` before now, and how many did in these days of the weeks before.

    None: it keeps its pace. `was_slow`: then it does when it brings half again.
    """
    if not arrivals:
        return None
    weeks = int((now - DAYS - arrivals[0]) / timedelta(weeks=1))
    brought = _count(arrivals, now)
    before = [_count(arrivals, now - timedelta(weeks=week)) for week in range(1, weeks + 1)]
    if len(before) < _FEWEST:
        return None
    usual = int(median(before))
    far_below = brought * _FAR_BELOW <= usual and brought * _FEWEST <= min(before)
    below = far_below or (was_slow and brought * 2 < usual)
    return (brought, usual) if usual >= _BUSY and below else None


def _count(arrivals: Sequence[datetime], end: datetime) -> int:
    return sum(end - DAYS < at <= end for at in arrivals)


def _as_it_was(rhythm: Rhythm, moment: datetime) -> Rhythm:
    """The rhythm at the last arrival: its counts have only faded since, and can be put back."""
    faded = max(hours_of(rhythm.until) - hours_of(moment), 0.0)
    keep = math.exp(-faded / MEMORY)
    observed = (rhythm.observed - MEMORY * (1 - keep)) / keep
    return replace(
        rhythm,
        until=min(moment, rhythm.until),
        observed=max(observed, 0.0),
        hours=tuple(count / keep for count in rhythm.hours),
        days=tuple(count / keep for count in rhythm.days),
    )


def _span(rhythm: Rhythm) -> float:
    """Hours for which it was observed."""
    left = 1 - rhythm.observed / MEMORY
    return -MEMORY * math.log(left) if left > 1e-9 else math.inf


def _expected(rates: UsualRates, start: float, end: float) -> float:
    """Entries to be expected, by the rhythm alone; both are hours since 1970."""
    at, found = start, 0.0
    while at < end:
        until = min(math.floor(at) + 1.0, end)
        found += rates.usual(math.floor(at)) * (until - at)
        at = until
    return found
