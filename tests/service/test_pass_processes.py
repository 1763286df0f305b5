"""The other processes of a single pass, with documents that break them, and with ends of all kinds."""

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.desk import DeskFiles, environment, item, rss, wait_for, wait_until_alone
from support.sessions import living
from support.web import Answer, Request, WebServer
from watchdesk import articles, sources
from watchdesk.configuration import Configuration, read_configuration
from watchdesk.errors import UnreadableInput
from watchdesk.model import Entry, Fetched, ParsedFeed, Source
from watchdesk.service.pass_processes import MANY, SMALL, PassProcesses

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SHORT = Fetched(rss(item("1", "A title", "A text.")), "http://e.org/feed")
LARGE = replace(SHORT, body=SHORT.body + b" " * SMALL)
FEED = Source("a", LARGE.url)


def _sleeping(*_: object) -> ParsedFeed:
    time.sleep(60)
    return ParsedFeed(())


def _dying(*_: object) -> ParsedFeed:
    os.kill(os.getpid(), signal.SIGKILL)
    return ParsedFeed(())


def _growing(*_: object) -> ParsedFeed:
    return ParsedFeed((), title=str(len(bytearray(1 << 34))))


@pytest.fixture(autouse=True)
def alone() -> None:
    wait_until_alone()


@pytest.fixture
def configuration(desk: DeskFiles) -> Configuration:
    desk.write({"a": FEED.url})
    return read_configuration(desk.config)


@pytest.fixture
def processes(
    configuration: Configuration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PassProcesses]:
    """Of a pass over few sources. They know three kinds of document that no reader of ours should meet."""
    hostile = {"sleeping": _sleeping, "dying": _dying, "growing": _growing}
    monkeypatch.setattr(sources, "KINDS", {**sources.KINDS, **hostile})
    with closing(PassProcesses(configuration, tmp_path, lambda: NOW, 1, longest=0.5)) as made:
        yield made


def test_a_large_document_is_read_in_another_process_as_it_would_be_here(processes: PassProcesses) -> None:
    document = processes.reading.document(LARGE, FEED, NOW)
    assert [entry.keys[0] for entry in document.entries] == ["g:1"]
    assert [(article.title, article.text) for article in document.articles] == [("A title", "A text.")]
    assert document == processes.reading.document(SHORT, FEED, NOW)


def test_what_cannot_be_read_is_told_in_the_readers_words(processes: PassProcesses) -> None:
    with pytest.raises(UnreadableInput, match="empty document"):
        processes.reading.document(Fetched(b" " * 2 * SMALL, FEED.url), FEED, NOW)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("sleeping", "took longer than 0.5 s"),
        ("dying", "ended the process that read it"),
        ("growing", "takes more than 1024 MB of memory"),
    ],
)
def test_a_document_that_breaks_its_reader_costs_that_document_alone(
    processes: PassProcesses, kind: str, told: str
) -> None:
    with pytest.raises(UnreadableInput, match=told):
        processes.reading.document(LARGE, replace(FEED, kind=kind), NOW)
    assert len(processes.reading.document(LARGE, FEED, None).entries) == 1


