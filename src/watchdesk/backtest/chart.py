"""Bars of a comparison by time: kept and new above the line, lost below it. SVG shapes without words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from watchdesk.backtest.changes import Tally

MOST_BARS = 62
"""More than these cannot be told apart on a phone: then a bar stands for several days."""

_STEP, _BAR, _HEIGHT = 10, 8, 100


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its days, and what was counted in them."""

    first: date
    last: date
    tally: Tally


@dataclass(frozen=True, slots=True)
class Chart:
    """What the page draws: three shapes in a box `width` × `height`, and the line between."""

    width: int
    height: int
    line: float
    kept: str
    new: str
    lost: str
    bars: tuple[Bar, ...]
    most: int
    """Matches now in the highest bar."""
    days_a_bar: int


def chart(days: Sequence[date], by_day: Mapping[date, Tally]) -> Chart:
    """The chart of all `days`, oldest first; those without a match have no bar but their place."""
    size = max(1, ceil(len(days) / MOST_BARS))
    bars = [_bar(days[start : start + size], by_day) for start in range(0, len(days), size)]
    most_now = max((bar.tally.now for bar in bars), default=0)
    most_lost = max((bar.tally.lost for bar in bars), default=0)
    unit = _HEIGHT / max(most_now + most_lost, 1)
    line = most_now * unit
    return Chart(
        width=max(len(bars), 1) * _STEP,
        height=_HEIGHT,
        line=round(line, 2),
        kept=_shape([(line - bar.tally.kept * unit, bar.tally.kept * unit) for bar in bars]),
        new=_shape([(line - bar.tally.now * unit, bar.tally.new * unit) for bar in bars]),
        lost=_shape([(line, bar.tally.lost * unit) for bar in bars]),
        bars=tuple(bars),
        most=most_now,
        days_a_bar=size,
    )


def _bar(days: Sequence[date], by_day: Mapping[date, Tally]) -> Bar:
    tallies = [by_day[day] for day in days if day in by_day]
    return Bar(days[0], days[-1], Tally.sum(tallies))


def _shape(boxes: Sequence[tuple[float, float]]) -> str:
    """One path of all boxes (top, height); a page of a thousand rules stays small."""
    drawn = (
        f"M{number * _STEP + 1} {top:.2f}h{_BAR}v{height:.2f}h-{_BAR}z"
        for number, (top, height) in enumerate(boxes)
        if height
    )
    return "".join(drawn)
