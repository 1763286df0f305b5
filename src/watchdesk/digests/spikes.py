"""Finds rules that match many times more than is usual for the hour and the weekday. Pure.

Only what has not gone out yet counts: an event that was reported is reported again only when it grows as
much again.
"""

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean
from zoneinfo import ZoneInfo

from watchdesk.model import Spike, Waited

HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)
WEEKS = 8
"""How many weeks the usual number is taken from."""
LEAST = 3
"""Fewer articles in an hour are no spike, however rare the rule."""

Found = Mapping[datetime, int]
"""By quarter of an hour: how many articles a rule found in it."""


@dataclass(frozen=True, slots=True)
class Rise:
    """A spike, and when the articles that first made one were all matched."""

    spike: Spike
    at: datetime


def rises(
    waiting: Mapping[str, Sequence[Waited]],
    found: Mapping[str, Found],
    began: datetime,
    factor: float,
    timezone: ZoneInfo,
) -> Sequence[Rise]:
    """The rules that spike, the steepest first.

    `waiting`: by rule, when each article that has not gone out happened. `found`: what each rule found in
    the spans that `looked_at` names; `began`: since when anything was read. The hour before each waiting
    article is judged, so that a spike is found after it too, as when the service was down. It lies in two
    hours of the clock: the busier one is the usual. A usual of less than one counts as one.
    """
    spiking = [
        rise
        for rule_id, of_rule in waiting.items()
        if (rise := _rise(rule_id, sorted(of_rule), found.get(rule_id, {}), began, factor, timezone))
    ]
    return sorted(spiking, key=lambda rise: (-_steepness(rise.spike), rise.spike.rule_id))


def looked_at(times: Sequence[datetime], began: datetime) -> Sequence[tuple[datetime, datetime]]:
    """Which spans of the past say what is usual at these times: the same hours of the weeks before.

    Where less than two weeks are behind, all of them.
    """
    first, last = min(times) - 2 * HOUR, max(times) + HOUR
    if began > first - timedelta(weeks=2, hours=1):
        return [(began, last)]
    slack = HOUR  # clocks that were changed in between
    weeks = (timedelta(weeks=number) for number in range(1, WEEKS + 1))
    return [(first - week - slack, last - week + slack) for week in weeks]


def could_spike(waiting: Sequence[Waited], factor: float) -> bool:
    """Whether so many happened within an hour that it is worth looking at the past."""
    in_order, least = sorted(w.happened_at for w in waiting), math.ceil(max(LEAST, factor))
    pairs = zip(in_order, in_order[least - 1 :], strict=False)
    return any(last - first < HOUR for first, last in pairs)


def _rise(
    rule_id: str,
    waiting: Sequence[Waited],
    found: Found,
    began: datetime,
    factor: float,
    timezone: ZoneInfo,
) -> Rise | None:
    times = [waited.happened_at for waited in waiting]
    usuals: dict[datetime, float | None] = {}
    first: datetime | None = None
    largest: Spike | None = None
    for position, end in enumerate(times):
        start = bisect_right(times, end - HOUR)
        count = position + 1 - start
        if count < max(LEAST, factor):
            continue
        hours = {_clock_hour(moment, timezone) for moment in (end, end - HOUR)}
        usuals |= {hour: usual(found, hour, began, timezone) for hour in hours - usuals.keys()}
        busier = max(usuals[hour] or 0 for hour in hours)
        if all(usuals[hour] is None for hour in hours) or count < factor * max(busier, 1):
            continue
        complete = max(waited.matched_at for waited in waiting[start : position + 1])
        first = complete if first is None else min(first, complete)
        if largest is None or count >= largest.found:
            largest = Spike(rule_id, count, busier, end)
    return Rise(largest, first) if largest and first else None


def _clock_hour(moment: datetime, timezone: ZoneInfo) -> datetime:
    """The end of the hour of a local clock in which the moment falls."""
    local = (moment - timedelta(microseconds=1)).astimezone(timezone)
    past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return moment - timedelta(microseconds=1) - past + HOUR


def _steepness(spike: Spike) -> float:
    return spike.found / max(spike.usual, 1)


def usual(found: Found, end: datetime, began: datetime, timezone: ZoneInfo) -> float | None:
    """What a rule finds in the hour before `end`, by the same hour of the same weekday in weeks before.

    With less than two weeks since `began`, by the same hour of the days before; with less than two
    days, by the mean of all hours before. None where less than a day is behind: nothing is usual yet.
    """
    for step, least in ((timedelta(weeks=1), 2), (timedelta(days=1), 2)):
        hours = [_in_hour(found, hour) for hour in _hours_before(end, step, began, timezone)]
        if len(hours) >= least:
            return fmean(hours)
    before = end - HOUR - began
    if before < timedelta(days=1) - HOUR:
        return None
    return sum(count for quarter, count in found.items() if quarter < end - HOUR) / (before / HOUR)


def _hours_before(end: datetime, step: timedelta, began: datetime, timezone: ZoneInfo) -> Sequence[datetime]:
    """The ends of the same local hour, one step apart."""
    local = end.astimezone(timezone)
    ends = [(local - step * number).astimezone(end.tzinfo) for number in range(1, WEEKS + 1)]
    return [moment for moment in ends if moment - HOUR >= began]


def _in_hour(found: Found, end: datetime) -> int:
    """What was found in the four quarters that end with the one in which `end` falls."""
    last = end - timedelta(microseconds=1)
    last -= timedelta(minutes=last.minute % 15, seconds=last.second, microseconds=last.microsecond)
    return sum(found.get(last - QUARTER * number, 0) for number in range(4))
