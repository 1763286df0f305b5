"""Bars by day: one row of bars for each series, each with a scale of its own. Pure.

Show one by the macro `picture` of `pictures.html.j2`, which puts its table below it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

_STEP, _BAR, _HIGH = 20, 14, 60


@dataclass(frozen=True, slots=True)
class Day:
    """A day and its figures, one for each series."""

    day: date
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, in the units of the picture; its top is rounded by none."""

    x: int
    y: float
    height: float
    words: str
    """What it stands for."""
    is_last: bool


@dataclass(frozen=True, slots=True)
class Series:
    """One row of bars."""

    name: str
    most: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """What the macro draws."""

    title: str
    width: int
    height: int
    bar_width: int
    series: tuple[Series, ...]
    days: tuple[Day, ...]

    @property
    def is_empty(self) -> bool:
        """Whether every figure is 0."""
        return not any(any(day.counts) for day in self.days)


def picture(title: str, names: Sequence[str], days: Sequence[Day]) -> Picture:
    """Bars of these days, the oldest first; `names` are those of the series."""
    series = tuple(_series(name, number, days) for number, name in enumerate(names))
    return Picture(title, len(days) * _STEP, _HIGH, _BAR, series, tuple(days))


def _series(name: str, number: int, days: Sequence[Day]) -> Series:
    most = max((day.counts[number] for day in days), default=0)
    bars = []
    for place, day in enumerate(days):
        count = day.counts[number]
        height = max(round(count * (_HIGH - 1) / most, 2), 1.5) if count else 0.0
        x = place * _STEP + (_STEP - _BAR) // 2
        words = f"{day.day:%a} {day.day.day} {day.day:%b}: {count:,} {name}"
        bars.append(Bar(x, _HIGH - height, height, words, place == len(days) - 1))
    return Series(name, most, tuple(bars))
