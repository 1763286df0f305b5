"""Whole polls in other processes: what ends one of these costs one document, and nothing is recorded late."""

import errno
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pytest

from support.desk import item, rss, wait_for, wait_until_alone
from support.web import Answer, Request, WebServer
from watchdesk import articles, sources
from watchdesk.config.settings import PollingSettings, Settings
from watchdesk.model import Article, Fetched, FullText, ParsedFeed, Source
from watchdesk.plan import Plan
from watchdesk.polling.collecting import READ_HERE
from watchdesk.polling.report import PollOutcome, PollReport
from watchdesk.rules import RuleSet
from watchdesk.service.poll_workers import fork_server
from watchdesk.service.poll_workers.fork_server import ForkServer, ForkServerEnded
from watchdesk.service.poll_workers.slots import Slots
from watchdesk.service.poll_workers.worker import WorkerParts, work
from watchdesk.service.poll_workers.workers import PollWorkers
from watchdesk.service.polling import Poller
from watchdesk.service.states_ahead import Group
from watchdesk.sources import HttpFetcher, Turns, hosts_by_clock
from watchdesk.sources.feeds.feed import read_feed
from watchdesk.store import SqlStore, open_beside, open_store

POLLING = PollingSettings(private_addresses=True, workers=2, per_host=2)
RULES = RuleSet.from_yaml("rules: {nato: {title: NATO, query: NATO}, bank: {title: Bank, query: bank}}")
FULL = "full"
"""While there is a file of this name, the system has no room for another process."""
NEWER = RuleSet.from_yaml("rules: {new: {title: NATO, query: NATO}}")


def _sleeping(answer: Fetched, source: Source) -> ParsedFeed:
    time.sleep(60)
    return ParsedFeed(())


def _dying(answer: Fetched, source: Source) -> ParsedFeed:
    os.kill(os.getpid(), signal.SIGKILL)
    return ParsedFeed(())


def _growing(answer: Fetched, source: Source) -> ParsedFeed:
    return ParsedFeed((), title=str(len(bytearray(1 << 34))))


def _working(answer: Fetched, source: Source) -> ParsedFeed:
    end = time.thread_time() + 0.8
    while time.thread_time() < end:
        pass
    return read_feed(answer, source)


def _deadly_page(*_: object) -> Article:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


@pytest.fixture(autouse=True)
def alone() -> None:
    wait_until_alone()


