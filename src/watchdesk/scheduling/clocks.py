"""Times as hours since 1970 in UTC, in which rhythms are counted: no summer time interferes. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
SLOTS = 12
"""Parts of an hour that are counted separately: five minutes each."""


def hours_of(moment: datetime) -> float:
    """Hours since 1970-01-01 00:00 UTC, precise to a few microseconds."""
    return moment.timestamp() / 3600


def in_hours(span: timedelta) -> float:
    """A span of time in hours."""
    return span / HOUR


def weekday(hour: int) -> int:
    """The weekday of an hour counted since 1970, which began on a Thursday; Monday is 0."""
    return (hour // 24 + 3) % 7


def shares(start: float, end: float, cells: int, width: float) -> Sequence[float]:
    """How much of the time from `start` to `end` lies in each cell of a cycle, in the same unit.

    The cycle has `cells` cells of that width; the first one begins at 0.
    """
    cycle = cells * width
    rounds, rest = divmod(max(end - start, 0.0), cycle)
    found = [rounds * width] * cells
    at = start % cycle
    cell = int(at / width)
    room = (cell + 1) * width - at
    while rest > 0:
        part = room if room < rest else rest
        found[cell % cells] += part
        cell, rest, room = cell + 1, rest - part, width
    return found
