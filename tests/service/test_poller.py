"""Polls that fail for reasons of our own are repeated, and what polls leave to be remembered is written."""

import random
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from watchdesk.config.settings import Settings
from watchdesk.model import Fetched, FetchOutcome, NotModified, Source, SourceState
from watchdesk.pipeline import Plan, PollOutcome, PollReport, read_document
from watchdesk.rules import RuleSet
from watchdesk.service.polling import AGAIN, Group, Poller
from watchdesk.sources import HttpFetcher
from watchdesk.store import SqlStore, open_store
from watchdesk.store.database import Database, database_url

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
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
    plan = Plan(settings, RuleSet(()), fetcher, {}, read_document)
    told: list[PollReport] = []

    def done(group: Group, reports: Sequence[PollReport]) -> None:
        told.extend(reports)

    poller = Poller(store, lambda: NOW, random.Random(1), done)
    for _ in range(times):
        poller.line_up(plan, [(SOURCE,)])
        poller.workers.wait_until_idle(10)
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
    plan = Plan(Settings(Path(), sources={"a": SOURCE}), RuleSet(()), fetcher, {}, read_document)
    poller = Poller(store, lambda: NOW, random.Random(1), lambda *_: None)
    assert poller.line_up(plan, [(SOURCE,)]) == []
    changed = (replace(SOURCE, title="New"),)
    assert poller.line_up(plan, [changed]) == [changed]
    fetcher.gate.set()
    poller.wait_until_done()
    assert poller.line_up(plan, [changed]) == []
    poller.wait_until_done()
    store.close()