@dataclass
class Desk:
    """Sources that are polled by workers, and what came of it."""

    folder: Path
    server_of: Callable[[RuleSet], ForkServer]
    workers: PollWorkers
    store: SqlStore
    sources: Mapping[str, Source] = field(default_factory=dict)
    reports: list[PollReport] = field(default_factory=list)

    def __post_init__(self) -> None:
        clock = lambda: datetime.now(UTC)  # noqa: E731
        self.poller = Poller(self.store, clock, random.Random(1), self._done, workforce=self.workers)

    def follow(self, rules: RuleSet, polling: PollingSettings = POLLING, *, waits: bool = True) -> None:
        settings = Settings(self.folder, polling=polling, sources=self.sources)
        fetcher = HttpFetcher(polling, None, self.workers.hosts)
        self.plan = Plan(settings, rules.outline(), fetcher, {}, READ_HERE)
        self.workers.follow(self.workers.hire(self.plan, self.server_of(rules), waits=waits))

    def poll(self, *names: str) -> dict[str, PollReport]:
        """One poll of each, to its end."""
        self.begin(*names)
        self.poller.wait_until_done()
        return {report.source_id: report for report in self.reports}

    def begin(self, *names: str) -> None:
        self.reports.clear()
        self.poller.enqueue(self.plan, [(self.sources[name],) for name in names or self.sources])

    def _done(self, _: Group, reports: Sequence[PollReport]) -> None:
        self.reports.extend(reports)

    @property
    def matched(self) -> dict[str, list[str]]:
        """By title of stored articles, the rules that matched them."""
        return {
            article.title: [stored.match.rule for stored in self.store.matches(article.id or 0)]
            for article in self.store.articles()
        }

    @property
    def processes(self) -> list[int]:
        """Of the workers."""
        crew = self.workers._crew
        assert crew is not None
        return [seat._process.forked.process_id for seat in crew.seats if seat._process]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The workers know four kinds of document that no reader of ours should meet."""
    hostile = {"sleeping": _sleeping, "dying": _dying, "growing": _growing, "working": _working}
    monkeypatch.setattr(sources, "KINDS", {**sources.KINDS, **hostile})
    yield from _desk(tmp_path)


def _desk(folder: Path) -> Iterator[Desk]:
    slots, full, fork = Slots(), folder / FULL, os.fork
    made: list[Desk] = []

    def fork_unless_full() -> int:
        if full.exists():
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        return fork()

    def generation(asked: tuple[RuleSet, Mapping[str, Source]], connection: object) -> None:
        rules, followed = asked
        patch.object(os, "fork", fork_unless_full).start()  # in this process

        def plan(turns: Turns) -> Plan:
            settings = Settings(folder, polling=POLLING, sources=followed)
            return Plan(settings, rules, HttpFetcher(POLLING, None, turns), {}, READ_HERE)

        parts = WorkerParts(plan, lambda: open_beside("sqlite", folder), lambda: datetime.now(UTC), slots)
        fork_server.serve(connection, lambda request, own: work(parts, request, own))  # type: ignore[arg-type]

    first = fork_server.begin(lambda connection: fork_server.serve(connection, generation))

    def server_of(rules: RuleSet) -> ForkServer:
        return first.fork((rules, made[0].sources)).as_server()

    with ExitStack() as undo:
        undo.callback(first.close)
        store = undo.enter_context(closing(open_store("sqlite", folder)))
        hosts = hosts_by_clock(POLLING)
        workers = PollWorkers(store, slots, hosts, longest=2.0, budget=0.3)
        undo.callback(workers.close)
        made.append(Desk(folder, server_of, workers, store))
        yield made[0]


def test_what_a_worker_polls_is_recorded_with_its_matches(desk: Desk, web: WebServer) -> None:
    web.serve("/a", rss(item("1", "NATO meets", "A text.")))
    web.serve("/b", rss(item("2", "A bank fails", "A text."), item("3", "Rain", "A text.")))
    desk.sources = {name: Source(name, web.url(f"/{name}")) for name in "ab"}
    desk.follow(RULES)
    reports = desk.poll()
    assert {name: (one.outcome, one.new_articles) for name, one in reports.items()} == {
        "a": (PollOutcome.NEW, 1),
        "b": (PollOutcome.NEW, 2),
    }
    assert desk.matched == {"NATO meets": ["nato"], "A bank fails": ["bank"], "Rain": []}
    assert [one.outcome for one in desk.poll().values()] == [PollOutcome.UNCHANGED] * 2
    states = desk.store.source_states()
    assert all(states[name].last_success for name in "ab")


def test_a_worker_reads_all_that_a_poll_looks_up(desk: Desk, web: WebServer) -> None:
    """Known entries, stored versions, and what stands in most articles of the source."""
    text = "".join(f"&lt;p&gt;Paragraph {n} of the report from Brussels.&lt;/p&gt;" for n in range(5))
    web.serve("/a", rss(item("1", "NATO meets", text)))
    desk.sources = {"a": Source("a", web.url("/a"))}
    desk.follow(RULES)
    assert desk.poll()["a"].new_articles == 1
    web.serve("/a", rss(item("1", "NATO meets again", text + "&lt;p&gt;A bank said no.&lt;/p&gt;")))
    assert desk.poll()["a"].updated_articles == 1
    assert desk.matched == {"NATO meets again": ["nato", "bank"]}


def held_back(web: WebServer) -> tuple[threading.Semaphore, threading.Event]:
    """A feed at /a: released each time that it is asked for, and answered once the event is set."""
    asked, go = threading.Semaphore(0), threading.Event()

    def late(_: Request) -> Answer:
        asked.release()
        go.wait(20)
        return Answer(rss(item("1", "NATO meets", "A text.")))

    web.respond("/a", late)
    return asked, go


def test_the_polls_of_a_worker_that_is_killed_are_made_again(desk: Desk, web: WebServer) -> None:
    asked, go = held_back(web)
    desk.sources = {"a": Source("a", web.url("/a"))}
    desk.follow(RULES)
    desk.begin()
    assert asked.acquire(timeout=20)
    for process in desk.processes:
        os.kill(process, signal.SIGKILL)
    assert asked.acquire(timeout=20)  # by the next one
    go.set()
    desk.poller.wait_until_done()
    assert [(one.outcome, one.new_articles) for one in desk.reports] == [(PollOutcome.NEW, 1)]
    assert desk.matched == {"NATO meets": ["nato"]}


def test_a_worker_sends_nothing_once_its_machine_may_ask_nobody(desk: Desk, web: WebServer) -> None:
    web.serve("/a", rss(item("1", "NATO meets", "A text.")))
    desk.sources = {"a": Source("a", web.url("/a"))}
    desk.follow(RULES)
    desk.workers._slots.lease.renew(time.monotonic())  # its workers are up, and see it
    assert desk.poll()["a"].outcome is PollOutcome.SKIPPED
    assert not web.requests
    desk.workers._slots.lease.renew(time.monotonic() + 60)
    assert desk.poll()["a"].outcome is PollOutcome.NEW


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("sleeping", "took longer than 2 s"),
        ("dying", "ended the process that read it"),
        ("growing", "takes more than 1024 MB of memory"),
    ],
)
def test_a_document_that_breaks_its_reader_costs_that_document_alone(
    desk: Desk, web: WebServer, kind: str, told: str
) -> None:
    good = [f"good-{n}" for n in range(6)]
    for name in (*good, "bad"):
        web.serve(f"/{name}", rss(item(name, f"News of {name}", "A text.")))
    desk.sources = {name: Source(name, web.url(f"/{name}")) for name in good}
    desk.sources["bad"] = Source("bad", web.url("/bad"), kind=kind)
    desk.follow(RULES)
    reports = desk.poll()
    assert told in str(reports["bad"].error)
    assert set(desk.matched) == {f"News of {name}" for name in good}
    assert desk.store.source_states()["bad"].failures == 1
    before = desk.processes[:2]
    assert told in str(desk.poll("bad")["bad"].error)
    assert desk.processes[:2] == before, "a source that broke a worker breaks no other's again"


def test_a_document_that_takes_long_is_read_in_the_slow_lane(desk: Desk, web: WebServer) -> None:
    for name in ("good", "long"):
        web.serve(f"/{name}", rss(item(name, f"News of {name}", "A text.")))
    desk.sources = {
        "good": Source("good", web.url("/good")),
        "long": Source("long", web.url("/long"), kind="working"),
    }
    desk.workers._limits = 60.0, 0.3
    desk.follow(RULES)
    reports = desk.poll()
    assert {one.outcome for one in reports.values()} == {PollOutcome.NEW}
    assert desk.workers._heavy == {"long"}
    web.serve("/long", rss(item("later", "More news", "A text.")))
    before = desk.processes
    assert desk.poll("long")["long"].outcome is PollOutcome.NEW
    assert desk.processes == before, "whoever was slow last time costs no process this time"


def test_a_page_that_ends_its_reader_leaves_the_article_as_its_entry_has_it(
    tmp_path: Path, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(articles, "read_page", _deadly_page)
    web.serve("/page", b"<p>deadly</p>")
    web.serve("/a", rss(item("1", "NATO meets", "Short.", link=web.url("/page"))))
    made = _desk(tmp_path)
    desk = next(made)
    desk.sources = {"a": Source("a", web.url("/a"), full_text=FullText.ALWAYS)}
    desk.follow(RULES)
    assert desk.poll()["a"].outcome is PollOutcome.NEW
    assert desk.matched == {"NATO meets": ["nato"]}
    assert "ended the process that read it" in desk.store.source_states()["a"].trouble[0]
    assert not list(made)


def test_nothing_is_recorded_by_rules_that_a_reload_has_replaced(desk: Desk, web: WebServer) -> None:
    asked, go = held_back(web)
    desk.sources = {"a": Source("a", web.url("/a"))}
    desk.follow(RULES)
    desk.begin()
    assert asked.acquire(timeout=20)
    desk.follow(NEWER)
    go.set()
    desk.poller.wait_until_done()
    assert [one.outcome for one in desk.reports] == [PollOutcome.SKIPPED]
    assert desk.matched == {}
    assert desk.poll()["a"].outcome is PollOutcome.NEW
    assert desk.matched == {"NATO meets": ["new"]}


def test_nothing_is_recorded_that_was_looked_up_in_a_database_before_it_was_opened_anew(
    desk: Desk, web: WebServer
) -> None:
    asked, go = held_back(web)
    desk.sources = {"a": Source("a", web.url("/a"))}
    desk.follow(RULES)
    desk.begin()
    assert asked.acquire(timeout=20)
    desk.workers.renew(desk.store.reopen)
    go.set()
    desk.poller.wait_until_done()
    assert [one.outcome for one in desk.reports] == [PollOutcome.SKIPPED]
    assert desk.poll()["a"].outcome is PollOutcome.NEW
    assert desk.matched == {"NATO meets": ["nato"]}


def test_a_worker_of_an_older_plan_ends_when_it_has_nothing_more_to_do(desk: Desk, web: WebServer) -> None:
    web.serve("/a", rss(item("1", "NATO meets", "A text.")))
    desk.sources = {"a": Source("a", web.url("/a"))}
    desk.follow(RULES)
    before = desk.processes
    desk.follow(NEWER)
    wait_for(lambda: not any(_runs(process) for process in before), "the end of the old workers", 20)
    assert desk.poll()["a"].outcome is PollOutcome.NEW


def test_hosts_are_asked_as_gently_by_many_workers_as_by_one(desk: Desk, web: WebServer) -> None:
    """Redirects lead to one host from hosts that belong to different workers."""
    at_once, most, lock = [0], [0], threading.Lock()

    def counted(request: Request) -> Answer:
        with lock:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
        time.sleep(0.1)
        with lock:
            at_once[0] -= 1
        return Answer(rss(item(request.path, f"News {request.path}", "A text.")))

    with ExitStack() as servers:
        target = servers.enter_context(WebServer("127.0.0.9"))
        followed: dict[str, Source] = {}
        for n in range(8):
            target.respond(f"/{n}", counted)
            other = servers.enter_context(WebServer(f"127.0.2.{n + 1}"))
            other.respond("/feed", Answer(status=302, headers={"Location": target.url(f"/{n}")}))
            followed[f"s{n}"] = Source(f"s{n}", other.url("/feed"))
        desk.sources = followed
        desk.follow(RULES)
        reports = desk.poll()
        asked_by = {name: report.outcome for name, report in reports.items()}
    assert set(asked_by.values()) == {PollOutcome.NEW}
    assert most[0] <= POLLING.per_host


def test_where_no_worker_can_be_forked_at_a_start_polls_wait_until_one_can(
    desk: Desk, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watchdesk.service.poll_workers.seat._AGAIN", 0.05)
    web.serve("/a", rss(item("1", "NATO meets", "A text.")))
    failed = threading.Event()
    desk.workers._call_when_lost = failed.set
    desk.sources = {"a": Source("a", web.url("/a"))}
    full = desk.folder / FULL
    full.touch()
    desk.follow(RULES, waits=False)
    desk.begin()
    assert failed.wait(20)
    assert (desk.processes, desk.reports) == ([], [])
    full.unlink()
    desk.poller.wait_until_done()
    assert [one.outcome for one in desk.reports] == [PollOutcome.NEW]
    assert desk.matched == {"NATO meets": ["nato"]}


def test_a_crew_that_cannot_be_replaced_is_said_to_be_lost(desk: Desk, web: WebServer) -> None:
    web.serve("/a", rss(item("1", "NATO meets", "A text.")))
    lost = threading.Event()
    desk.workers._call_when_lost = lost.set
    desk.sources = {"a": Source("a", web.url("/a"))}
    desk.follow(RULES)
    crew = desk.workers._crew
    assert crew is not None
    crew._room.fork_server.close()
    for process in desk.processes:
        os.kill(process, signal.SIGKILL)
    assert lost.wait(20)
    desk.follow(RULES)
    assert desk.poll()["a"].outcome is PollOutcome.NEW


def test_a_fork_server_that_hangs_is_ended_and_its_crew_is_lost(desk: Desk, web: WebServer) -> None:
    web.serve("/a", rss(item("1", "NATO meets", "A text.")))
    lost = threading.Event()
    desk.workers._call_when_lost = lost.set
    desk.sources = {"a": Source("a", web.url("/a"))}
    desk.follow(RULES)
    server = _stopped_server(desk)
    server._patience = 0.5
    for process in desk.processes:
        os.kill(process, signal.SIGKILL)
    assert lost.wait(20)
    with pytest.raises(ForkServerEnded):
        server.fork()
    desk.follow(RULES)
    assert desk.poll()["a"].outcome is PollOutcome.NEW


def test_nobody_waits_for_a_fork_server_that_hangs_once_it_is_to_end(desk: Desk) -> None:
    desk.follow(RULES)
    server = _stopped_server(desk)
    told: list[Exception] = []

    def fork() -> None:
        try:
            server.fork()
        except OSError as error:
            told.append(error)

    waiting = threading.Thread(target=fork)
    waiting.start()
    wait_for(server._talking.locked, "the request")
    server.close()
    waiting.join(20)
    assert [type(error) for error in told] == [ForkServerEnded]


def test_polls_of_workers_that_none_will_follow_have_failed_and_are_due_as_before(
    desk: Desk, web: WebServer
) -> None:
    asked, go = held_back(web)
    web.serve("/b", rss(item("2", "A bank fails", "A text.")))
    desk.sources = {name: Source(name, web.url(f"/{name}")) for name in "ab"}
    desk.follow(RULES, replace(POLLING, concurrency=1))
    desk.begin()
    assert asked.acquire(timeout=20)
    crew = desk.workers._crew
    assert crew is not None
    crew._room.fork_server.close()
    for process in desk.processes:
        os.kill(process, signal.SIGKILL)
    desk.poller.wait_until_done()
    go.set()
    assert {report.source_id: report.outcome for report in desk.reports} == dict.fromkeys(
        "ab", PollOutcome.FAILED
    )
    assert all("the processes that poll have ended" in str(report.error) for report in desk.reports)
    assert desk.store.source_states() == {}, "nothing is held against the sources"
    desk.follow(RULES)
    assert {report.outcome for report in desk.poll().values()} == {PollOutcome.NEW}


def _stopped_server(desk: Desk) -> ForkServer:
    crew = desk.workers._crew
    assert crew is not None
    server = crew._room.fork_server
    signal.pidfd_send_signal(server._process, signal.SIGSTOP)
    return server


def _runs(number: int) -> bool:
    try:
        stat = Path(f"/proc/{number}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
