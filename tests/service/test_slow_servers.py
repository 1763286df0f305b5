"""Servers that trickle take a share of the places, and never those of the others. Counts, not seconds."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.desk import item, rss, wait_for
from support.web import Answer, WebServer
from watchdesk.config.settings import PollingSettings, Settings
from watchdesk.model import Fetched, FullText, Source
from watchdesk.plan import Document, DocumentReader, Plan
from watchdesk.polling.collecting import READ_HERE
from watchdesk.polling.report import PollReport
from watchdesk.rules import RuleSet
from watchdesk.service.places import Lane, Places
from watchdesk.service.polling import Poller
from watchdesk.service.slow_polls import LARGE
from watchdesk.service.states_ahead import Group
from watchdesk.sources import HttpFetcher
from watchdesk.store import open_store

GOOD, BAD, ROUNDS = 16, 32, 6
PATIENCE = 2.0
"""Seconds after which the good sources of a round count as starved."""
TRICKLE = Answer(b"<rss version='2.0'>" * 20, drip=0.2)


class Rounds:
    """Polls sources again and again, and counts the polls that end."""

    def __init__(
        self,
        directory: Path,
        sources: Mapping[str, Source],
        concurrency: int,
        reading: DocumentReader = READ_HERE,
    ) -> None:
        settings = Settings(
            directory,
            sources=sources,
            polling=PollingSettings(concurrency=concurrency, private_addresses=True),
        )
        fetcher = HttpFetcher(settings.polling, None)
        self._plan = Plan(settings, RuleSet(()), fetcher, {}, reading)
        self._store = open_store("sqlite", directory)
        self._ended = threading.Condition()
        self.polls: Counter[str] = Counter()
        self._poller = Poller(self._store, lambda: datetime.now(UTC), random.Random(1), self._done)

    def run(self, names: Sequence[str], awaited: Sequence[str]) -> None:
        """One round: it is over when all `awaited` sources were polled, or the patience is."""
        before = Counter(self.polls)
        self._poller.enqueue(self._plan, [(self._plan.settings.sources[name],) for name in names])
        end = time.monotonic() + PATIENCE
        with self._ended:
            while any(self.polls[name] == before[name] for name in awaited) and time.monotonic() < end:
                self._ended.wait(0.1)
                self._poller.enqueue(self._plan, ())  # as the service does at each tick

    def close(self) -> None:
        self._poller.clear_queue()

    def _done(self, group: Group, reports: Sequence[PollReport]) -> None:
        with self._ended:
            self.polls[group[0].id] += 1
            self._ended.notify_all()


@pytest.fixture(scope="module")
def good() -> Iterator[dict[str, Source]]:
    with ExitStack() as servers:
        yield {
            f"good-{n}": Source(f"good-{n}", _server(servers, n, Answer(rss(item(str(n), "News")))))
            for n in range(GOOD)
        }


@pytest.fixture(scope="module")
def bad() -> Iterator[dict[str, Source]]:
    with ExitStack() as servers:
        yield {f"bad-{n}": Source(f"bad-{n}", _server(servers, 100 + n, TRICKLE)) for n in range(BAD)}


def _server(servers: ExitStack, number: int, answer: Answer) -> str:
    server = servers.enter_context(WebServer(f"127.0.1.{number + 1}"))
    server.respond("/feed", answer)
    return server.url("/feed")


@pytest.mark.parametrize("concurrency", [2, 20])
def test_trickling_sources_cost_the_good_ones_no_tenth_of_their_polls(
    tmp_path: Path, good: dict[str, Source], bad: dict[str, Source], concurrency: int
) -> None:
    with closing(Rounds(tmp_path, good | bad, concurrency)) as rounds:
        rounds.run(list(good), list(good))
        without = sum(rounds.polls[name] for name in good)
        for _ in range(ROUNDS):
            rounds.run([*bad, *good], list(good))
        polled = sum(rounds.polls[name] for name in good) - without
    assert without == GOOD
    assert polled >= 0.9 * GOOD * ROUNDS
    assert sum(rounds.polls[name] for name in bad) == 0, "they never end"


def test_sources_never_polled_before_are_not_kept_waiting_by_trickling_ones(
    tmp_path: Path, good: dict[str, Source], bad: dict[str, Source]
) -> None:
    mixed = [
        name for three in zip(good, list(bad)[::2], list(bad)[1::2], strict=True) for name in three[::-1]
    ]
    with closing(Rounds(tmp_path, good | bad, 8)) as rounds:
        for _ in range(ROUNDS):
            rounds.run(mixed, list(good))
    assert sum(rounds.polls[name] for name in good) >= 0.9 * GOOD * ROUNDS


def test_pages_that_trickle_keep_no_other_source_waiting(tmp_path: Path, good: dict[str, Source]) -> None:
    with ExitStack() as servers:
        bad: dict[str, Source] = {}
        for n in range(10):
            server = servers.enter_context(WebServer(f"127.0.1.{n + 101}"))
            server.respond("/page", TRICKLE)
            server.respond("/feed", Answer(rss(item("1", "News", "Short.", link=server.url("/page")))))
            bad[f"bad-{n}"] = Source(f"bad-{n}", server.url("/feed"), full_text=FullText.ALWAYS)
        with closing(Rounds(tmp_path, good | bad, 2)) as rounds:
            rounds.run(list(good), list(good))
            for _ in range(ROUNDS):
                rounds.run([*bad, *good], list(good))
    assert sum(rounds.polls[name] for name in good) >= 0.9 * GOOD * (ROUNDS + 1)


def test_documents_that_are_long_to_read_keep_no_source_of_their_own_host_waiting(tmp_path: Path) -> None:
    read = threading.Event()

    def document(answer: Fetched, source: Source, normalised_at: datetime | None) -> Document:
        if source.id.startswith("heavy"):
            read.wait(30)
        return READ_HERE.document(answer, source, normalised_at)

    with WebServer() as web:
        sources = {}
        for n in range(4):
            web.respond(f"/heavy-{n}", Answer(rss(item("1", "News")) + b" " * LARGE))
            web.respond(f"/good-{n}", Answer(rss(item("1", "News"))))
            for name in (f"heavy-{n}", f"good-{n}"):
                sources[name] = Source(name, web.url(f"/{name}"))
        heavy, good = sorted(sources)[4:], sorted(sources)[:4]
        with closing(Rounds(tmp_path, sources, 20, replace(READ_HERE, document=document))) as rounds:
            rounds.run([*heavy, *good], good)
            polled = Counter(rounds.polls)
            read.set()
            wait_for(lambda: set(rounds.polls) == set(sources), "the polls of the heavy ones")
    assert sorted(polled) == good


def test_known_slow_jobs_take_a_quarter_and_none_of_the_quick_ones_places() -> None:
    places = Places(size=8, lanes=True)
    assert [places.enter(f"slow {n}", lane=Lane.SLOW) for n in range(4)] == [True, True, False, False]
    assert [places.enter(f"quick {n}") for n in range(9)] == [True] * 8 + [False]


def test_new_jobs_leave_places_to_those_known_to_be_quick() -> None:
    places = Places(size=8, lanes=True)
    assert [places.enter(f"new {n}", lane=Lane.NEW) for n in range(8)] == [True] * 6 + [False] * 2
    assert [places.enter(f"quick {n}") for n in range(3)] == [True, True, False]
