"""A hundred thousand sources on a simulated clock: `.venv/bin/python benchmarks/scale.py --help`.

The service's own schedule, poller, poll workers, fetcher, rules and SQLite store, at full speed: the clock
goes on as soon as no more polls wait than came due in a second. Each source has a host of its own on
loopback, and nginx answers for all of them: "not modified" to most polls, and to the rest a document of 20
entries, 19 of them known. It prints how much faster than the simulated clock it goes (above 1: sustained),
the CPU time of a poll and that of the server beside it, the memory that a source takes, and what a tick
costs while nothing is due.
"""

import argparse
import logging
import multiprocessing
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

import figures
import processes
import structlog
from figures import Figure
from matching.lexicon import Lexicon
from matching.newswire import newswire
from matching.rulebook import write_rules
from scaling.feeds import ENTRIES, Feeds
from scaling.nginx import Server, serving

from watchdesk import articles
from watchdesk.config.settings import PollingSettings, Settings
from watchdesk.model import FullText, ParsedFeed, Source, SourceState
from watchdesk.plan import Plan
from watchdesk.polling.collecting import READ_HERE
from watchdesk.polling.report import PollReport
from watchdesk.rules import RuleSet, freeze_gc
from watchdesk.service.poll_schedule import PollSchedule
from watchdesk.service.poll_workers import fork_server
from watchdesk.service.poll_workers.slots import Slots
from watchdesk.service.poll_workers.worker import WorkerParts, work
from watchdesk.service.poll_workers.workers import PollWorkers
from watchdesk.service.polling import Poller
from watchdesk.service.states_ahead import Group
from watchdesk.sources import Hosts, HttpFetcher
from watchdesk.sources.web.hosts import Turns
from watchdesk.store import SqlStore, open_beside, open_store
from watchdesk.store.tables import entry_keys
from watchdesk.store.upserts import upsert_all

EVERY = timedelta(minutes=15)
START = datetime(2026, 3, 2, 6, tzinfo=UTC)
TIMES = 8.0
"""As fast as the clock, at least."""
RULES = 100
_PAGE = os.sysconf("SC_PAGE_SIZE")


def main() -> int:
    """Prepares a store in which every source is known, and polls for the simulated time."""
    options = _options()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    feeds = Feeds(options.sources, options.news, START, options.seed)
    with (
        tempfile.TemporaryDirectory() as name,
        tempfile.TemporaryDirectory() as served,
        serving(feeds, Path(served)) as server,
    ):
        told = _run(feeds, server, Path(name), options)
    print("\n".join(figures.lines(told)))
    if options.json:
        data = f"{options.sources:,} sources every {EVERY}; {options.news:.0%} of polls bring an entry"
        figures.write(options.json, figures.Told(told, data))
    return int(not all(one.holds for one in told))


def _run(feeds: Feeds, server: Server, folder: Path, options: argparse.Namespace) -> list[Figure]:
    clock, slots = SharedClock(START), Slots()
    bare = _memory()
    freeze_gc()  # what the benchmark made is not for the service to search
    settings, rules = _settings(feeds, server), _rules(options.seed)
    # Before the database is open: SQLite's connections are not for copies of their process.
    parts = WorkerParts(partial(_plan, settings, rules), lambda: open_beside("sqlite", folder), clock, slots)
    forking = fork_server.begin(partial(_fork_workers, parts))
    # In a process of its own: what it leaves behind in memory is not the service's.
    before = multiprocessing.get_context("fork").Process(target=_know, args=(folder, settings, feeds, server))
    before.start()
    before.join()
    hosts = Hosts(settings.polling.per_host, clock)
    plan = _plan(settings, rules, hosts)
    with (
        closing(open_store("sqlite", folder)) as store,
        closing(PollWorkers(store, slots, hosts)) as workers,
    ):
        workers.follow(workers.hire(plan, forking))
        return _measure(_Run(plan, store, workers, clock), store, bare, server, options)


class SharedClock:
    """A simulated time that all processes see."""

    def __init__(self, start: datetime) -> None:
        self._now: Synchronized[float] = multiprocessing.get_context("fork").Value("d", start.timestamp())

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self._now.value, UTC)

    def forward(self, span: timedelta) -> datetime:
        """Lets time pass."""
        self._now.value += span.total_seconds()
        return self()


def _fork_workers(parts: WorkerParts, connection: Connection) -> None:
    articles.prepare()
    freeze_gc()  # as what the service forks its workers from does
    fork_server.serve(connection, partial(work, parts))


