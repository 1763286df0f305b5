"""Measures what visitors of the page cost polls and mail: `page_load.py --help`; README.md says how.

The service of `latency.py` is measured twice in each round: while 50 GETs a second ask its page, and while
the same visitors ask a bare static server instead. News must be about as soon in both.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import figures
import requests
from figures import Figure, percentile
from latency import item_texts, measure, wait_until
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from watchdesk.demo.servers import free_port

_HERE = Path(__file__).parent
_PATHS = (
    "/",
    "/sources",
    "/rules",
    "/articles/1",
    "/api/v1/status",
    "/playground?query=benchmarkitem",
    "/playground?query=government%20AND%20NOT%20benchmarkitem",
)
_SHARE, _SECONDS = 0.2, 0.1
"""By how much the 99th percentile may be worse: a share of it or so many seconds, whichever is more."""
_POLLS = "watchdesk_polls_total"
_LATENESS = "watchdesk_poll_lateness_seconds_bucket"
Buckets = dict[float, float]


@dataclass
class Side:
    """What was measured with visitors at one of the two servers."""

    delays: list[float] = field(default_factory=list)
    """Seconds from each item's answer to its mail."""
    lateness: Buckets = field(default_factory=dict)
    """Cumulative counts of polls by bound."""
    answers: dict[str, list[float]] = field(default_factory=dict)
    """By path, seconds."""
    refused: dict[str, int] = field(default_factory=dict)
    """By path, how many had no page for an answer: of queries on the playground few are worked on at once."""
    there: list[str] = field(default_factory=list)


@contextmanager
def _visited(address: str, rate: float, paths: Sequence[str], side: Side) -> Iterator[None]:
    command = [sys.executable, str(_HERE / "visiting" / "visitors.py"), address, str(rate), *paths]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as visitors:
        assert visitors.stdin
        assert visitors.stdout
        side.there = json.loads(visitors.stdout.readline())
        yield
        visitors.stdin.close()
        told = json.loads(visitors.stdout.readline())
    for path, seconds in told["seconds"].items():
        side.answers.setdefault(path, []).extend(seconds)
    for path, count in told["failed"].items():
        side.refused[path] = side.refused.get(path, 0) + count


@contextmanager
def _static_server() -> Iterator[str]:
    command = [sys.executable, str(_HERE / "visiting" / "static.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.terminate()


def _samples(page: str, name: str) -> list[Sample]:
    answer = requests.get(f"{page}/metrics", timeout=30)
    if answer.status_code != HTTPStatus.OK:
        raise SystemExit(
            f"what the service counts is not known: /metrics answered {answer.status_code}, "
            f"{answer.text[:200]!r}"
        )
    families = text_string_to_metric_families(answer.text)
    return [sample for family in families for sample in family.samples if sample.name == name]


def _lateness(page: str) -> Buckets:
    return {float(sample.labels["le"]): sample.value for sample in _samples(page, _LATENESS)}


def _has_read(page: str, feeds: int) -> bool:
    """Whether each feed has been read: new ones take long, and what waits behind them is late."""
    return any(
        sample.value >= feeds for sample in _samples(page, _POLLS) if sample.labels["outcome"] == "new"
    )


@contextmanager
def _noted(page: str, side: Side) -> Iterator[None]:
    """Adds what the service counts meanwhile."""
    before = _lateness(page)
    yield
    for bound, count in _lateness(page).items():
        side.lateness[bound] = side.lateness.get(bound, 0) + count - before[bound]


def quantile(part: float, buckets: Buckets) -> float:
    """As Prometheus' `histogram_quantile`: within a bucket, values are taken to be spread evenly."""
    wanted, lower, below = part * buckets[float("inf")], 0.0, 0.0
    for bound, count in sorted(buckets.items()):
        if count >= wanted and bound < float("inf"):
            return lower + (bound - lower) * (wanted - below) / max(count - below, 1)
        lower, below = (bound, count) if bound < float("inf") else (lower, below)
    return lower


def _round(options: argparse.Namespace, texts: Sequence[str], seed: int, sides: dict[str, Side]) -> None:
    for name in sorted(sides, reverse=seed % 2 == 0):
        side, port = sides[name], free_port()
        page = f"http://127.0.0.1:{port}"

        @contextmanager
        def beside(name: str = name, side: Side = side, page: str = page) -> Iterator[None]:
            wait_until(lambda: _has_read(page, options.items), 300, "all feeds read")
            time.sleep(2 * options.every)
            with _static_server() as bare:
                address, rate = (page if name == "page" else bare), options.rate
                with _visited(address, rate, _PATHS, side):
                    time.sleep(options.warm)
                    with _noted(page, side):
                        yield

        side.delays += measure(options.items, options.every, options.spread, texts, seed, port, beside)


def _figures(sides: dict[str, Side]) -> Iterator[Figure]:
    page, bare = sides["page"], sides["static"]
    for name, with_page, without in (
        ("p99 of poll lateness", quantile(0.99, page.lateness), quantile(0.99, bare.lateness)),
        ("p99 from the answer to the mail", percentile(page.delays, 99), percentile(bare.delays, 99)),
    ):
        limit = without + max(_SHARE * without, _SECONDS)
        yield Figure(name, with_page, "s", most=limit, peers={"a static server is asked": without})
    for path, seconds in page.answers.items():
        if len(seconds) > 1:
            yield Figure(f"GET {path}: p99", percentile(seconds, 99), "s")
    for path, count in sorted(page.refused.items()):
        yield Figure(f"GET {path}: not answered, of {count + len(page.answers.get(path, ()))}", count)


def main() -> int:
    """Exit status 0; 1 when a gate is not reached."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--items", type=int, default=200, help="feeds, each with one item (200)")
    parser.add_argument("--every", type=int, default=10, metavar="S", help="seconds between polls (10)")
    parser.add_argument("--spread", type=float, default=60.0, metavar="S", help="items appear within (60)")
    parser.add_argument("--rate", type=float, default=50.0, help="GETs a second (50)")
    parser.add_argument(
        "--warm", type=float, default=15.0, metavar="S", help="seconds of visits before what is measured (15)"
    )
    parser.add_argument("--rounds", type=int, default=2, help="each measures both (2)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    options = parser.parse_args()
    texts = item_texts(options.items, options.seed)
    load, sides = os.getloadavg()[0], {"page": Side(), "static": Side()}
    for number in range(options.rounds):
        _round(options, texts, options.seed + number, sides)
    told = list(_figures(sides))
    data = (
        f"{options.items} feeds polled every {options.every} s, {options.rate:.0f} GETs a second, "
        f"{options.rounds} rounds; load when it began: {load:.1f}"
    )
    absent = [path for path in _PATHS if path not in sides["page"].there]
    notes = [f"not asked, for it is not there: {', '.join(absent)}"] if absent else []
    if options.json:
        figures.write(options.json, figures.Told(told, data, notes))
    print("\n".join([data, *notes, *figures.lines(told)]))
    for one in told[:2]:
        print(f"  {one.name}: {one.value:.3f} s, with a static server {next(iter(one.peers.values())):.3f} s")
    for one in told[2:]:
        print(f"  {one.name}: {one.value:.3g} {one.unit}".rstrip())
    return int(not all(one.holds for one in told))


if __name__ == "__main__":
    sys.exit(main())
