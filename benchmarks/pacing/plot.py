"""A picture: how large a part of all entries is seen within how long, a line a schedule. Needs matplotlib."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from pacing.report import Run

_POINTS = 400


def save_plot(runs: list[Run], path: Path) -> str:
    """Draws the picture of the first seed, and says what became of it."""
    if not find_spec("matplotlib"):
        return "no picture: matplotlib is not installed"
    import_module("matplotlib").use("Agg")
    pyplot = import_module("matplotlib.pyplot")
    figure, axes = pyplot.subplots(figsize=(9, 6), layout="constrained")
    for number, run in enumerate(run for run in runs if run.seed == runs[0].seed):
        delays = sorted(run.whole.delays)
        picked = [delays[index * (len(delays) - 1) // _POINTS] / 60 for index in range(_POINTS + 1)]
        own = number == 0
        style = {"color": "#0b6e4f", "linewidth": 3.0} if own else {"color": f"C{number}", "linewidth": 1.5}
        shares = [100 * index / _POINTS for index in range(_POINTS + 1)]
        axes.plot(picked, shares, label=f"{run.schedule}: {run.whole.requests:,} requests", **style)
    axes.set(xscale="log", xlim=(0.1, 1_000), xlabel="minutes from publication to sight")
    axes.set(ylabel="percent of entries seen by then", title="300 made-up publishers, 30 days")
    axes.grid(visible=True, which="major", alpha=0.3)
    axes.legend(frameon=False, loc="lower right")
    figure.savefig(path, dpi=150)
    pyplot.close(figure)
    return f"picture: {path}"
