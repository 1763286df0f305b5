"""Pictures of a run: `python -m onepage.pictures FILE.json`, by the Python that has matplotlib.

The file names the pictures and what is in them. Each is SVG with letters as letters, so that it is small.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")

from matplotlib import pyplot
from matplotlib.ticker import NullFormatter

_OWN, _GOOD, _MISSED = "#0b6e4f", "#0b6e4f", "#b3261e"
_OTHERS = ("#8a97a6", "#b9a37e", "#a98fb8", "#7fa8a4", "#c99a9a", "#9aa67a", "#6b7fb0", "#d1b13f", "#5f5f5f")
_WIDE = 30
"""When the largest figure is so many times the smallest, the axis is logarithmic."""


def bars(path: Path, title: str, measure: str, groups: Sequence[Mapping[str, Any]]) -> None:
    """A group of bars a figure: watchdesk's and each peer's; a stroke where its limit is."""
    peers = list(dict.fromkeys(name for group in groups for name in group["peers"]))
    colours = {name: _OTHERS[place % len(_OTHERS)] for place, name in enumerate(peers)}
    count = sum(1 + len(group["peers"]) for group in groups)
    figure, axes = pyplot.subplots(figsize=(8, 1.5 + 0.2 * count + 0.15 * len(groups)), layout="constrained")
    place, ticks, shown = 0.0, [], set()
    for group in groups:
        first = place
        for name, value in (("watchdesk", group["figure"]), *group["peers"].items()):
            label = None if name in shown else name
            shown.add(name)
            axes.barh(place, value, 0.85, color=colours.get(name, _OWN), label=label)
            axes.annotate(f" {group['shown'][name]}", (value, place), va="center", fontsize=7)
            place += 1
        for limit in (group["least"], group["most"]):
            if limit is not None:
                axes.plot([limit, limit], [first - 0.6, first + 0.6], color=_MISSED, linewidth=2)
        ticks.append(((first + place - 1) / 2, group["name"]))
        place += 0.7
    _finish(axes, title, measure, ticks)
    values = [value for group in groups for value in (group["figure"], *group["peers"].values()) if value > 0]
    if values and max(values) / min(values) > _WIDE:
        _go_by_powers(axes)
    axes.margins(x=0.12)
    if peers:
        figure.legend(frameon=False, fontsize=8, loc="outside lower center", ncols=4)
    _save(figure, path)


def limits(path: Path, title: str, measure: str, groups: Sequence[Mapping[str, Any]]) -> None:
    """A bar a limit: how much of what is allowed was used; below 1 it holds."""
    figure, axes = pyplot.subplots(figsize=(8, 1.1 + 0.24 * len(groups)), layout="constrained")
    ticks = []
    for place, group in enumerate(groups):
        colour = _GOOD if group["used"] <= 1 else _MISSED
        axes.barh(place, group["used"] - 1, 0.7, left=1, color=colour)
        ticks.append((float(place), group["name"]))
    _go_by_powers(axes)
    axes.axvline(1, color="#333333", linewidth=1)
    _finish(axes, title, measure, ticks)
    _save(figure, path)


def curves(path: Path, title: str, measure: str, groups: Sequence[Mapping[str, Any]]) -> None:
    """A line a measured thing, from its first moment to its last. `measure`: `what is along; what is up`."""
    along, _, up = measure.partition("; ")
    figure, axes = pyplot.subplots(figsize=(8, 3.6), layout="constrained")
    for place, group in enumerate(groups):
        colour = _OWN if place == 0 else _OTHERS[(place - 1) % len(_OTHERS)]
        axes.plot(*zip(*group["points"], strict=True), color=colour, linewidth=1.2, label=group["name"])
    axes.set_xlabel(along, fontsize=9)
    axes.set_ylabel(up, fontsize=9)
    axes.set_title(title, fontsize=10, loc="left")
    axes.set_ylim(bottom=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8)
    figure.legend(frameon=False, fontsize=8, loc="outside lower center", ncols=5)
    _save(figure, path)


def _finish(axes: Any, title: str, measure: str, ticks: Sequence[Any]) -> None:
    axes.set_yticks([at for at, _ in ticks], [name for _, name in ticks], fontsize=8)
    axes.invert_yaxis()
    axes.set_xlabel(measure, fontsize=9)
    axes.set_title(title, fontsize=10, loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(axis="x", labelsize=8)


def _go_by_powers(axes: Any) -> None:
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter(NullFormatter())


def _save(figure: Any, path: Path) -> None:
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    pyplot.close(figure)


def main(file: Path) -> None:
    """Draws each picture of the file, beside it."""
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "watchdesk", "font.family": "sans-serif"})
    for picture in json.loads(file.read_text(encoding="utf-8")):
        draw = {"limits": limits, "bars": bars, "curves": curves}[picture["kind"]]
        draw(Path(picture["path"]), picture["title"], picture["measure"], picture["groups"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
