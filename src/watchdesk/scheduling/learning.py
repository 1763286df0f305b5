"""Learns a source's rhythm from what its polls bring. Pure.

What a rhythm leads one to expect is in `rates`; how long to wait for it, in `waiting`.
"""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from watchdesk.model import Rhythm
from watchdesk.model.rhythm import NO_CEILING
from watchdesk.scheduling.clocks import SLOTS, hours_of, shares
from watchdesk.scheduling.rates import MEMORY, SPURT_MEMORY, SURGE_MEMORY, UsualRates

_OLDEST_COUNTED = timedelta(days=60)
"""Older entries of a first document are ignored: they would be forgotten anyway."""

_SHARPLY = 0.25
"""Share of the interval in which a gap arose: the ceiling of waits from then on …"""

_RECOVERY = 48.0
"""… and the hours in which that ceiling doubles."""

_BURSTS_KEPT = 0.25
"""Bursts are rare, so they are forgotten four times as slowly."""

_CLOCKS_DIFFER = timedelta(hours=1)
"""How far the clock may be put back before what was learned is discarded."""

_FELT = 6
"""Hours: what was expected earlier no longer shows in `recent`."""


def believable(published: datetime | None, since: datetime, now: datetime) -> datetime:
    """When an entry was published that the poll at `now` brought and the one at `since` did not.

    Its own date if that is possible; else the middle of the interval, which `learned` takes to mean any time
    in it.
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
    """The rhythm after a successful poll at `now`, even one that brought nothing.

    `arrivals` are the publication times of its new entries, from `believable`. `since` is the last successful
    poll; None: this is the first, and `arrivals` are the times of the whole document, which cover the time
    that they span. `gap`: it shared no entry with the previous poll.
    """
    if rhythm is not None and rhythm.until > now + _CLOCKS_DIFFER:
        rhythm = None  # learned while the clock was wrong
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
    ceiling = _ceiling(rhythm.ceiling, _length(rhythm.until, now), gap=gap)
    return _counted(rhythm, times, start, now, watched, ceiling)


def _middle(since: datetime, now: datetime) -> datetime:
    start = since.astimezone(UTC)  # Python's difference of two times in one zone ignores summer time
    return start + (now.astimezone(UTC) - start) / 2


def _first_arrivals(arrivals: Sequence[datetime], now: datetime) -> tuple[datetime, Sequence[datetime]]:
    """From when on a first document shows what was published, and the times since.

    Its oldest tenth is left out, because it may be pinned or misdated. A document in which half the entries
    share one time was generated in one go, and shows nothing.
    """
    past = sorted(at for at in arrivals if at <= now)
    whole = past[len(past) // 10 :]
    if not whole or len(set(whole)) <= len(whole) / 2:
        return now, ()
    start = max(whole[0], now - _OLDEST_COUNTED)
    return start, [at for at in whole if at > start]


def _counted(
    rhythm: Rhythm, times: Sequence[datetime], since: datetime, now: datetime, watched: float, ceiling: float
) -> Rhythm:
    """The rhythm with all counts up to `now`, and what is known already."""
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
        watched=watched,
        recent=recent,
        foreseen=_foreseen(rhythm, length, end),
        peak=max(rhythm.peak * bygone, peak),
        spurt=spurt,
        steepest=max(rhythm.steepest * bygone, steepest),
        ceiling=ceiling,
        hours=tuple(hours),
        days=tuple(days),
        minutes=tuple(minutes),
    )


def _evenly(number: int, start: float, end: float) -> Sequence[float]:
    """`number` evenly spaced moments, so that entries without a time are not taken for a burst."""
    return [start + (end - start) * (index + 0.5) / number for index in range(number)]


def _crowded(
    count: float, began: float, times: Sequence[float], end: float, memory: float
) -> tuple[float, float]:
    """A quickly decaying count that was `count` at `began`: its value at the end, and its maximum."""
    highest, last = 0.0, began
    for moment in times:
        at = max(moment, last)
        count = count * math.exp((last - at) / memory) + 1
        highest, last = max(highest, count), at
    return count * math.exp(min(last - end, 0.0) / memory), highest


def _spread(counts: list[float], start: float, end: float, width: float, weight: float) -> None:
    """Counts an entry that came at an unknown time from `start` to `end`."""
    if end <= start:
        counts[int(end / width) % len(counts)] += weight
        return
    for cell, share in enumerate(shares(start, end, len(counts), width)):
        counts[cell] += weight * share / (end - start)


def _foreseen(rhythm: Rhythm, length: float, end: float) -> float:
    """What `recent` would be at `end` by the rhythm as it was `length` hours before."""
    foreseen = rhythm.foreseen * math.exp(-length / SURGE_MEMORY)
    rates = UsualRates(rhythm)
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
    """Hours from `start` to `end`; 0 if the clock was put back."""
    return max(hours_of(end) - hours_of(start), 0.0)
