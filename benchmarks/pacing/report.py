"""Figures of a run, as a table for people and as JSON for machines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from figures import Figure, Told, write

from pacing.replay import Tally, together

_PERCENTILES = (50, 90, 99)


@dataclass(frozen=True, slots=True)
class Run:
    """One schedule against the publishers of one seed."""

    seed: int
    schedule: str
    tallies: dict[str, Tally]
    """By kind of publisher."""

    @property
    def whole(self) -> Tally:
        return together(self.tallies)


def head() -> str:
    """Above the lines."""
    return (
        f"{'':34}{'requests':>10}{'median':>9}{'p90':>8}{'p99':>8}"
        f"{'missed':>9}{'avoidable':>11}{'… with pages':>14}"
    )


def lines(run: Run, *, kinds: bool) -> Iterator[str]:
    """The schedule's figures, and those of each kind of publisher."""
    yield _line(run.schedule, run.whole)
    if kinds:
        for kind, tally in run.tallies.items():
            yield _line(f"    {kind}", tally)


def verdict(own: Run, equal: Run) -> str:
    """The aim: at equal requests at most half the median delay of fixed polling."""
    ratio = own.whole.percentile(50) / equal.whole.percentile(50)
    holds = "holds" if ratio <= 0.5 else "does NOT hold"
    return f"at equal requests {ratio:.2f} of the median delay of fixed polling: the aim of 0.5 {holds}"


def write_json(runs: list[Run], path: Path, own: str) -> None:
    """Everything, delays in seconds; `own`: the schedule that the others are beside."""
    told = [
        {
            "seed": run.seed,
            "schedule": run.schedule,
            "all": _figures(run.whole),
            "kinds": {kind: _figures(tally) for kind, tally in run.tallies.items()},
        }
        for run in runs
    ]
    seeds = sorted({run.seed for run in runs})
    data = f"made-up publishers, seeds {', '.join(map(str, seeds))}"
    figures = [figure for seed in seeds for figure in _beside([r for r in runs if r.seed == seed], own)]
    write(path, Told(figures, data), details=told)


def _beside(runs: Sequence[Run], own: str) -> Iterator[Figure]:
    """The figures of one seed: our schedule beside the others, of which the first asks as often."""
    whole = {run.schedule: run.whole for run in runs}
    ours, peers = whole.pop(own), whole
    equal = next(iter(peers.values()))
    for part in _PERCENTILES:
        theirs = {name: one.percentile(part) / 60 for name, one in peers.items()}
        yield Figure(f"p{part} of the delay", ours.percentile(part) / 60, "min", peers=theirs)
    requests = {name: float(one.requests) for name, one in peers.items()}
    yield Figure("requests of 30 days", ours.requests, peers=requests)
    avoidable = {name: float(one.avoidable) for name, one in peers.items()}
    yield Figure("entries missed that could have been seen", ours.avoidable, peers=avoidable)
    ratio = ours.percentile(50) / equal.percentile(50)
    yield Figure("median delay, of that with as many requests at fixed times", ratio, most=0.5)


def _line(name: str, tally: Tally) -> str:
    delays = [f"{tally.percentile(part) / 60:.1f}" if tally.delays else "-" for part in _PERCENTILES]
    return (
        f"{name:34}{tally.requests:>10,}{delays[0]:>9}{delays[1]:>8}{delays[2]:>8}"
        f"{tally.missed:>9,}{tally.avoidable:>11,}{tally.filled:>14,}"
    )


def _figures(tally: Tally) -> dict[str, float]:
    return {
        "requests": tally.requests,
        "seen": len(tally.delays),
        **{f"p{part}": round(tally.percentile(part), 1) for part in _PERCENTILES},
        "missed": tally.missed,
        "avoidable": tally.avoidable,
        "avoidable_with_pages": tally.filled,
    }


def interval(seconds: float) -> str:
    """In minutes and seconds."""
    return str(timedelta(seconds=round(seconds)))
