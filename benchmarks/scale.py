"""A hundred thousand sources on a simulated clock: `.venv/bin/python benchmarks/scale.py --help`.

The service's own schedule, poller, poll workers, rules and SQLite store, at full speed: the clock
goes on as soon as everything that is due has been polled. Only the network is left out: a fetcher in
each worker answers "not modified" to most polls, and to the rest a document of 20 entries, 19 of them known.
It prints how much faster than the simulated clock it goes (above 1: sustained), the memory that it takes
for each source, and what a tick costs while nothing is due.
"""

import argparse
import logging
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

import structlog
from matching.lexicon import Lexicon
from matching.newswire import newswire
from matching.rulebook import write_rules

from watchdesk import articles
from watchdesk.config.settings import PollingSettings, Settings
from watchdesk.model import (
    Entry,
    Fetched,
    FetchOutcome,
    FullText,
    NotModified,
    ParsedFeed,
    Source,
    SourceState,
    Validators,
)
from watchdesk.plan import Plan
from watchdesk.polling.collecting import READ_HERE
from watchdesk.polling.report import PollReport
from watchdesk.rules import RuleSet
from watchdesk.service.poll_schedule import PollSchedule
from watchdesk.service.poll_workers import fork_server
from watchdesk.service.poll_workers.reading import Slots
from watchdesk.service.poll_workers.worker import WorkerParts, work
from watchdesk.service.poll_workers.workers import PollWorkers
from watchdesk.service.polling import Poller
from watchdesk.service.states_ahead import Group
from watchdesk.sources import Hosts
from watchdesk.store import SqlStore, open_beside, open_store
from watchdesk.store.tables import entry_keys
from watchdesk.store.upserts import upsert_all

EVERY = timedelta(minutes=15)
START = datetime(2026, 3, 2, 6, tzinfo=UTC)
ENTRIES = 20
RULES = 100
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Feeds:
    """A fetcher for made-up feeds, some of which publish an entry before their next poll."""

    def __init__(self, count: int, share: float, seed: int) -> None:
        rng = random.Random(seed)
        self.lively = {f"source-{n}" for n in rng.sample(range(count), int(count * share))}
        self._texts = newswire(200, seed)

    def fetch(self, source: Source, state: SourceState) -> FetchOutcome:
        """News once, from those that have any."""
        if source.id not in self.lively or state.etag == '"1"':
            return NotModified()
        headers = {"etag": '"1"', "content-type": "application/rss+xml; charset=utf-8"}
        return Fetched(self._document(source), source.url, 200, headers)

    def part(self, url: str, source: Source, validators: Validators) -> FetchOutcome:
        raise AssertionError(f"{source.id} has no parts: {url} {validators}")

    def page(self, url: str, source: Source) -> FetchOutcome:
        raise AssertionError(f"no page of {source.id} is read: {url}")

    def restore_backoffs(self, sources: Iterable[Source], states: Mapping[str, SourceState]) -> None:
        raise AssertionError(f"no host asks for quiet: {sources} {states}")

    def entries(self, source: Source, first: int) -> list[Entry]:
        """The entries from a number on, newest last."""
        return [self._entry(source, number) for number in range(first, first + ENTRIES)]

    def _entry(self, source: Source, number: int) -> Entry:
        text = self._texts[(int(source.id[7:]) * 7 + number) % len(self._texts)]
        address = f"{source.url}/2026/an-article-{number}"
        published = format_datetime(START + timedelta(minutes=number - ENTRIES))
        body = f"<p>{text.body[:2300]}</p>"
        return Entry(
            guid=address, url=address, title=f"{text.title} {number}", summary=body, published=published
        )

    def _document(self, source: Source) -> bytes:
        items = "".join(
            f"<item><title>{entry.title}</title><link>{entry.url}</link><guid>{entry.guid}</guid>"
            f"<pubDate>{entry.published}</pubDate><description><![CDATA[{entry.summary}]]></description></item>"
            for entry in self.entries(source, 1)
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
            f"<title>{source.id}</title><link>{source.url}</link><language>en</language>{items}"
            "</channel></rss>"
        ).encode()


def main() -> int:
    """Prepares a store in which every source is known, and polls for the simulated time."""
    options = _options()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    feeds = Feeds(options.sources, options.news, options.seed)
    clock, slots = SharedClock(START), Slots()
    with tempfile.TemporaryDirectory() as folder:
        bare = _memory()
        plan = _plan(options.sources, feeds, options.seed)
        # Before the database is open: SQLite's connections are not for copies of their process.
        parts = WorkerParts(lambda _: plan, lambda: open_beside("sqlite", Path(folder)), clock, slots)
        server = fork_server.begin(partial(_fork_workers, parts))
        # In a process of its own: what it leaves behind in memory is not the service's.
        before = multiprocessing.get_context("fork").Process(target=_know, args=(Path(folder), plan, feeds))
        before.start()
        before.join()
        with (
            closing(open_store("sqlite", Path(folder))) as store,
            closing(PollWorkers(store, slots, Hosts(2, clock))) as workers,
        ):
            workers.follow(workers.hire(plan, server))
            return _measure(_Run(plan, store, workers, clock), store, bare, options)


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
    fork_server.serve(connection, partial(work, parts))