def _measure(
    run: "_Run", store: SqlStore, bare: int, server: Server, options: argparse.Namespace
) -> list[Figure]:
    before, theirs = time.process_time(), processes.cpu(server.process)
    polls, took, cpu = run.pass_time(timedelta(minutes=options.minutes))
    main_process, theirs = time.process_time() - before, processes.cpu(server.process) - theirs
    times, ours = options.minutes * 60 / took, cpu - theirs
    print(f"{polls:,} polls of {options.minutes} simulated minutes in {took:.0f} s: {polls / took:.0f} /s")
    print(f"on {cpu / took:.2f} of {os.cpu_count()} cores, {theirs / took:.2f} of them nginx's")
    each = (_memory() - bare) / options.sources
    print(f"memory {_memory() / 1e6:.0f} MB, of which {each:.0f} bytes for each source")
    print(f"{len(store.article_counts(START)):,} sources brought an article")
    print(f"CPU a poll {1000 * ours / polls:.2f} ms, {1000 * main_process / polls:.2f} in the main process")
    return [
        Figure("times as fast as the clock", times, least=TIMES if options.sources >= 100_000 else None),
        Figure("polls a second", polls / took),
        Figure("CPU a poll", 1000 * ours / polls, "ms", peers={"nginx": 1000 * theirs / polls}),
        Figure("CPU a poll, of it the main process", 1000 * main_process / polls, "ms"),
        Figure("polls that failed", run.failed, most=0),
        Figure("memory a source, main process", each, "bytes"),
        Figure("a tick with nothing due", run.idle_tick() * 1e6, "µs"),
    ]


class _Run:
    def __init__(self, plan: Plan, store: SqlStore, workers: PollWorkers, clock: SharedClock) -> None:
        self._clock = clock
        self._polls = 0
        self.failed = 0
        self._waiting = 0
        self._changed = threading.Condition()
        self._plan = plan
        self._schedule = PollSchedule(plan, store.appointments(), START, random.Random(1))
        self._poller = Poller(store, clock, random.Random(2), self._polled, workforce=workers)

    def pass_time(self, length: timedelta) -> tuple[int, float, float]:
        """Polls made, seconds that it took, and seconds of processors, in so much simulated time.

        As in the service, states are written each second, and nobody waits for the last poll of a second.
        """
        began, cpu = time.monotonic(), processes.cpu_with_all_below()
        end, now = self._clock() + length, self._clock()
        while now < end:
            now = self._clock.forward(timedelta(seconds=1))
            due = list(self._schedule.take(now))
            with self._changed:
                self._waiting += len(due)
            self._poller.enqueue(self._plan, due)
            with self._changed:
                self._changed.wait_for(lambda: self._waiting <= len(due))  # noqa: B023 - called at once
            self._poller.write_states()
        self._poller.wait_until_done()
        return self._polls, time.monotonic() - began, processes.cpu_with_all_below() - cpu

    def idle_tick(self) -> float:
        """Seconds of looking at a schedule in which nothing is due."""
        began = time.perf_counter()
        for _ in range(1000):
            self._schedule.take(self._clock())
        return (time.perf_counter() - began) / 1000

    def _polled(self, group: Group, reports: Sequence[PollReport]) -> None:
        self._schedule.polled(group, reports)
        with self._changed:
            self._polls += 1
            self._waiting -= 1
            self.failed += any(report.error for report in reports)
            self._changed.notify()


def _settings(feeds: Feeds, server: Server) -> Settings:
    sources = {
        f"source-{n}": Source(
            f"source-{n}",
            server.url(n),
            every=EVERY,
            fastest=EVERY,
            slowest=EVERY,
            full_text=FullText.NEVER,
        )
        for n in range(feeds.count)
    }
    polling = PollingSettings(every=EVERY, fastest=EVERY, slowest=EVERY, private_addresses=True)
    return Settings(Path(), polling=polling, sources=sources)


def _rules(seed: int) -> RuleSet:
    rules = RuleSet.from_yaml(write_rules("narrow", RULES, Lexicon(newswire(200, seed + 1)), seed).yaml)
    rules.prepare()
    return rules


def _plan(settings: Settings, rules: RuleSet, turns: Turns) -> Plan:
    fetcher = HttpFetcher(settings.polling, "desk@example.org", turns)
    return Plan(settings, rules, fetcher, {}, read=READ_HERE)


def _know(folder: Path, settings: Settings, feeds: Feeds, server: Server) -> None:
    """What a quarter of an hour of polling before has left: a state of each source, keys of its entries."""
    states, rows = [], []
    for number, source in enumerate(settings.sources.values()):
        due = START + EVERY * (number / len(settings.sources))
        states.append(
            SourceState(
                source.id,
                url=source.url,
                etag='"before"' if number in feeds.lively else server.unchanged,
                last_success=due - EVERY,
                last_attempt=due - EVERY,
                next_poll=due,
                window=ENTRIES,
            )
        )
        if number in feeds.lively:
            entries = tuple(feeds.entries(number, 0))
            for entry in articles.identify(ParsedFeed(entries, base_url=source.url)):
                known = {"source_id": source.id, "article_id": 0, "entry_hash": entry.entry_hash}
                rows += [{**known, "key": key} for key in entry.keys]
    with closing(open_store("sqlite", folder)) as store:
        store.save_states(states)
        with store._database.write() as connection:
            upsert_all(connection, entry_keys, rows)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sources", type=int, default=100_000)
    parser.add_argument("--minutes", type=int, default=15, help="simulated time that is measured")
    parser.add_argument("--news", type=float, default=0.1, help="share of polls that bring an entry")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    return parser.parse_args()


def _memory() -> int:
    """Bytes that this process has in memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


if __name__ == "__main__":
    sys.exit(main())
