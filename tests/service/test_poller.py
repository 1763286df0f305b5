"""Polls that fail for reasons of our own are repeated, and what polls leave to be remembered is written."""

import random
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from support.desk import item, rss
from watchdesk.config.settings import Settings
from watchdesk.model import Failed, Fetched, FetchOutcome, NotModified, Source, SourceState
from watchdesk.plan import Plan
from watchdesk.polling.collecting import READ_HERE
from watchdesk.polling.report import PollOutcome, PollReport
from watchdesk.rules import RuleSet
from watchdesk.service.polling import Poller
from watchdesk.service.states_ahead import FRESH, Group, StatesAhead
from watchdesk.service.write_behind import AGAIN
from watchdesk.sources import HttpFetcher
from watchdesk.store import SqlStore, open_store
from watchdesk.store.database import Database, database_url

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NEWS = rss(item("1", "NATO"))
SOURCE = Source("a", "http://a.example/")


class Unchanged(HttpFetcher):
    """Says that nothing is new, without asking anyone."""

    def __init__(self) -> None:
        self.asked: list[SourceState] = []

    def fetch(self, source: Source, state: SourceState) -> FetchOutcome:
        self.asked.append(state)
        return (
            NotModified()
            if state.etag
            else Fetched(
                b"<rss version='2.0'><channel><title>T</title></channel></rss>",
                source.url,
                headers={"etag": "x"},
            )
        )


class Mistaken(Unchanged):
    """Has a mistake."""

    def fetch(self, source: Source, state: SourceState) -> FetchOutcome:
        raise ZeroDivisionError(source.id)


def polled(store: SqlStore, fetcher: HttpFetcher, times: int = 1) -> tuple[Poller, list[PollReport]]:
    settings = Settings(Path(), sources={"a": SOURCE})
    plan = Plan(settings, RuleSet(()), fetcher, {}, READ_HERE)
    told: list[PollReport] = []

    def done(group: Group, reports: Sequence[PollReport]) -> None:
        told.extend(reports)

    poller = Poller(store, lambda: NOW, random.Random(1), done)
    for _ in range(times):
        poller.enqueue(plan, [(SOURCE,)])
        poller.in_flight.wait_until_idle(10)
    return poller, told


def test_a_mistake_of_ours_is_told_and_the_source_is_polled_again(tmp_path: Path) -> None:
    store = open_store("sqlite", tmp_path)
    _, [report] = polled(store, Mistaken())
    assert (report.outcome, report.next_poll) == (PollOutcome.FAILED, NOW + SOURCE.every)
    assert "made a mistake" in str(report.error)
    store.close()


def test_a_poll_that_cannot_be_recorded_is_repeated_soon(tmp_path: Path) -> None:
    open_store("sqlite", tmp_path).close()
    store = SqlStore(Database(database_url("sqlite", tmp_path), busy=0.05))
    other = open_store("sqlite", tmp_path)
    with other._database.write():
        _, [report] = polled(store, Unchanged())
    assert report.next_poll == NOW + AGAIN
    assert "another process keeps it locked" in str(report.error)
    store.close()
    other.close()


def test_polls_without_news_are_remembered_before_they_are_written(tmp_path: Path) -> None:
    store = open_store("sqlite", tmp_path)
    fetcher = Unchanged()
    poller, reports = polled(store, fetcher, times=3)
    assert [state.etag for state in fetcher.asked] == [None, "x", "x"]
    assert [report.outcome for report in reports] == [PollOutcome.UNCHANGED] * 3
    first = store.source_states()["a"]
    poller.write_states()
    assert store.source_states()["a"] == replace(
        first, status=304, rhythm=store.source_states()["a"].rhythm, next_poll=reports[-1].next_poll
    )
    assert NOW + timedelta(0) < (reports[-1].next_poll or NOW)
    store.close()


