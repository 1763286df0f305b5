"""The bar chart of a comparison over time, as SVG paths: kept and new above the line, lost below it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from watchdesk.backtest.changes import Tally

MOST_BARS = 62
"""Bars that a phone can show apart. For more days than this, each bar covers several."""

_STEP, _BAR, _HEIGHT = 10, 8, 100


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its days, and the matches in them."""

    first: date
    last: date
    tally: Tally


@dataclass(frozen=True, slots=True)
class Chart:
    """What the page draws: three paths in a box of `width` × `height`, and the line between."""

    width: int
    height: int
    line: float
    kept: str
    new: str
    lost: str
    bars: tuple[Bar, ...]
    most: int
    """Current matches in the highest bar."""
    days_a_bar: int


def chart(days: Sequence[date], by_day: Mapping[date, Tally]) -> Chart:
    """The chart of all `days`, oldest first. A day without a match leaves a gap."""
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
    """One path for all boxes (top, height), so that a page of a thousand rules stays small."""
    drawn = (
        f"M{number * _STEP + 1} {top:.2f}h{_BAR}v{height:.2f}h-{_BAR}z"
        for number, (top, height) in enumerate(boxes)
        if height
    )
    return "".join(drawn)
