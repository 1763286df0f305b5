"""A hundred thousand sources on a simulated clock: `.venv/bin/python benchmarks/scale.py --help`.

The service's own schedule, poller, reading processes, rules and SQLite store, at full speed: the clock
goes on as soon as everything that is due has been polled. Only the network is left out: a fetcher in this
process answers "not modified" to most polls, and to the rest a document of 20 entries, 19 of them known.
It prints how much faster than the simulated clock it goes (above 1: sustained), the memory that it takes
for each source, and what a tick costs while nothing is due.
"""

import argparse
import logging
import multiprocessing
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
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
from watchdesk.service.polling import Poller
from watchdesk.service.readers import Readers
from watchdesk.service.states_ahead import Group
from watchdesk.store import SqlStore, open_store
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
    with tempfile.TemporaryDirectory() as folder, closing(Readers()) as readers:
        bare = _memory()
        plan = replace(_plan(options.sources, feeds, options.seed), read=readers.reading)
        # In a process of its own: what it leaves behind in memory is not the service's.
        before = multiprocessing.get_context("fork").Process(target=_know, args=(Path(folder), plan, feeds))
        before.start()
        before.join()
        with closing(open_store("sqlite", Path(folder))) as store:
            return _measure(plan, store, bare, options)


def _measure(plan: Plan, store: SqlStore, bare: int, options: argparse.Namespace) -> int:
    run = _Run(plan, store)
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
    def __init__(self, plan: Plan, store: SqlStore) -> None:
        self._now = START
        self._polls = 0
        self._plan = plan
        self._schedule = PollSchedule(plan, store.appointments(), START, random.Random(1))
        self._poller = Poller(store, lambda: self._now, random.Random(2), self._polled)

    def pass_time(self, length: timedelta) -> tuple[int, float, float]:
        """Polls made, seconds that it took, and seconds of processors, in so much simulated time."""
        began, cpu = time.monotonic(), _cpu()
        end = self._now + length
        while self._now < end:
            self._now += timedelta(seconds=1)
            self._poller.enqueue(self._plan, self._schedule.take(self._now))
            self._poller.wait_until_done()
        return self._polls, time.monotonic() - began, _cpu() - cpu

    def idle_tick(self) -> float:
        """Seconds of looking at a schedule in which nothing is due."""
        began = time.perf_counter()
        for _ in range(1000):
            self._schedule.take(self._now)
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
    """Seconds of processors of this process and of its reading processes."""
    total = (
        resource.getrusage(resource.RUSAGE_SELF).ru_utime + resource.getrusage(resource.RUSAGE_SELF).ru_stime
    )
    ticks = os.sysconf("SC_CLK_TCK")
    for task in Path("/proc/self/task").iterdir():
        for child in (task / "children").read_text().split():
            fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
            total += (int(fields[11]) + int(fields[12])) / ticks
    return total


if __name__ == "__main__":
    sys.exit(main())
