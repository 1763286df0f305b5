"""What a benchmark tells: figures, each beside its limit and its peers', in one JSON shape for all scripts.

Every script here writes it with `--json FILE`; `bench.py` reads it and makes the page of all of them.
"""

import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was measured. A figure without a limit is told and not judged."""

    name: str
    value: float
    unit: str = ""
    least: float | None = None
    """The limit of a figure that is to be high."""
    most: float | None = None
    """The limit of a figure that is to be low."""
    peers: Mapping[str, float] = field(default_factory=dict)
    """By name, what others took in the same run for the same work, in the same unit."""

    @property
    def holds(self) -> bool:
        """Whether it keeps within its limit."""
        is_enough = self.least is None or self.value >= self.least
        return is_enough and (self.most is None or self.value <= self.most)

    @property
    def limit(self) -> str:
        """In words; empty when there is none."""
        if self.least is not None:
            return f"at least {number(self.least)}"
        return "" if self.most is None else f"at most {number(self.most)}"


@dataclass(frozen=True, slots=True)
class Told:
    """All that one script told in one run."""

    figures: Sequence[Figure]
    data: str = ""
    """What it was measured on."""
    notes: Sequence[str] = ()
    """What a reader must know: who was left out and why, what was done in small."""
    curves: Mapping[str, Sequence[Sequence[float]]] = field(default_factory=dict)
    """By name, pairs of how far the run was and what was measured then."""


def percentile(values: Sequence[float], part: int) -> float:
    """The value that so many of a hundred do not exceed, interpolated; of two values or more."""
    return statistics.quantiles(values, n=100, method="inclusive")[part - 1]


def number(value: float) -> str:
    """A figure in three or four digits: 0.0123, 1.23, 12.3, 1,234."""
    size = abs(value)
    if value == int(value) or size >= 100:
        return f"{value:,.0f}"
    for above, digits in ((10, 1), (1, 2), (0.1, 3)):
        if size >= above:
            return f"{value:.{digits}f}"
    return f"{value:.4f}"


def lines(figures: Iterable[Figure]) -> Iterable[str]:
    """A line each for those that have a limit, as scripts print them in the end."""
    for figure in figures:
        if figure.limit:
            verdict = "holds" if figure.holds else "FAILS"
            measured = f"{number(figure.value)} {figure.unit}".rstrip()
            yield f"  {verdict}  {figure.name}: {measured} ({figure.limit})"


def write(path: Path, told: Told, details: Any = None) -> None:
    """Keeps what was told; `details`: whatever else a program may want to know of the run."""
    document = {
        "data": told.data,
        "notes": list(told.notes),
        "figures": [
            {
                "name": one.name,
                "figure": one.value,
                "unit": one.unit,
                "least": one.least,
                "most": one.most,
                "holds": one.holds,
                "peers": dict(one.peers),
            }
            for one in told.figures
        ],
        "curves": {name: [list(point) for point in points] for name, points in told.curves.items()},
        "details": details,
    }
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def read(path: Path) -> Told:
    """What `write` kept."""
    document = json.loads(path.read_text(encoding="utf-8"))
    figures = [
        Figure(one["name"], one["figure"], one["unit"], one["least"], one["most"], one["peers"])
        for one in document["figures"]
    ]
    return Told(figures, document["data"], document["notes"], document["curves"])
