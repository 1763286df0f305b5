"""Runs every benchmark and makes one page of them: `make bench`; README.md beside it says what and how.

A part that fails is told on the page, and the others stand. The exit status is 1 when a part failed or a
limit was missed.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from onepage.drawing import draw
from onepage.machine import commit, machine
from onepage.page import page
from onepage.parts import PARTS, Given
from onepage.running import PartRun, keep, kept, run_part

_ROOT = Path(__file__).resolve().parent.parent
_PAGE = _ROOT / "docs" / "benchmarks.md"


def main() -> int:
    """Runs what is asked for, and writes the page when all of it has ended."""
    options = _options()
    if options.list:
        print("\n".join(f"{part.name:10} {part.title}" for part in PARTS))
        return 0
    data = map(_absolute, (options.articles, options.pages, options.lucene_monitor))
    given = Given(*data, options.peers.absolute(), options.quick)
    at_hand, began = list(machine(given.peers)), datetime.now().astimezone().isoformat(timespec="minutes")
    options.kept.mkdir(parents=True, exist_ok=True)
    runs: list[PartRun] = []
    present = commit()
    for part in PARTS:
        if not options.only or part.name in options.only:
            runs.append(run_part(part, given, Path(sys.executable), options.kept, present))
            keep(runs[-1], options.kept)
        elif options.with_earlier and (earlier := kept(part.name, options.kept)):
            runs.append(earlier)
        else:
            continue
        _write(options, runs, at_hand, began)  # as far as it is: a run that is ended leaves a page
    for run in runs:
        print(f"{'ok  ' if run.is_good else 'LOOK'}  {run.name}")
    print(f"The page is {_target(options)}.")
    return int(not all(run.is_good for run in runs))


def _absolute(path: Path | None) -> Path | None:
    return path.absolute() if path else None


def _target(options: argparse.Namespace) -> Path:
    is_whole = not options.only or options.with_earlier
    target: Path = options.page or (_PAGE if is_whole else options.kept / "benchmarks.md")
    return target


def _write(
    options: argparse.Namespace, runs: Sequence[PartRun], at_hand: Sequence[tuple[str, str]], began: str
) -> None:
    parts, target = {part.name: part for part in PARTS}, _target(options)
    pictures, trouble = draw(parts, runs, target.parent / "benchmarks", options.peers)
    beside = {name: os.path.relpath(path, target.parent) for name, path in pictures.items()}
    text = page(parts, runs, at_hand, beside, current=began, is_quick=options.quick)
    target.write_text(text, encoding="utf-8")
    if trouble:
        print(f"The page has no pictures: {trouble}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--only", nargs="+", choices=[part.name for part in PARTS], metavar="PART", help="nothing else")
    add("--list", action="store_true", help="the parts there are")
    add("--articles", type=Path, metavar="FOLDER", help="real articles; without, made-up ones")
    add("--pages", type=Path, metavar="FOLDER", help="pages of others; without, our own alone")
    add("--lucene-monitor", type=Path, metavar="PATH", help="its jar or source folder; without, left out")
    add("--peers", type=Path, default=Path(sys.executable), help="the Python that has the peers")
    add("--quick", action="store_true", help="in small, to try the harness: figures mean nothing")
    add("--kept", type=Path, default=_ROOT / "build" / "benchmarks", help="where figures and logs are kept")
    add("--page", type=Path, help="the page; docs/benchmarks.md, or beside the figures with --only")
    add("--with-earlier", action="store_true", help="with --only: the other parts from earlier runs, marked")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
