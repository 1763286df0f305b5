"""A week as 7 rows of 24 hours, darker where there is more. Pure.

Show it by the macro `week` of `pictures.html.j2`, which puts its table below it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from watchdesk.documents.words import counted

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SIZE, _GAP = 20, 2
_PALEST = 0.16
_TELLING = 3
"""Fewer in its busiest hour say nothing."""


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of the week that has any."""

    x: int
    y: int
    strength: float
    """How dark it is, up to 1."""
    words: str


@dataclass(frozen=True, slots=True)
class Week:
    """What the macro draws."""

    title: str
    side: int
    """Of the square of an hour."""
    step: int
    """From one to the next."""
    hours: tuple[Hour, ...]
    by_hour: tuple[tuple[int, ...], ...]
    """24 rows of 7 days, for the table."""
    total: int
    busiest: str | None
    """The hour with most, in words; None where it says nothing."""


def week(title: str, counts: Sequence[Sequence[int]]) -> Week:
    """`counts`: seven days, Monday first, of 24 hours."""
    most = max(max(day) for day in counts)
    hours = [
        Hour(
            hour * _SIZE,
            day * _SIZE,
            round(_PALEST + (1 - _PALEST) * count / most, 2),
            f"{DAYS[day]} {hour:02}:00: {count:,}",
        )
        for day, row in enumerate(counts)
        for hour, count in enumerate(row)
        if count
    ]
    by_hour = tuple(tuple(counts[day][hour] for day in range(7)) for hour in range(24))
    total = sum(map(sum, counts))
    return Week(title, _SIZE - _GAP, _SIZE, tuple(hours), by_hour, total, _busiest(counts, most))


def _busiest(counts: Sequence[Sequence[int]], most: int) -> str | None:
    if most < _TELLING:
        return None
    day, hour = next((day, row.index(most)) for day, row in enumerate(counts) if most in row)
    return f"{DAYS[day]} {hour:02}:00 to {(hour + 1) % 24:02}:00, with {counted(most, 'article')}"
