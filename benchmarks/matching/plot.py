"""A picture of the narrow rules: articles a second by number of rules, a line an engine. Needs matplotlib."""

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from matching.report import Results

Line = list[tuple[int, float]]


def save_plot(results: Results, path: Path) -> str:
    """Draws the picture, and says what became of it."""
    lines = _lines(results)
    if not find_spec("matplotlib"):
        return "no picture: matplotlib is not installed"
    if not lines:
        return "no picture: nothing was measured on narrow rules"
    import_module("matplotlib").use("Agg")
    pyplot = import_module("matplotlib.pyplot")
    figure, axes = pyplot.subplots(figsize=(9, 6), layout="constrained")
    for number, (name, points) in enumerate(lines.items()):
        sizes, rates = zip(*sorted(points), strict=True)
        own = name == "watchdesk"
        style = {"color": "#0b6e4f", "linewidth": 3.0} if own else {"color": f"C{number}", "linewidth": 1.5}
        axes.plot(sizes, rates, marker="o", label=name, **style)
        axes.annotate(
            f"{rates[-1]:,.0f}" if rates[-1] >= 10 else f"{rates[-1]:,.2f}",
            (sizes[-1], rates[-1]), textcoords="offset points", xytext=(8, -3), fontsize=9,
        )  # fmt: skip
    axes.set(xscale="log", yscale="log", xlabel="rules", ylabel="articles a second, one core")
    axes.set_title("Narrow rules, raw text to answers; every answer compared")
    axes.grid(visible=True, which="major", alpha=0.3)
    axes.margins(x=0.12)
    axes.legend(frameon=False)
    figure.savefig(path, dpi=150)
    pyplot.close(figure)
    return f"picture: {path}"


def _lines(results: Results) -> Mapping[str, Line]:
    lines: dict[str, Line] = {}
    for (name, size), timing in results.own.items():
        if name == "narrow":
            lines.setdefault("watchdesk", []).append((size, timing.rate))
    for row in results.compared:
        if row.set_name == "narrow":
            part = "" if row.taken > 0.95 * row.size else " (on the rules it knows)"
            lines.setdefault(row.peer + part, []).append((row.size, row.theirs.rate))
    return lines
