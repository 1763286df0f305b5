"""Measures polling: `.venv/bin/python benchmarks/poll.py --help`; README.md beside it says what and how."""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import figures
from figures import Figure
from polling.contestants.contestant import Contestant
from polling.contestants.feed2exec import Feed2exec
from polling.contestants.newsboat import Newsboat
from polling.contestants.own import Watchdesk
from polling.contestants.reader import Reader
from polling.contestants.rss2email import Rss2email
from polling.feeds import ENTRIES, pool
from polling.measuring import Run, run
from polling.newsroom import host_of

_GATES = {("cold", 200): 1.8, ("unchanged", 200): 1.0, ("unchanged", 1_000): 1.5, ("unchanged", 10_000): 3.0}
"""By turn and feeds at least: how many times as fast as the fastest Python program, by its wall time."""
_WAITING_GATES = {"cold": 3.0, "unchanged": 5.0}
"""The same where each answer is waited for."""
_PYTHON = ("reader", "rss2email", "feed2exec")


@dataclass(frozen=True, slots=True)
class Row:
    """One program on one set of feeds: medians of its runs."""

    name: str
    feeds: int
    latency: float
    turn: str
    wall: float
    cpu: float
    memory: int
    articles: int


def main() -> int:
    """Runs every program in turn, round after round, on the same feeds."""
    options = _options()
    rows: list[Row] = []
    for count in options.feeds:
        for latency in options.latency:
            with newsroom(options, count, latency) as urls:
                rows += _compare(_contestants(options), urls, latency, options.rounds)
            _print(rows, count, latency, options.entries)
    if options.json:
        data = "articles that were given" if options.texts else "made-up articles: dearer than real ones"
        data = f"feeds of {options.entries} entries, of {data}"
        told = figures.Told(list(_told(rows)), data, [*_left_out(options), *_partial(rows, options.entries)])
        figures.write(options.json, told, details=[asdict(row) for row in rows])
    return _judge(rows, options.entries)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="watchdesk beside other programs that poll feeds")
    parser.add_argument("--feeds", type=int, nargs="+", default=[200, 1000])
    parser.add_argument("--latency", type=float, nargs="+", default=[0.0, 0.05], help="seconds")
    parser.add_argument("--entries", type=int, default=ENTRIES, help="of each feed")
    parser.add_argument("--texts", type=Path, help="a folder of articles; without it, made-up ones")
    parser.add_argument("--rounds", type=int, default=3, help="cold and unchanged runs of each program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peers", nargs="*", default=["reader", "rss2email", "feed2exec", "newsboat"])
    parser.add_argument(
        "--python", type=Path, default=Path(sys.executable), help="where the peers are installed"
    )
    parser.add_argument("--json", type=Path, help="keep the figures")
    return parser.parse_args()


def _contestants(options: argparse.Namespace) -> Sequence[Contestant]:
    python = options.python.absolute()
    known: dict[str, Contestant] = {
        "reader": Reader(python),
        "rss2email": Rss2email(python),
        "feed2exec": Feed2exec(python),
        "newsboat": Newsboat(),
    }
    chosen: list[Contestant] = [Watchdesk(pool(options.texts, options.seed + 1), options.seed)]
    for name in options.peers:
        missing = known[name].missing()
        if missing:
            print(f"{name} is left out: {missing}")
        else:
            chosen.append(known[name])
    return chosen


@contextmanager
def newsroom(options: argparse.Namespace, feeds: int, latency: float) -> Iterator[Sequence[str]]:
    """The addresses of as many feeds, served by a process of its own."""
    command = [sys.executable, "-m", "polling.newsroom", "--feeds", str(feeds)]
    command += ["--entries", str(options.entries), "--latency", str(latency), "--seed", str(options.seed)]
    command += ["--texts", str(options.texts)] if options.texts else []
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        yield [f"http://{host_of(number)}:{port}/feed/{number}.xml" for number in range(feeds)]
    finally:
        process.terminate()
        process.wait()


def _compare(
    contestants: Sequence[Contestant], urls: Sequence[str], latency: float, rounds: int
) -> Iterator[Row]:
    runs: dict[tuple[str, str], list[Run]] = {}
    articles: dict[str, int] = {}
    for _ in range(rounds):
        for contestant in contestants:
            folder = Path(tempfile.mkdtemp(prefix="poll-"))
            contestant.set_up(folder, urls)
            for turn in ("cold", "unchanged"):
                done = run(contestant.command(folder), contestant.environment(folder), folder)
                if done.status != 0:
                    print(f"{contestant.name} ended with {done.status}: {done.said}")
                runs.setdefault((contestant.name, turn), []).append(done)
            articles[contestant.name] = contestant.articles(folder)
            shutil.rmtree(folder)
    for (name, turn), done_runs in runs.items():
        wall = statistics.median(one.wall for one in done_runs)
        cpu = statistics.median(one.cpu for one in done_runs)
        memory = max(one.memory for one in done_runs)
        yield Row(name, len(urls), latency, turn, wall, cpu, memory, articles[name])


