"""CPU time of whole commands: `.venv/bin/python benchmarks/commands.py --help`; README.md beside it says how.

`--version` beside a Python that imports click and ends; commands that look into the shipped desk; `status`
and `once` where many sources are known and none is due. Medians of runs in turns.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import figures
from figures import Figure
from matching.lexicon import Lexicon
from matching.newswire import newswire
from matching.rulebook import write_rules
from polling.known_desk import write_known_desk
from polling.measuring import run

_CONFIG = Path(__file__).resolve().parent.parent / "config"
_CLICK = "python -c 'import click'"
_SHIPPED, _MANY, _AN_EXAMPLE = 0.6, 1.2, 0.0005
"""Seconds: of a command on the shipped desk, on many sources; more for each example that `check` tries."""
_TIMES_CLICK = 1.3
_RULES = 100


def main() -> int:
    """Exit status 0; 1 when a limit is missed."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="commands-") as name:
        folder = Path(name)
        taken = _measured(_commands(folder, options.sources), options.rounds, folder)
        told = list(_told(taken, _examples(folder), options.sources))
    for command, seconds in taken.items():
        print(f"{command:40}{seconds:8.3f} s of CPU")
    print("\n".join(figures.lines(told)))
    if options.json:
        data = f"whole processes, medians of {options.rounds}, in turns"
        figures.write(options.json, figures.Told(told, data), details=taken)
    return int(not all(one.holds for one in told))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sources", type=int, default=10_000, help="of which none is due")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    return parser.parse_args()


def _watchdesk(*arguments: str) -> list[str]:
    return [str(Path(sys.executable).with_name("watchdesk")), *arguments]


def _shipped(folder: Path) -> Sequence[str]:
    return ["--config", str(_CONFIG), "--state", str(folder / "shipped")]


def _commands(folder: Path, sources: int) -> Mapping[str, Sequence[str]]:
    shipped = _shipped(folder)
    subprocess.run(_watchdesk(*shipped, "silence", "--list"), check=True, capture_output=True)  # a database
    rules = write_rules("narrow", _RULES, Lexicon(newswire(200, 2)), 1).yaml
    many = write_known_desk(folder / "many", sources, rules)
    return {
        _CLICK: [sys.executable, "-c", "import click"],
        "--version": _watchdesk("--version"),
        "status": _watchdesk(*shipped, "status"),
        "sources": _watchdesk(*shipped, "sources"),
        "check": _watchdesk(*shipped, "check"),
        f"status, {sources:,} sources": _watchdesk(*many, "status"),
        f"once, {sources:,} sources, none due": _watchdesk(*many, "once"),
    }


def _measured(commands: Mapping[str, Sequence[str]], rounds: int, folder: Path) -> dict[str, float]:
    """Seconds of CPU. The first run of each is not counted: it fills the caches of files."""
    taken: dict[str, list[float]] = {}
    for turn in range(rounds + 1):
        for name, command in commands.items():
            done = run(command, {}, folder)
            if done.status not in (0, 1):  # 1: done, and something needs a person
                raise RuntimeError(f"{name} ended with {done.status}: {done.said}")
            if turn:
                taken.setdefault(name, []).append(done.cpu)
    return {name: statistics.median(each) for name, each in taken.items()}


def _examples(folder: Path) -> int:
    done = subprocess.run(
        _watchdesk(*_shipped(folder), "test", "--json"), check=True, capture_output=True, text=True
    )
    return int(json.loads(done.stdout)["examples"])


def _told(taken: Mapping[str, float], examples: int, sources: int) -> Iterator[Figure]:
    click = taken[_CLICK]
    yield Figure("--version", taken["--version"], "s", peers={_CLICK: click})
    yield Figure("--version, of that with click", taken["--version"] / click, most=_TIMES_CLICK)
    for name in ("status", "sources"):
        yield Figure(f"{name}, shipped desk", taken[name], "s", most=_SHIPPED)
    most = _SHIPPED + _AN_EXAMPLE * examples
    yield Figure(f"check, shipped desk, {examples} examples", taken["check"], "s", most=most)
    for name in (f"status, {sources:,} sources", f"once, {sources:,} sources, none due"):
        yield Figure(name, taken[name], "s", most=_MANY)


if __name__ == "__main__":
    sys.exit(main())