def _measure(run: "_Run", store: SqlStore, bare: int, options: argparse.Namespace) -> int:
    print(f"{options.sources:,} sources, polled every {EVERY}; {options.news:.0%} of polls bring news")
    polls, took, cpu = run.pass_time(timedelta(minutes=options.minutes))
    times = options.minutes * 60 / took
    print(f"{polls:,} polls of {options.minutes} simulated minutes in {took:.0f} s: {polls / took:.0f} /s")
    print(f"{times:.2f} times the simulated clock, on {cpu / took:.2f} of {os.cpu_count()} cores")
    print(f"{len(store.article_counts(START)):,} sources brought an article")
    each = (_memory() - bare) / options.sources
    print(f"memory {_memory() / 1e6:.0f} MB, of which {each:.0f} bytes for each source")
    print(f"a tick with nothing due: {run.idle_tick() * 1e6:.1f} µs")
    return 0 if times > 1 else 1


class _Run:
    def __init__(self, plan: Plan, store: SqlStore, workers: PollWorkers, clock: SharedClock) -> None:
        self._clock = clock
        self._polls = 0
        self._plan = plan
        self._schedule = PollSchedule(plan, store.appointments(), START, random.Random(1))
        self._poller = Poller(store, clock, random.Random(2), self._polled, workforce=workers)

    def pass_time(self, length: timedelta) -> tuple[int, float, float]:
        """Polls made, seconds that it took, and seconds of processors, in so much simulated time."""
        began, cpu = time.monotonic(), _cpu()
        end, now = self._clock() + length, self._clock()
        while now < end:
            now = self._clock.forward(timedelta(seconds=1))
            self._poller.enqueue(self._plan, self._schedule.take(now))
            self._poller.wait_until_done()
        return self._polls, time.monotonic() - began, _cpu() - cpu

    def idle_tick(self) -> float:
        """Seconds of looking at a schedule in which nothing is due."""
        began = time.perf_counter()
        for _ in range(1000):
            self._schedule.take(self._clock())
        return (time.perf_counter() - began) / 1000

    def _polled(self, group: Group, reports: Sequence[PollReport]) -> None:
        self._polls += 1
        self._schedule.polled(group, reports)


def _plan(count: int, feeds: Feeds, seed: int) -> Plan:
    sources = {
        f"source-{n}": Source(
            f"source-{n}",
            f"http://paper{n}.example/feed",
            every=EVERY,
            fastest=EVERY,
            slowest=EVERY,
            full_text=FullText.NEVER,
        )
        for n in range(count)
    }
    polling = PollingSettings(every=EVERY, fastest=EVERY, slowest=EVERY)
    rules = RuleSet.from_yaml(write_rules("narrow", RULES, Lexicon(newswire(200, seed + 1)), seed).yaml)
    rules.prepare()
    return Plan(Settings(Path(), polling=polling, sources=sources), rules, feeds, {}, read=READ_HERE)


def _know(folder: Path, plan: Plan, feeds: Feeds) -> None:
    """What a quarter of an hour of polling before has left: a state of each source, keys of its entries."""
    sources = plan.settings.sources.values()
    states, rows = [], []
    for number, source in enumerate(sources):
        due = START + EVERY * (number / len(sources))
        states.append(
            SourceState(
                source.id,
                url=source.url,
                etag='"0"',
                last_success=due - EVERY,
                last_attempt=due - EVERY,
                next_poll=due,
                window=ENTRIES,
            )
        )
        if source.id in feeds.lively:
            for entry in articles.identify(ParsedFeed(tuple(feeds.entries(source, 0)), base_url=source.url)):
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
    return parser.parse_args()


def _memory() -> int:
    """Bytes that this process has in memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


def _cpu() -> float:
    """Seconds of processors of this process and of all that it has started."""
    return time.process_time() + sum(map(_cpu_below, _children("self")))


def _cpu_below(process: int) -> float:
    own = time.clock_gettime((~process << 3) | 2)  # clock_getcpuclockid(3)
    return own + sum(map(_cpu_below, _children(str(process))))


def _children(process: str) -> list[int]:
    tasks = Path(f"/proc/{process}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


if __name__ == "__main__":
    sys.exit(main())