@pytest.mark.parametrize("what", ["entries", "page"])
def test_entries_and_pages_are_read_in_processes_too(
    what: str, configuration: Configuration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(articles, "normalise_all", _sleeping)
        patched.setattr(articles, "read_page", _sleeping)
        made = PassProcesses(configuration, tmp_path, lambda: NOW, 1, longest=0.3)
    with closing(made), pytest.raises(UnreadableInput, match="took longer than"):
        if what == "page":
            made.reading.page(LARGE, FEED, NOW)
        else:
            made.reading.articles([Entry(content="x" * 2 * SMALL)], ParsedFeed(()), FEED, NOW)


def test_what_is_small_is_read_without_a_process(processes: PassProcesses) -> None:
    processes.close()
    assert len(processes.reading.document(SHORT, FEED, NOW).articles) == 1
    with pytest.raises(UnreadableInput, match="no process could be started"):
        processes.reading.document(LARGE, FEED, NOW)


def test_a_pass_over_many_sources_says_and_keeps_what_passes_over_few_do(
    desk: DeskFiles, web: WebServer
) -> None:
    names = [f"paper-{number}" for number in range(MANY)]
    for name in names:
        entries = item(name, f"NATO agrees on {name}", f"Ministers agreed on defence spending, {name} says.")
        web.serve(f"/{name}", rss(entries))
    desk.write({name: web.url(f"/{name}") for name in [*names, "gone"]})
    together = desk.run("once", "--all", "--json")
    assert together.status == 1, "one feed is gone"
    outcomes = [(told["id"], told["outcome"], told["new_articles"]) for told in together.document["sources"]]
    assert outcomes == [*((name, "new", 1) for name in names), ("gone", "failed", 0)]
    found = {match["article"]["title"] for match in together.document["matches"]}
    assert found == {f"NATO agrees on {name}" for name in names}
    again = desk.run("once", "--all", "--json").document
    assert [told["outcome"] for told in again["sources"]] == ["unchanged"] * len(names) + ["failed"]
    assert (again["articles"], again["matches"]) == (0, [])


@pytest.mark.parametrize(
    ("count", "ending"), [(MANY, signal.SIGINT), (MANY, signal.SIGKILL), (1, signal.SIGTERM)]
)
def test_a_pass_that_is_ended_leaves_no_process_behind_and_the_next_one_finds_everything(
    desk: DeskFiles, web: WebServer, count: int, ending: signal.Signals
) -> None:
    asked, goes_on = _papers_that_wait(desk, web, count)
    with _own_session(desk.command("once", "--all")) as process:
        assert asked.acquire(timeout=60)
        assert len(living(process.pid)) > 1
        process.send_signal(ending)
        status = process.wait(timeout=30)
        assert status == (130 if ending == signal.SIGINT else -ending)
        wait_for(lambda: not living(process.pid), "the end of its other processes", 10)
    goes_on.set()
    assert desk.run("once", "--all", "--json").document["articles"] == count


def test_a_pass_whose_other_processes_are_killed_ends_and_says_so_and_the_next_one_finds_everything(
    desk: DeskFiles, web: WebServer
) -> None:
    asked, goes_on = _papers_that_wait(desk, web, MANY)
    with _own_session(desk.command("once", "--all", "--json"), stdout=subprocess.PIPE) as process:
        assert asked.acquire(timeout=60)
        for other in living(process.pid):
            if other != process.pid:
                os.kill(other, signal.SIGKILL)
        said, _ = process.communicate(timeout=60)
        assert process.returncode == 1
    told = json.loads(said)["sources"]
    assert [one["outcome"] for one in told] == ["failed"] * MANY
    assert all("the processes that poll have ended" in one["error"] for one in told)
    goes_on.set()
    assert desk.run("once", "--json").document["articles"] == MANY, "all are due"


def _papers_that_wait(
    desk: DeskFiles, web: WebServer, count: int
) -> tuple[threading.Semaphore, threading.Event]:
    """A desk of so many sources: released when one is asked, and set for them to answer."""
    asked, goes_on = threading.Semaphore(0), threading.Event()

    def respond(request: Request) -> Answer:
        asked.release()
        goes_on.wait(30)
        return Answer(body=rss(item(request.path, f"NATO on {request.path}")))

    for number in range(count):
        web.respond(f"/{number}", respond)
    desk.write({f"paper-{number}": web.url(f"/{number}") for number in range(count)})
    return asked, goes_on


@contextmanager
def _own_session(command: list[str], stdout: int = subprocess.DEVNULL) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        command,
        env=environment(),
        start_new_session=True,
        stdout=stdout,
        stderr=subprocess.DEVNULL,
        preexec_fn=_heeding_signals,  # noqa: PLW1509 - it takes no lock
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _heeding_signals() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
