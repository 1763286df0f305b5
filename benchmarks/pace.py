"""Measures when sources are polled: `.venv/bin/python benchmarks/pace.py --help`; README.md says how.

Replays 300 made-up publishers over 30 days of simulated time, without a network, against watchdesk's own
schedule and others. How the publishers are made is said in `pacing/publishers.py`: newspapers with quiet
nights in many zones, blogs, weeklies, daily newsletters, hourly cron, wire services with 200 entries a day
and a feed of 15, bursts out of silence, dead feeds, and rates that change within the month. One in ten has
a clock that cannot be trusted.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from time import process_time

from pacing.plot import save_plot
from pacing.publishers import Publisher, publishers
from pacing.replay import END, Tally, replayed
from pacing.report import Run, head, interval, lines, verdict, write_json
from pacing.schedules import Maker, Own, exponential, fixed

_OWN = "watchdesk"


def _measured(seed: int, made: Sequence[Publisher], *, kinds: bool) -> list[Run]:
    """Every schedule against one seed's publishers, printed at once."""
    print(f"\nseed {seed}: {len(made)} publishers, {sum(_in_time(one) for one in made):,} entries")
    print(head())
    started = process_time()
    own = _told(Run(seed, _OWN, replayed(made, Own, seed)), kinds=kinds)
    took = process_time() - started
    as_often = END * len(made) / own.whole.requests
    others: dict[str, Maker] = {
        f"fixed, {interval(as_often)} (as many requests)": fixed(timedelta(seconds=as_often)),
        "fixed, 15 minutes": fixed(timedelta(minutes=15)),
        "fixed, 1 hour": fixed(timedelta(hours=1)),
        "x1.5 when nothing is new, else x0.5": exponential,
    }
    runs = [own]
    for name, make in others.items():
        runs.append(_told(Run(seed, name, replayed(made, make, seed)), kinds=kinds))
    print(f"{verdict(own, runs[1])}; {1e6 * took / own.whole.requests:.0f} µs a poll to learn and decide")
    return runs


def _in_time(publisher: Publisher) -> int:
    return sum(0 < at < END for at in publisher.times)


def _told(run: Run, *, kinds: bool) -> Run:
    for line in lines(run, kinds=kinds):
        print(line, flush=True)
    return run


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--seeds", type=int, nargs="+", default=[1], metavar="N", help="other publishers, other chances (1)")
    add("--every-nth", type=int, default=1, metavar="N", help="only every Nth publisher, for a quick look")
    add("--kinds", action="store_true", help="a line for each kind of publisher too")
    add("--json", type=Path, metavar="FILE", help="write all figures")
    add("--plot", type=Path, metavar="FILE.png", help="draw the delays; needs matplotlib")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Exit status 0; 1 when the aim does not hold."""
    options = _options(arguments)
    runs = []
    for seed in options.seeds:
        runs += _measured(seed, publishers(seed)[:: options.every_nth], kinds=options.kinds)
    if options.json:
        write_json(runs, options.json, _OWN)
    if options.plot:
        print(save_plot(runs, options.plot))
    return int(any(_late(own.whole, equal.whole) for own, equal in _pairs(runs)))


def _pairs(runs: list[Run]) -> list[tuple[Run, Run]]:
    return [(run, runs[index + 1]) for index, run in enumerate(runs) if run.schedule == _OWN]


def _late(own: Tally, equal: Tally) -> bool:
    return own.percentile(50) > equal.percentile(50) / 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
