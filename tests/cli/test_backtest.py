"""`backtest`, from the files and the archive of a real desk."""

import os
import pty
import select
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from support.desk import RULES, DeskFiles, environment, item, rss
from support.web import WebServer
from watchdesk.model import Article, Ingested, SourceState
from watchdesk.store import open_store

NATO = item("1", "NATO agrees a new spending target", "Ministers of NATO agreed on defence spending.")
BUDGET = item("2", "NATO counts", "The defence spending of NATO is counted.")
GRAIN = item("3", "Grain leaves the port", "The first ship left on Monday, NATO says.")
CHANGED = RULES.replace(
    'NATO AND ("defence spending" OR "spending target")', 'NATO AND ("spending target" OR grain)'
)
GONE = RULES.replace("nato-spending:", "nato-money:")


@pytest.fixture
def polled(desk: DeskFiles, web: WebServer) -> DeskFiles:
    """A desk with three articles in its archive, two of which a rule matched."""
    web.serve("/feed", rss(NATO, BUDGET, GRAIN))
    desk.write({"wire": web.url("/feed")})
    assert desk.run("once", "--all").status == 0
    return desk


def rewrite(desk: DeskFiles, rules: str) -> None:
    (desk.config / "rules" / "desk.yaml").write_text(rules)


def test_rules_that_did_not_change_keep_what_they_found(polled: DeskFiles) -> None:
    answered = polled.run("backtest", "--json")
    assert answered.status == 0, answered.err
    found = {rule["rule"]: (rule["kept"], rule["new"], rule["lost"]) for rule in answered.document["rules"]}
    assert found == {"nato-spending": (2, 0, 0), "ukraine-aid": (0, 0, 0)}


def test_a_changed_rule_shows_what_it_wins_and_loses_and_why(polled: DeskFiles) -> None:
    rewrite(polled, CHANGED)
    document = polled.run("backtest", "nato-spending", "--json").document
    assert (document["articles"], document["timezone"], document["days"]) == (3, "Europe/Brussels", 1.0)
    rule = document["rules"][0]
    assert (rule["rule"], rule["kept"], rule["new"], rule["lost"]) == ("nato-spending", 1, 1, 1)
    assert (rule["then_a_day"], rule["now_a_day"]) == (2.0, 2.0)
    assert rule["sources"] == [{"source": "wire", "kept": 1, "new": 1, "lost": 1}]
    assert [day | {"day": ""} for day in rule["days"]] == [{"day": "", "kept": 1, "new": 1, "lost": 1}]
    new, lost = rule["newest_new"][0], rule["newest_lost"][0]
    assert (new["title"], new["snippet"]) == (
        "Grain leaves the port",
        "The first ship left on Monday, NATO says.",
    )
    assert (lost["title"], lost["corrected"]) == ("NATO counts", False)
    assert lost["because"] == "none of \"spending target\", 'grain' is in the article"
    assert lost["first_seen"].endswith("Z")


def test_the_terminal_shows_the_same(polled: DeskFiles) -> None:
    rewrite(polled, CHANGED)
    answered = polled.run("backtest")
    assert answered.err == ""
    lines = [" ".join(line.split()) for line in answered.out.splitlines()]
    assert lines[0] == "rule kept new lost a day then a day now"
    assert "nato-spending 1 1 1 2.0 2.0" in lines
    assert "new Grain leaves the port" in lines
    assert "lost NATO counts" in lines
    assert "because: none of \"spending target\", 'grain' is in the article" in lines
    assert "Articles are compared by the text they have now" in answered.out


def test_an_article_that_was_corrected_counts_by_its_present_text(polled: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(NATO, item("2", "NATO counts", "There was nothing to count.")))
    assert polled.run("once", "--all").status == 0
    lost = polled.run("backtest", "--json").document["rules"][0]["newest_lost"]
    assert [(one["title"], one["corrected"]) for one in lost] == [("NATO counts", True)]
    assert "(the article was corrected since it matched)" in " ".join(polled.run("backtest").out.split())


