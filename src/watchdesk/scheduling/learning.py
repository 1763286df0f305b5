"""Learning a source's rhythm from what its polls bring. Pure; what it is good for: `waiting`."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from watchdesk.model import Rhythm
from watchdesk.model.rhythm import NO_CEILING
from watchdesk.scheduling.clocks import SLOTS, hours_of, shares
from watchdesk.scheduling.rates import MEMORY, SPURT_MEMORY, SURGE_MEMORY, Rates

_OLDEST_COUNTED = timedelta(days=60)
"""What a first document tells of older times is forgotten anyway."""

_SHARPLY = 0.25
"""Of the interval in which a gap arose: the longest that is waited from then on …"""

_RECOVERY = 48.0
"""… and the hours in which that doubles."""

_BURSTS_KEPT = 0.25
"""Bursts are rare, and forgotten in four times as long."""

_CLOCKS_DIFFER = timedelta(hours=1)
"""How far a clock may be put back, and what was learned still be believed."""

_FELT = 6
"""Hours: what was foreseen longer ago has left nothing in `recent`."""


def believable(published: datetime | None, since: datetime, now: datetime) -> datetime:
    """When an entry that the poll at `now` brought, and that at `since` did not, was published.

    Its own word where that can be true; else the middle of the interval, by which `learned` knows that
    it could have been any time in it.
    """
    if published is not None and since < published <= now:
        return published
    return _middle(since, now)


def learned(
    rhythm: Rhythm | None,
    arrivals: Sequence[datetime],
    since: datetime | None,
    now: datetime,
    *,
    gap: bool = False,
) -> Rhythm:
    """The rhythm after a good poll at `now`, one that brought nothing included.

    `arrivals` are when the entries that it brought new were published, as `believable` has it. `since`
    is the last good poll. None: this is the first, and `arrivals` are the times of the whole document,
    which tell of the time that they span. `gap`: it shared no entry with the one before.
    """
    if rhythm is not None and rhythm.until > now + _CLOCKS_DIFFER:
        rhythm = None  # learned by a clock that was wrong
    if rhythm is not None:
        start = since or rhythm.until
        watched = rhythm.watched + _length(rhythm.until, now)
    elif since is not None:
        rhythm, start, watched = Rhythm(since), since, _length(since, now)
    else:
        start, arrivals = _first_arrivals(arrivals, now)
        rhythm, watched = Rhythm(start), 0.0
    start = min(start, now)
    times = sorted(believable(at, start, now) for at in arrivals)
    after = _counted(rhythm, times, start, now)
    length = _length(rhythm.until, now)
    return replace(after, watched=watched, ceiling=_ceiling(rhythm.ceiling, length, gap=gap))


def _middle(since: datetime, now: datetime) -> datetime:
    start = since.astimezone(UTC)  # the difference of times of one zone leaves its summer time out
    return start + (now.astimezone(UTC) - start) / 2


def _first_arrivals(arrivals: Sequence[datetime], now: datetime) -> tuple[datetime, Sequence[datetime]]:
    """Since when a first document tells what was published, and what.

    Its oldest tenth is left out, which may be pinned or misdated. A document of which half the entries
    share their time has it from a machine that wrote them all, and tells nothing.
    """
    past = sorted(at for at in arrivals if at <= now)
    whole = past[len(past) // 10 :]
    if not whole or len(set(whole)) <= len(whole) / 2:
        return now, ()
    start = max(whole[0], now - _OLDEST_COUNTED)
    return start, [at for at in whole if at > start]


def _counted(rhythm: Rhythm, times: Sequence[datetime], since: datetime, now: datetime) -> Rhythm:
    """All counts up to `now`."""
    length = _length(rhythm.until, now)
    keep = math.exp(-length / MEMORY)
    hours, days, minutes = (
        [n * keep for n in counts] for counts in (rhythm.hours, rhythm.days, rhythm.minutes)
    )
    start, end = hours_of(since), hours_of(now)
    unknown = _middle(since, now)
    for moment in times:
        at = hours_of(moment)
        weight = math.exp(-max(end - at, 0.0) / MEMORY)
        if moment == unknown:
            _spread(hours, start, end, 1.0, weight)
            _spread(days, start + 72, end + 72, 24.0, weight)
            _spread(minutes, start, end, 1 / SLOTS, weight)
        else:
            hours[int(at) % 24] += weight
            days[int(at / 24 + 3) % 7] += weight
            minutes[int(at * SLOTS) % SLOTS] += weight
    began, bygone = hours_of(rhythm.until), keep**_BURSTS_KEPT
    known = [hours_of(moment) for moment in times if moment != unknown]
    placed = sorted([*known, *_evenly(len(times) - len(known), start, end)])
    recent, peak = _crowded(rhythm.recent, began, placed, end, SURGE_MEMORY)
    spurt, steepest = _crowded(rhythm.spurt, began, placed, end, SPURT_MEMORY)
    return Rhythm(
        until=max(now, rhythm.until),
        observed=rhythm.observed * keep + MEMORY * (1 - keep),
        recent=recent,
        foreseen=_foreseen(rhythm, length, end),
        peak=max(rhythm.peak * bygone, peak),
        spurt=spurt,
        steepest=max(rhythm.steepest * bygone, steepest),
        hours=tuple(hours),
        days=tuple(days),
        minutes=tuple(minutes),
    )


def _evenly(number: int, start: float, end: float) -> Sequence[float]:
    """So many moments, as far from each other as can be: what has no time is not taken for a burst."""
    return [start + (end - start) * (index + 0.5) / number for index in range(number)]


def _crowded(
    count: float, began: float, times: Sequence[float], end: float, memory: float
) -> tuple[float, float]:
    """A quickly forgotten count that was so high when it `began`: at the end, and at its highest."""
    highest, last = 0.0, began
    for moment in times:
        at = max(moment, last)
        count = count * math.exp((last - at) / memory) + 1
        highest, last = max(highest, count), at
    return count * math.exp(min(last - end, 0.0) / memory), highest


def _spread(counts: list[float], start: float, end: float, width: float, weight: float) -> None:
    """Counts an entry that came at some time from `start` to `end`."""
    if end <= start:
        counts[int(end / width) % len(counts)] += weight
        return
    for cell, share in enumerate(shares(start, end, len(counts), width)):
        counts[cell] += weight * share / (end - start)


def _foreseen(rhythm: Rhythm, length: float, end: float) -> float:
    """What `recent` would be at `end`, by the rhythm as it was known `length` hours before."""
    foreseen = rhythm.foreseen * math.exp(-length / SURGE_MEMORY)
    rates = Rates(rhythm)
    at = end - min(length, _FELT)
    while at < end:
        until = min(math.floor(at) + 1.0, end)
        fading = math.exp((until - end) / SURGE_MEMORY) - math.exp((at - end) / SURGE_MEMORY)
        foreseen += rates.usual(math.floor(at)) * SURGE_MEMORY * fading
        at = until
    return foreseen


def _ceiling(ceiling: float, length: float, *, gap: bool) -> float:
    if gap:
        return min(ceiling, length) * _SHARPLY
    return min(ceiling * math.exp2(min(length / _RECOVERY, 64.0)), NO_CEILING)


def _length(start: datetime, end: datetime) -> float:
    """Hours; none where a clock was put back."""
    return max(hours_of(end) - hours_of(start), 0.0)
