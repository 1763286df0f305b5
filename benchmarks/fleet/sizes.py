"""What a fleet costs its database at several numbers of sources: `benchmarks/fleet/sizes.py --help`.

A throwaway PostgreSQL that writes to the disk (`fsync` on) is filled by the store's own code; then each thing
is measured that a host asks of it, and hosts work on it for a while by the clock. The server's CPU is that of
its processes for clients; while hosts work, of all its processes. What the sources cost a host in memory is
measured in a process of its own.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

_BENCHMARKS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(_BENCHMARKS), str(_BENCHMARKS.parent / "tests")]

import figures  # noqa: E402
import psycopg  # noqa: E402
from figures import Figure, Told  # noqa: E402

from fleet import desk, remembered  # noqa: E402
from fleet.costs import measure, plans_of  # noqa: E402
from fleet.news import Newsroom  # noqa: E402
from fleet.server import Cost, Meter, running  # noqa: E402
from fleet.working import Working  # noqa: E402
from watchdesk.store.fleet_store import FleetStore, open_fleet_store  # noqa: E402

_TOGETHER = 10_000
_SETTLED = 5.0
"""Seconds that hosts have worked before they are measured."""
_GROWS = 2.0
"""Times as much as at the smallest size, which nothing may cost that is asked for each second or poll."""
_HOT = (
    "heartbeat",
    "what is late",
    "a shard taken",
    "a job's due times noted",
    "a shard given back",
    "poll with nothing new, 256 states together",
    "poll with nothing new, eight states together",
)
_PLANS_OF = """\
Made by `benchmarks/fleet/sizes.py --plans` at {:,} sources: each statement that a host executes, when it is
first executed. What is read as a whole is small (1,024 shards, the hosts, jobs, missing pages: none), but for
what a start reads.

"""
_TICK = "tick, nothing due"
_TICK_MOST = 25.0
"""Milliseconds: it looks at 1,024 shards, each second."""


def main() -> int:
    """Exit status 0; 1 when a limit is missed."""
    options = _options()
    newsroom = Newsroom()
    told: list[Figure] = []
    with running() as storage, Meter(storage) as meter, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "measured").mkdir()
        with closing(open_fleet_store(storage, folder / "measured")) as store:
            costs: dict[int, Mapping[str, Cost]] = {}
            known = 0
            for sources in options.sizes:
                _fill(store, range(known, sources))
                known = sources
                _settle(storage)
                costs[sources] = measure(store, meter, newsroom, sources)
                _print(sources, costs[sources])
            if options.plans:
                head = _PLANS_OF.format(known)
                options.plans.write_text(head + plans_of(store, newsroom, known), encoding="utf-8")
        told += _told(costs)
        if options.seconds:
            _spread(storage)
            told += _working(storage, folder, meter, options)
    told += remembered.measured(options.remembered)
    for one in told:
        print(f"{one.name}: {figures.number(one.value)} {one.unit}")
    print("\n".join(figures.lines(told)))
    if options.json:
        data = f"{known:,} sources on {desk.hosts(range(known)):,} hosts, of which one has up to 5,000"
        details = {size: {name: asdict(cost) for name, cost in of.items()} for size, of in costs.items()}
        figures.write(options.json, Told(told, data), details)
    return int(not all(one.holds for one in told))


def _fill(store: FleetStore, numbers: range) -> None:
    """Adds sources that were polled, and are due in half a day."""
    now, began = datetime.now(UTC), time.monotonic()
    for start in range(numbers.start, numbers.stop, _TOGETHER):
        part = range(start, min(start + _TOGETHER, numbers.stop))
        store.save_states(desk.states(part, now))
        store.fleet.know(desk.dues(part, now + timedelta(hours=12)))
    print(f"{len(numbers):,} sources added in {time.monotonic() - began:.0f} s", file=sys.stderr)


def _settle(storage: str) -> None:
    with psycopg.connect(storage, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def _spread(storage: str) -> None:
    """Has all become due within `desk.EVERY` from now on, as time goes by."""
    with psycopg.connect(storage, autocommit=True) as connection:
        connection.execute("UPDATE source_dues SET due = now() + random() * %s", (desk.EVERY,))
        _settle(storage)


def _told(costs: Mapping[int, Mapping[str, Cost]]) -> Iterator[Figure]:
    *smaller, largest = costs
    for name, cost in costs[largest].items():
        peers = {f"{size:,} sources": costs[size][name].server for size in smaller}
        most = _TICK_MOST if name == _TICK else None
        yield Figure(f"{name}: server", cost.server, "ms of CPU", most=most, peers=peers)
        if name.startswith(("poll with", "a ", "heartbeat")):
            yield Figure(f"{name}: statements", cost.statements)
            yield Figure(f"{name}: write-ahead log", cost.wal / 1000, "kB")
    if smaller:
        for name in _HOT:
            grown = costs[largest][name].server / costs[smaller[0]][name].server
            yield Figure(f"{name}: {largest:,} sources beside {smaller[0]:,}", grown, "times", most=_GROWS)


def _working(storage: str, folder: Path, meter: Meter, options: argparse.Namespace) -> Iterator[Figure]:
    hosts = Working(storage, folder, options.hosts, options.news)
    time.sleep(_SETTLED)
    began, cpu = time.monotonic(), hosts.cpu()
    cost = meter.of_all(lambda: time.sleep(options.seconds))
    ended, cpu = time.monotonic(), hosts.cpu() - cpu
    connections = meter.connections()
    jobs = [job for job in hosts.end() if began <= job.at < ended]
    late = [one for job in jobs for one in job.late]
    news = sum(job.news for job in jobs)
    each = cost / max(len(late), 1)
    yield Figure("hosts at work", options.hosts)
    yield Figure("polls a second", len(late) / options.seconds)
    yield Figure("polls that bring news", 100 * news / max(len(late), 1), "%")
    yield Figure("jobs of the engine a second", len(jobs) / options.seconds)
    yield Figure("a poll is late by, median", statistics.median(late), "s")
    yield Figure("a poll is late by, p99", figures.percentile(late, 99), "s")
    yield Figure("a poll, all of it: server", each.server, "ms of CPU")
    yield Figure("a poll, all of it: hosts, without the web", 1000 * cpu / max(len(late), 1), "ms of CPU")
    yield Figure("a poll, all of it: statements", each.statements)
    yield Figure("a poll, all of it: write-ahead log", each.wal / 1000, "kB")
    yield Figure("connections of all hosts", connections)


def _print(sources: int, costs: Mapping[str, Cost]) -> None:
    print(f"\n{sources:,} sources{'':35}statements   WAL bytes  server ms  client ms")
    for name, cost in costs.items():
        print(f"{name:50}{cost.statements:10.2f}{cost.wal:12,.0f}{cost.server:11.3f}{cost.client:11.3f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--hosts", type=int, default=4, help="that work at the same time")
    parser.add_argument("--seconds", type=float, default=60.0, help="for which they are measured; 0: not")
    parser.add_argument("--news", type=float, default=0.05, help="the share of polls that bring 2 articles")
    parser.add_argument("--remembered", type=int, default=1_000_000, help="sources of the host in memory")
    parser.add_argument("--plans", type=Path, metavar="FILE", help="write the plans of all statements")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