def test_a_rule_that_is_no_longer_in_the_files_is_said_to_be_gone(polled: DeskFiles) -> None:
    rewrite(polled, GONE)
    found = {rule["rule"]: rule for rule in polled.run("backtest", "--json").document["rules"]}
    assert (found["nato-spending"]["in_files"], found["nato-spending"]["lost"]) == (False, 2)
    assert (found["nato-money"]["in_files"], found["nato-money"]["new"]) == (True, 2)
    alone = polled.run("backtest", "nato-spending")
    assert alone.status == 0
    assert "nato-spending (no longer in the files)" in alone.out


def test_a_rule_that_never_was_is_refused_with_the_nearest_name(polled: DeskFiles) -> None:
    answered = polled.run("backtest", "nato-spendin")
    assert answered.status == 2
    assert "there is no rule 'nato-spendin'; did you mean 'nato-spending'?" in answered.err


def test_since_narrows_the_window(polled: DeskFiles) -> None:
    with closing(sqlite3.connect(polled.state / "watchdesk.db")) as database, database:
        database.execute("UPDATE articles SET first_seen = first_seen - 7200000000")  # two hours, in µs
    document = polled.run("backtest", "--since", "3h", "--json").document
    assert (document["articles"], document["rules"][0]["kept"]) == (3, 2)
    document = polled.run("backtest", "--since", "1h", "--json").document
    assert (document["articles"], document["rules"][0]["kept"]) == (0, 0)


def test_the_page_is_written_where_it_is_asked_for(polled: DeskFiles) -> None:
    page = polled.root / "page.html"
    answered = polled.run("backtest", "--html", str(page))
    assert (answered.status, answered.out) == (0, "")
    assert f"written to {page}" in answered.err
    assert "NATO spending</h2>" in page.read_text()
    assert polled.run("backtest", "--html", str(polled.root)).status == 2
    assert "cannot be written" in polled.run("backtest", "--html", "/no/such/folder/page.html").err


def test_an_empty_archive_is_no_mistake(desk: DeskFiles) -> None:
    desk.write({})
    desk.begin()
    answered = desk.run("backtest", "--html", str(desk.root / "page.html"))
    assert answered.status == 0, answered.err
    assert "0 of 0 articles read" in desk.run("backtest").out


def archive_of(desk: DeskFiles, number: int) -> None:
    """Many articles, so that going through them takes some seconds."""
    now = datetime.now(UTC)
    text = " ".join(f"word{n} of NATO" for n in range(400))
    article = Article.from_text(title="NATO", text=text, source="wire", language="en", first_seen=now)
    items = [
        Ingested(replace(article, first_seen=now - timedelta(seconds=n)), (f"k{n}",), "1", (f"s{n}",))
        for n in range(number)
    ]
    store = open_store("sqlite", desk.state)
    store.ingest(items, SourceState("wire"), now)
    store.close()


def test_a_bar_is_shown_on_a_terminal_and_ctrl_c_ends_it(desk: DeskFiles) -> None:
    desk.write({})
    desk.state.mkdir()
    archive_of(desk, 6000)
    leader, follower = pty.openpty()
    variables = {**environment(), "TERM": "xterm"}
    process = subprocess.Popen(
        desk.command("backtest"),
        stdout=subprocess.PIPE,
        stderr=follower,
        env=variables,
        start_new_session=True,
        # A test run in the background of a shell ignores Ctrl+C, and so would its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    os.close(follower)
    shown = _read_until(leader, b"back to ")
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    os.close(leader)
    assert b"articles read, back to " in shown
    assert (process.returncode, out) == (130, b"")


def _read_until(terminal: int, words: bytes, seconds: float = 30) -> bytes:
    shown, end = b"", time.monotonic() + seconds
    while words not in shown:
        assert time.monotonic() < end, shown
        if select.select([terminal], [], [], 0.1)[0]:
            shown += os.read(terminal, 4096)
    return shown
