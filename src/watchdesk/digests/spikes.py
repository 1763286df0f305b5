"""Which rules find many times what is usual for the hour and the weekday. Pure.

What counts is what has not gone out yet: once told, an event is told again only when it grows as much again.
"""

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean
from zoneinfo import ZoneInfo

from watchdesk.model import Spike

HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)
WEEKS = 8
"""How many weeks back the usual is looked for."""
LOOK_BACK = timedelta(weeks=WEEKS, hours=2)
"""How much of the past `rises` looks at."""
LEAST = 3
"""Fewer articles in an hour are no spike, however rare the rule."""

Found = Mapping[datetime, int]
"""By quarter of an hour: how many articles a rule found in it."""


@dataclass(frozen=True, slots=True)
class Rise:
    """A spike, and when the articles that make it were all there."""

    spike: Spike
    at: datetime


def rises(
    waiting: Mapping[str, Sequence[datetime]],
    found: Mapping[str, Found],
    began: datetime,
    factor: float,
    timezone: ZoneInfo,
) -> Sequence[Rise]:
    """The rules that spike, the steepest first.

    `waiting`: by rule, when each article that has not gone out happened. `found`: what each rule found over
    the last `LOOK_BACK`, these among it; `began`: since when anything was read. The hour before each waiting
    article is judged, so that a spike is found after it too, as when the service was down. It lies in two
    hours of the clock: the busier one is the usual. A usual of less than one counts as one.
    """
    spiking = [
        rise
        for rule_id, times in waiting.items()
        if (rise := _rise(rule_id, sorted(times), found.get(rule_id, {}), began, factor, timezone))
    ]
    return sorted(spiking, key=lambda rise: (-_steepness(rise.spike), rise.spike.rule_id))


def could_spike(times: Sequence[datetime], factor: float) -> bool:
    """Whether so many happened within an hour that it is worth looking at the past."""
    in_order, least = sorted(times), math.ceil(max(LEAST, factor))
    pairs = zip(in_order, in_order[least - 1 :], strict=False)
    return any(last - first < HOUR for first, last in pairs)


def _rise(
    rule_id: str,
    times: Sequence[datetime],
    found: Found,
    began: datetime,
    factor: float,
    timezone: ZoneInfo,
) -> Rise | None:
    first: datetime | None = None
    largest: Spike | None = None
    for position, end in enumerate(times):
        count = position + 1 - bisect_right(times, end - HOUR)
        if count < max(LEAST, factor):
            continue
        hours = (_clock_hour(moment, timezone) for moment in (end, end - HOUR))
        spike = Spike(rule_id, count, max(usual(found, hour, began, timezone) for hour in hours), end)
        if count < factor * max(spike.usual, 1):
            continue
        first = first or end
        if largest is None or spike.found >= largest.found:
            largest = spike
    return Rise(largest, first) if largest and first else None


def _clock_hour(moment: datetime, timezone: ZoneInfo) -> datetime:
    """The end of the hour of a local clock in which the moment falls."""
    local = (moment - timedelta(microseconds=1)).astimezone(timezone)
    past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return moment - timedelta(microseconds=1) - past + HOUR


def _steepness(spike: Spike) -> float:
    return spike.found / max(spike.usual, 1)


def usual(found: Found, end: datetime, began: datetime, timezone: ZoneInfo) -> float:
    """What a rule finds in the hour before `end`, by the same hour of the same weekday in weeks before.

    With less than two weeks since `began`, by the same hour of the days before; with less than two
    days, by the mean of all hours before.
    """
    for step, least in ((timedelta(weeks=1), 2), (timedelta(days=1), 2)):
        hours = [_in_hour(found, hour) for hour in _hours_before(end, step, began, timezone)]
        if len(hours) >= least:
            return fmean(hours)
    hours_before = (end - HOUR - began) / HOUR
    if hours_before < 1:
        return 0.0
    return sum(count for quarter, count in found.items() if quarter < end - HOUR) / hours_before


def _hours_before(end: datetime, step: timedelta, began: datetime, timezone: ZoneInfo) -> Sequence[datetime]:
    """The ends of the same hour, as local clocks show it, one step before the other."""
    local = end.astimezone(timezone)
    ends = [(local - step * number).astimezone(end.tzinfo) for number in range(1, WEEKS + 1)]
    return [moment for moment in ends if moment - HOUR >= began]


def _in_hour(found: Found, end: datetime) -> int:
    """What was found in the four quarters that end with the one in which `end` falls."""
    last = end - timedelta(microseconds=1)
    last -= timedelta(minutes=last.minute % 15, seconds=last.second, microseconds=last.microsecond)
    return sum(found.get(last - QUARTER * number, 0) for number in range(4))