class Waiting(Unchanged):
    """Answers when it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()

    def fetch(self, source: Source, state: SourceState) -> FetchOutcome:
        self.gate.wait(10)
        return super().fetch(source, state)


def test_what_is_under_way_is_refused_and_not_lost(tmp_path: Path) -> None:
    store = open_store("sqlite", tmp_path)
    fetcher = Waiting()
    plan = Plan(Settings(Path(), sources={"a": SOURCE}), RuleSet(()), fetcher, {}, READ_HERE)
    poller = Poller(store, lambda: NOW, random.Random(1), lambda *_: None)
    assert poller.enqueue(plan, [(SOURCE,)]) == []
    changed = (replace(SOURCE, title="New"),)
    assert poller.enqueue(plan, [changed]) == [changed]
    fetcher.gate.set()
    poller.wait_until_done()
    assert poller.enqueue(plan, [changed]) == []
    poller.wait_until_done()
    store.close()


def test_what_is_lined_up_while_its_poll_is_ending_is_polled_again(tmp_path: Path) -> None:
    store = open_store("sqlite", tmp_path)
    fetcher, inside, go = Unchanged(), threading.Event(), threading.Event()
    plan = Plan(Settings(Path(), sources={"a": SOURCE}), RuleSet(()), fetcher, {}, READ_HERE)

    def done(group: Group, reports: Sequence[PollReport]) -> None:
        inside.set()
        go.wait(10)

    poller = Poller(store, lambda: NOW, random.Random(1), done)
    poller.enqueue(plan, [(SOURCE,)])
    assert inside.wait(10)
    assert poller.enqueue(plan, [(SOURCE,)]) == []
    go.set()
    poller.wait_until_done()
    assert len(fetcher.asked) == 2
    store.close()


def test_a_thread_that_cannot_be_started_is_no_poll_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    store = open_store("sqlite", tmp_path)
    fetcher = Unchanged()
    plan = Plan(Settings(Path(), sources={"a": SOURCE}), RuleSet(()), fetcher, {}, READ_HERE)
    poller = Poller(store, lambda: NOW, random.Random(1), lambda *_: None)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", full)
        assert poller.enqueue(plan, [(SOURCE,)]) == []
    poller.wait_until_done()
    assert len(fetcher.asked) == 1
    store.close()


def test_a_mistake_is_remembered_of_the_source(tmp_path: Path) -> None:
    store = open_store("sqlite", tmp_path)
    poller, _ = polled(store, Mistaken(), times=3)
    poller.write_states()
    state = store.source_states()["a"]
    assert (state.failures, state.error) == (3, "watchdesk made a mistake; its log says which")
    store.close()


def test_an_older_state_that_could_not_be_written_gives_way_to_news(tmp_path: Path) -> None:
    store = open_store("sqlite", tmp_path)

    class Returning(Unchanged):
        def fetch(self, source: Source, state: SourceState) -> FetchOutcome:
            self.asked.append(state)
            return Failed("no answer") if len(self.asked) == 1 else Fetched(NEWS, source.url)

    poller, _ = polled(store, Returning(), times=2)
    poller.write_states()
    assert store.source_states()["a"].last_success == NOW
    store.close()


def test_a_poll_that_cannot_be_recorded_is_counted_and_waits_longer_each_time(tmp_path: Path) -> None:
    open_store("sqlite", tmp_path).close()
    store = SqlStore(Database(database_url("sqlite", tmp_path), busy=0.05))
    other = open_store("sqlite", tmp_path)

    class News(Unchanged):
        def fetch(self, source: Source, state: SourceState) -> FetchOutcome:
            self.asked.append(state)
            return Fetched(NEWS, source.url)

    with other._database.write():
        poller, reports = polled(store, News(), times=3)
    assert [report.outcome for report in reports] == [PollOutcome.FAILED] * 3
    assert [report.next_poll for report in reports] == [NOW + AGAIN, NOW + 2 * AGAIN, NOW + 4 * AGAIN]
    poller.write_states()
    state = store.source_states()["a"]
    assert state.failures == 3
    assert "could not be recorded" in str(state.error)
    polled(store, News())
    assert (store.source_states()["a"].failures, len(list(store.articles()))) == (0, 1)
    store.close()
    other.close()


def test_the_states_of_many_sources_are_read_by_one_query(tmp_path: Path) -> None:
    store = open_store("sqlite", tmp_path)
    sources = {f"s{n}": Source(f"s{n}", f"http://h{n}.example/") for n in range(50)}
    store.save_states([SourceState(name, url=source.url, etag="x") for name, source in sources.items()])
    asked: list[str] = []
    event.listen(store._database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    fetcher = Unchanged()
    plan = Plan(Settings(Path(), sources=sources), RuleSet(()), fetcher, {}, READ_HERE)
    poller = Poller(store, lambda: NOW, random.Random(1), lambda *_: None)
    poller.enqueue(plan, [(source,) for source in sources.values()])
    poller.wait_until_done()
    assert [state.etag for state in fetcher.asked] == ["x"] * 50
    assert sum("FROM sources" in statement for statement in asked) == 1
    store.close()


def test_states_that_were_read_long_ago_are_read_again() -> None:
    now, read = [0.0], list[set[str]]()

    def states(names: Iterable[str]) -> dict[str, SourceState]:
        read.append(set(names))
        return {name: SourceState(name) for name in names}

    ahead = StatesAhead(states, ["a", "b", "c"], lambda: now[0])
    assert ahead.take(["a"]) == {"a": SourceState("a")}
    ahead.take(["b"])
    now[0] += FRESH + 1
    assert ahead.take(["c"]) == {"c": SourceState("c")}
    assert read == [{"a", "b", "c"}, {"c"}]


class Slow(Unchanged):
    """Answers when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.let = threading.Event()

    def fetch(self, source: Source, state: SourceState) -> FetchOutcome:
        self.let.wait(30)
        return super().fetch(source, state)


def test_sources_that_wait_long_for_their_turn_are_late(tmp_path: Path) -> None:
    slow, passed = Slow(), [0.0]
    every = {name: Source(name, f"http://a.example/{name}") for name in ("a", "b", "c", "d")}
    settings = Settings(Path(), sources=every)
    plan = Plan(settings, RuleSet(()), slow, {}, READ_HERE)
    store = open_store("sqlite", tmp_path)
    poller = Poller(store, lambda: NOW, random.Random(1), lambda *_: None, monotonic=lambda: passed[0])
    poller.enqueue(plan, [(source,) for source in every.values()])
    assert poller.late(timedelta(seconds=1))[0] == 0
    passed[0] = 660.0
    assert poller.late(timedelta(minutes=10)) == (2, timedelta(minutes=11))  # two are asked: see `per_host`
    slow.let.set()
    poller.wait_until_done()
    assert poller.late(timedelta(0)) == (0, timedelta(0))
    store.close()
