"""`search`: rows as they are found, one JSON document, and an end at any moment."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.damage import PAGE
from support.desk import DeskFiles, environment, wait_for
from watchdesk.model import Article, Ingested, SourceState
from watchdesk.store import open_store

MANY = 1500
SOON = 8
"""Seconds, on a machine with much else to do; it waits for a lock for 15."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> DeskFiles:
    """A desk with many long articles: the newest and the oldest tell of grain."""
    desk = DeskFiles(tmp_path_factory.mktemp("filled"))
    desk.write({})
    desk.state.mkdir()
    fill(desk)
    return desk


@pytest.fixture
def archive(filled: DeskFiles, desk: DeskFiles) -> DeskFiles:
    """That desk, to change and to damage."""
    shutil.copytree(filled.root, desk.root, dirs_exist_ok=True)
    return desk


def fill(desk: DeskFiles, number: int = MANY) -> None:
    now = datetime.now(UTC)
    text = " ".join(f"word{n} of NATO" for n in range(100))
    article = Article.from_text(title="NATO", text=text, source="wire", language="en")
    grain = Article.from_text(title="Grain", text="Grain leaves.\n\nIt does.", source="wire", language="en")
    items = [
        Ingested(
            replace(grain if n in (0, number - 1) else article, first_seen=now - timedelta(seconds=n)),
            (f"k{n}",),
            "1",
            (f"s{n}",),
        )
        for n in range(number)
    ]
    with closing(open_store("sqlite", desk.state)) as store:
        store.ingest(items, SourceState("wire"), now)


@contextmanager
def searching(desk: DeskFiles, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        desk.command("search", *arguments),
        bufsize=0,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        # A test run in the background of a shell ignores Ctrl+C, and so would its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_rows_come_through_a_pipe_before_the_search_is_done(archive: DeskFiles) -> None:
    with searching(archive, "grain") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"Grain\n"
        assert process.poll() is None  # the oldest article is still far away
        out, err = process.communicate(timeout=60)
    assert out.decode().splitlines()[-1] == "2 articles"
    assert (process.returncode, err) == (0, b"")


def test_the_document_is_written_as_rows_are_found_and_is_whole(archive: DeskFiles) -> None:
    with searching(archive, "grain", "--json") as process:
        assert process.stdout is not None
        first = b"".join(process.stdout.readline() for _ in range(4))
        assert b'"id": ' in first
        assert process.poll() is None
        out, _ = process.communicate(timeout=60)
    said = (first + out).decode()
    document = json.loads(said)
    assert [one["title"] for one in document["articles"]] == ["Grain", "Grain"]
    assert said == json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    assert list(document["articles"][0]) == [
        *("id", "url", "title", "published_at", "source", "score", "spans", "snippet")
    ]


def test_a_document_without_rows_is_the_same_as_ever(desk: DeskFiles) -> None:
    desk.write({})
    desk.begin()
    assert desk.run("search", "NATO", "--json").out == '{\n  "articles": []\n}\n'


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_ctrl_c_ends_it_at_once_without_a_traceback(archive: DeskFiles, form: tuple[str, ...]) -> None:
    with searching(archive, "grain", *form) as process:
        assert process.stdout is not None
        process.stdout.readline()
        sent = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err.strip()) == (130, b"interrupted")
    assert time.monotonic() - sent < SOON


def test_ctrl_c_ends_it_while_another_keeps_the_database(archive: DeskFiles) -> None:
    path = archive.state / "watchdesk.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        with searching(archive, "grain") as process:
            wait_for(lambda: has_open(process, path), "a look at the database")
            time.sleep(1)  # it waits for 15 s
            assert process.poll() is None
            process.send_signal(signal.SIGINT)
            sent = time.monotonic()
            _, err = process.communicate(timeout=30)
    assert (process.returncode, err.strip()) == (130, b"interrupted")
    assert time.monotonic() - sent < SOON


def test_a_reader_that_has_enough_ends_it_quietly(archive: DeskFiles) -> None:
    with searching(archive, "NATO", "--limit", "100000") as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        process.stdout = None
        assert process.wait(30) == 1  # as click ends it
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_what_was_found_before_a_damaged_page_is_shown_and_then_the_damage(archive: DeskFiles) -> None:
    damage_half(archive)
    answered = archive.run_process("search", "NATO", "--limit", "100000", "--json")
    assert answered.status == 2
    assert "is damaged" in answered.err
    assert "Traceback" not in answered.err
    found = answered.document["articles"]
    assert 0 < len(found) < MANY
    shown = archive.run_process("search", "NATO", "--limit", "100000")
    assert (shown.status, shown.out.count("NATO\n")) == (2, len(found))


def has_open(process: "subprocess.Popen[bytes]", path: Path) -> bool:
    for file in Path(f"/proc/{process.pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since it was listed
            if file.samefile(path):
                return True
    return False


def damage_half(desk: DeskFiles) -> None:
    """Writes rubbish over a page of articles in the middle of their table."""
    path = desk.state / "watchdesk.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        asked = "SELECT rootpage FROM sqlite_schema WHERE name = 'articles'"
        (page,) = database.execute(asked).fetchone()
    data = path.read_bytes()
    while data[start := (page - 1) * PAGE] == 0x05:  # it only leads to others, as do its cells
        cells = int.from_bytes(data[start + 3 : start + 5], "big")
        cell = start + 12 + cells // 2 * 2
        place = start + int.from_bytes(data[cell : cell + 2], "big")
        page = int.from_bytes(data[place : place + 4], "big")
    with path.open("r+b") as file:
        file.seek(start)
        file.write(os.urandom(PAGE))


def test_a_query_without_a_word_of_the_index_says_that_all_is_read(desk: DeskFiles) -> None:
    desk.write({})
    desk.begin()
    answered = desk.run("search", "/[0-9]/")
    assert (answered.status, answered.out) == (0, "0 articles\n")
    assert answered.err == (
        "'/[0-9]/' has no word that the index can look up; reading articles from the newest on; "
        "Ctrl-C stops\n"
    )
    assert desk.run("search", "NATO AND /[0-9]/").err == ""


def test_since_0s_asks_for_no_article(desk: DeskFiles) -> None:
    desk.write({})
    desk.state.mkdir()
    fill(desk, 3)
    assert desk.run("search", "NATO OR grain").out.endswith("3 articles\n")
    assert desk.run("search", "NATO OR grain", "--since", "0s").out == "0 articles\n"


def test_a_search_says_how_much_the_index_lacks(archive: DeskFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    assert archive.run("search", "grain").err == ""
    monkeypatch.setattr("watchdesk.cli.search._FEW", 100)
    answered = archive.run("search", "grain")
    assert answered.err == "1,500 articles are not in the index yet and are read one by one\n"
    with closing(open_store("sqlite", archive.state)) as store:
        builder = store.index_builder()
        while builder.step(datetime.now(UTC)):
            pass
    indexed = archive.run("search", "grain")
    assert (indexed.out, indexed.err) == (answered.out, "")
