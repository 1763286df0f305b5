"""Reading processes, with documents that break them."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.desk import item, rss, wait_for
from watchdesk import articles, sources
from watchdesk.errors import UnreadableInput
from watchdesk.model import Entry, Fetched, ParsedFeed, Source
from watchdesk.service.readers import SMALL, Readers, reader_for

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
GOOD = Fetched(rss(item("1", "A title", "A text.")), "http://e.org/feed")


HEAVY = Fetched(b"<rss><channel>" + b"<item><title>A &b title</title><p>" * 1_500, "http://e.org/heavy")
"""Within all bounds, and many times the work of an ordinary feed."""


def _sleeping(answer: Fetched, source: Source) -> ParsedFeed:
    time.sleep(60)
    return ParsedFeed(())


def _endless(*_: object) -> None:
    time.sleep(60)


def _dying(answer: Fetched, source: Source) -> ParsedFeed:
    os.kill(os.getpid(), signal.SIGKILL)
    return ParsedFeed(())


def _growing(answer: Fetched, source: Source) -> ParsedFeed:
    return ParsedFeed((), title=str(len(bytearray(1 << 34))))


@pytest.fixture(autouse=True)
def alone() -> None:
    """Only without other threads are reading processes copies, which know what is patched here."""
    wait_for(lambda: threading.active_count() == 1, "the end of other tests' threads", 30)


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Readers]:
    """One process, which knows three kinds of document that no reader of ours should meet."""
    hostile = {"sleeping": _sleeping, "dying": _dying, "growing": _growing}
    monkeypatch.setattr(sources, "KINDS", {**sources.KINDS, **hostile})
    with closing(Readers(count=1, longest=0.5)) as opened:
        yield opened


def test_a_document_is_read_in_another_process_as_it_would_be_here(readers: Readers) -> None:
    document = readers.read(GOOD, Source("a", GOOD.url), NOW)
    assert [entry.keys[0] for entry in document.entries] == ["g:1"]
    assert [(article.title, article.text) for article in document.articles] == [("A title", "A text.")]
    unmade = readers.read(GOOD, Source("a", GOOD.url), None)
    assert ([entry.entry.title for entry in unmade.entries], unmade.articles) == (["A title"], ())


def test_what_cannot_be_read_is_told_in_the_readers_words(readers: Readers) -> None:
    with pytest.raises(UnreadableInput, match="empty document"):
        readers.read(Fetched(b"", "http://e.org/"), Source("a", "http://e.org/"), NOW)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("sleeping", "took longer than 0.5 s"),
        ("dying", "ended the process that read it"),
        ("growing", "takes more than 1024 MB of memory"),
    ],
)
def test_a_document_that_breaks_its_reader_costs_that_document_alone(
    readers: Readers, kind: str, told: str
) -> None:
    with pytest.raises(UnreadableInput, match=told):
        readers.read(GOOD, Source("a", GOOD.url, kind=kind), NOW)
    assert len(readers.read(GOOD, Source("a", GOOD.url), None).entries) == 1


def test_reading_processes_end_with_the_one_that_made_them() -> None:
    own, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        made = Readers(count=2)
        os.write(theirs, " ".join(str(reader._process.pid) for reader in made._all).encode())
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    numbers = [int(word) for word in os.read(own, 100).split()]
    end = time.monotonic() + 5
    while any(_runs(number) for number in numbers):
        assert time.monotonic() < end, "a reading process has outlived its maker"
        time.sleep(0.05)


def _runs(number: int) -> bool:
    try:
        with Path(f"/proc/{number}/stat").open() as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_reader_that_cannot_be_replaced_at_once_is_replaced_later(
    readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> None:
        raise OSError(24, "Too many open files")

    with monkeypatch.context() as patched:
        patched.setattr("watchdesk.service.readers._Started", full)
        patched.setattr("watchdesk.service.readers._Copied", full)
        with pytest.raises(OSError, match="Too many"):
            readers.read(GOOD, Source("a", GOOD.url, kind="dying"), NOW)
    with pytest.raises(UnreadableInput):
        readers.read(GOOD, Source("a", GOOD.url), None)
    assert len(readers.read(GOOD, Source("a", GOOD.url), None).entries) == 1


def test_hostile_documents_share_one_slow_lane_and_leave_the_others_alone() -> None:
    read: list[str] = []

    def take(readers: Readers, name: str, answer: Fetched) -> None:
        readers.read(answer, Source(name, answer.url), None)
        read.append(name)

    with closing(Readers(count=1, budget=0.1)) as readers:
        hostile, good = [f"hostile-{n}" for n in range(3)], [f"good-{n}" for n in range(20)]
        threads = [threading.Thread(target=take, args=(readers, name, HEAVY)) for name in hostile]
        for thread in threads:
            thread.start()
        wait_for(lambda: len(readers._heavy) == len(hostile), "the slow lane's waiting line")
        for name in good:
            take(readers, name, GOOD)
        for thread in threads:
            thread.join()
        assert read[-1] in hostile
        assert sorted(read) == sorted(good + hostile), "hostile ones are read in the end"
        known = list(readers._all)
        take(readers, hostile[0], HEAVY)
        assert readers._all == known, "whoever was slow last time costs no process this time"


def test_a_source_that_mends_its_documents_leaves_the_slow_lane() -> None:
    with closing(Readers(count=1, budget=0.1)) as readers:
        readers.read(HEAVY, Source("a", GOOD.url), None)
        assert readers._heavy == {"a"}
        # The first document of a process also costs what it loads for it.
        readers.read(GOOD, Source("b", GOOD.url), None)
        readers.read(GOOD, Source("a", GOOD.url), None)
        assert readers._heavy == set()


@pytest.mark.parametrize("what", ["entries", "page"])
def test_entries_and_pages_are_read_in_processes_too(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(articles, "normalise_all", _endless)
        patched.setattr(articles, "read_page", _endless)
        readers = Readers(count=1, longest=0.3)
    with closing(readers), pytest.raises(UnreadableInput, match="took longer than"):
        if what == "page":
            readers.page(GOOD, Source("a", GOOD.url), NOW)
        else:
            readers.articles([Entry(content="x" * 200_000)], ParsedFeed(()), Source("a", GOOD.url), NOW)


def test_few_entries_are_made_articles_without_a_process() -> None:
    with closing(Readers(count=1)) as readers:
        readers.close()
        [made] = readers.articles([Entry(title="A title")], ParsedFeed(()), Source("a", GOOD.url), NOW)
    assert made.title == "A title"


def test_a_small_run_of_once_is_read_in_a_process_that_can_be_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "KINDS", {**sources.KINDS, "dying": _dying})
    with reader_for(1) as reading:
        with pytest.raises(UnreadableInput, match="ended the process that read it"):
            large = replace(GOOD, body=GOOD.body + b" " * SMALL)
            reading.document(large, Source("a", GOOD.url, kind="dying"), NOW)
        assert len(reading.document(GOOD, Source("a", GOOD.url), NOW).articles) == 1