def _print(rows: Sequence[Row], feeds: int, latency: float, entries: int) -> None:
    shown = [row for row in rows if (row.feeds, row.latency) == (feeds, latency)]
    print(f"\n{feeds} feeds of {entries} entries, {latency * 1000:.0f} ms before each answer")
    for turn in ("cold", "unchanged"):
        own = next(row for row in shown if row.turn == turn and row.name == "watchdesk")
        print(f"  {turn:12}{'wall s':>8}{'CPU s':>8}{'MB':>6}{'articles':>10}{'wall':>10}{'CPU':>8}")
        for row in (row for row in shown if row.turn == turn):
            told = f"{row.wall / own.wall:9.2f}x{row.cpu / own.cpu:7.2f}x" if row is not own else ""
            told += "" if row.articles == feeds * entries else "   not all of the articles"
            measured = f"{row.wall:8.2f}{row.cpu:8.2f}{row.memory / 1e6:6.0f}{row.articles:10}"
            print(f"  {row.name:12}{measured}{told}")


def _left_out(options: argparse.Namespace) -> list[str]:
    known = {one.name for one in _contestants(options)}
    return [f"{name} is not installed and was left out" for name in options.peers if name not in known]


def _partial(rows: Sequence[Row], entries: int) -> Iterator[str]:
    for row in rows:
        wanted = row.feeds * entries
        if row.turn == "cold" and row.articles != wanted:
            yield f"{row.name} had {row.articles:,} articles of {wanted:,} in the end ({row.feeds:,} feeds)"


def _told(rows: Sequence[Row]) -> Iterator[Figure]:
    """Wall and CPU time and memory of each run, ours beside the others', and the gates."""
    for own in (row for row in rows if row.name == "watchdesk"):
        same = (own.feeds, own.latency, own.turn)
        peers = [r for r in rows if r is not own and (r.feeds, r.latency, r.turn) == same]
        wait = f", {own.latency * 1000:.0f} ms before each answer" if own.latency else ""
        name = f"{own.feeds:,} feeds{wait}, {own.turn}"
        yield Figure(f"{name}: wall", own.wall, "s", peers={row.name: row.wall for row in peers})
        yield Figure(f"{name}: CPU", own.cpu, "s", peers={row.name: row.cpu for row in peers})
        memory = {row.name: row.memory / 1e6 for row in peers}
        yield Figure(f"{name}: memory of the largest process", own.memory / 1e6, "MB", peers=memory)
        python = [row.wall for row in peers if row.name in _PYTHON]
        if python:
            times, least = min(python) / own.wall, _gate(own) or None
            yield Figure(f"{name}: times as fast as the fastest Python peer", times, least=least)
            times = min(row.cpu for row in peers if row.name in _PYTHON) / own.cpu
            yield Figure(f"{name}: the least CPU of a Python peer, of ours", times)


def _gate(row: Row) -> float:
    if row.latency:
        return _WAITING_GATES[row.turn]
    return max(
        (gate for (turn, feeds), gate in _GATES.items() if turn == row.turn and feeds <= row.feeds), default=0
    )


def _judge(rows: Sequence[Row], entries: int) -> int:
    """Says which gates hold; 1 when one does not, or when watchdesk has not taken in everything."""
    status = 0
    print()
    for own in (row for row in rows if row.name == "watchdesk"):
        same = (own.feeds, own.latency, own.turn)
        peers = [row for row in rows if row.name in _PYTHON and (row.feeds, row.latency, row.turn) == same]
        if not peers:
            continue
        ratio, gate = min(row.wall for row in peers) / own.wall, _gate(own)
        cpu = min(row.cpu for row in peers) / own.cpu
        holds = ratio >= gate and own.articles == own.feeds * entries
        status = status if holds else 1
        print(
            f"{'holds' if holds else 'FAILS'}  {own.feeds} feeds, {own.latency * 1000:.0f} ms, {own.turn}: "
            f"{ratio:.2f} times the fastest Python peer (aim {gate}); of the least CPU {cpu:.2f}"
        )
    return status


if __name__ == "__main__":
    sys.exit(main())
