"""The short form of the benchmarks, for every test run: `.venv/bin/python benchmarks/ratios.py --help`.

Each ratio is of the CPU times of two things that are done in turns in one run: how many times as fast ours is
as the other. Its floor is half of what was measured, so that no other load can make it fail and no change can
let it sink unnoticed. No figure here is fit to be quoted; the other scripts measure for that.
"""

import argparse
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import figures
import structlog
from figures import Figure
from short import commands, engine, polls, reading
from short.turns import Pair, times_as_fast

_ROUNDS = 3
_TRIES = 3
"""So often it is measured before it counts as below its floor."""
_SUBJECTS: Mapping[str, Callable[[], Iterator[Pair]]] = {
    "engine": engine.pairs,
    "reading": reading.pairs,
    "polls": polls.pairs,
    "commands": commands.pairs,
}


def main() -> int:
    """Exit status 0; 1 when a ratio is below its floor."""
    options = _options()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    told = [figure for name in options.subjects for figure in _measured(name)]
    print("\n".join(figures.lines(told)))
    if options.json:
        data = "two things in turns; how many times as fast ours is, by CPU time"
        figures.write(options.json, figures.Told(told, data))
    return int(not all(one.holds for one in told))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("subjects", nargs="*", help=f"of {', '.join(_SUBJECTS)}; all if left out")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    options = parser.parse_args()
    options.subjects = options.subjects or list(_SUBJECTS)
    if unknown := set(options.subjects) - _SUBJECTS.keys():
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    return options


def _measured(subject: str) -> Iterator[Figure]:
    for pair in _SUBJECTS[subject]():
        ratio = times_as_fast(pair, _ROUNDS)
        for _ in range(_TRIES - 1):
            if ratio < pair.floor:
                ratio = max(ratio, times_as_fast(pair, _ROUNDS))
        yield Figure(pair.name, ratio, least=pair.floor)


if __name__ == "__main__":
    sys.exit(main())
