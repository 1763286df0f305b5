"""A damaged database is reported, and nothing is begun anew in silence."""

import json
import re
import shutil
import signal
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.damage import DAMAGES, settled
from support.desk import BRISK, DeskFiles, Process, item, rss, wait_for
from support.page_damage import PAGE_DAMAGES, grow
from support.web import WebServer
from watchdesk.service.liveness import CheckFile
from watchdesk.service.liveness.damage import CheckState, begun, opened, passed, used, why_read

SETTINGS = """\
polling: {every: 1s, fastest: 1s, slowest: 1s, first_poll: all, private_addresses: allow, timeout: 5s}
articles: {full_text: never}
channels:
  shelf: {files: digests/}
  desk: {files: told/}
operators: {to: [desk]}
digests:
  flash: {title: Flash, rules: all, at: once, to: [shelf]}
  evening: {title: Evening, rules: all, at: "0 18 * * *", to: [shelf]}
"""
COMMANDS = (["status"], ["sources"], ["deliveries"], ["once", "--all", "--send"])
IN_CI = {"magic", "cut-to-nothing", "cut-by-last-page", "articles", "index"}
LOWEST = 200
"""Seconds that what the upkeep process does may take: it has the lowest priority, and others may work."""
WORDS = "Ministers of NATO agreed on defence spending after long talks. " * 40


def articles(count: int, first: int = 0) -> bytes:
    every = (
        item(str(n), f"NATO agrees spending target {n}", f"{n} {WORDS}") for n in range(first, first + count)
    )
    return rss(*every)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state directory with articles, matches, a digest that was sent and one that waits."""
    desk = DeskFiles(tmp_path_factory.mktemp("kept"))
    with WebServer() as web:
        web.serve("/feed", articles(40))
        desk.write({"wire": web.url("/feed")}, settings=SETTINGS)
        assert desk.run("once", "--all", "--send").status == 0
        for _ in range(10):  # a slow machine reads the whole database in several passes
            if CheckFile(desk.state).read().began is None:
                break
            desk.run("once")
    settled(desk.state / "watchdesk.db")
    return desk.state


@pytest.fixture
def old(desk: DeskFiles, web: WebServer, kept: Path) -> DeskFiles:
    """A desk with such a state."""
    web.serve("/feed", articles(40))
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS)
    shutil.copytree(kept, desk.state)
    return desk


def told(desk: DeskFiles) -> list[str]:
    """The causes of which the operators were told, without the database."""
    found = sorted((desk.state / "told").glob("2*.json"))
    return [trouble["cause"] for path in found for trouble in json.loads(path.read_text())["troubles"]]


def of_damage(desk: DeskFiles) -> list[str]:
    """Those of the causes that say that the database, or a part of it, is damaged."""
    return [cause for cause in told(desk) if cause == "database" or cause.startswith("damage:")]


@pytest.mark.parametrize(
    "way", [pytest.param(way, marks=[] if way in IN_CI else [pytest.mark.slow]) for way in DAMAGES]
)
def test_damage_is_told_by_status_and_no_command_makes_a_mistake_of_its_own(old: DeskFiles, way: str) -> None:
    DAMAGES[way](old.state / "watchdesk.db")
    for command in COMMANDS if way not in IN_CI else COMMANDS[:1]:
        answered = old.run(*command)
        assert "a bug in watchdesk" not in answered.err
        assert "Traceback" not in answered.err + answered.out
        if command == ["status"]:
            assert answered.status == 1, answered.out
            assert "watchdesk.db" in answered.out
            assert "backup" in answered.out
    assert (old.state / "watchdesk.db").exists() is (way != "gone")


@pytest.mark.parametrize(
    "way", [pytest.param(way, marks=[] if way == "sources" else [pytest.mark.slow]) for way in DAMAGES]
)
def test_the_running_service_reports_damage_without_the_database(
    old: DeskFiles, web: WebServer, way: str
) -> None:
    DAMAGES[way](old.state / "watchdesk.db")
    with old.service(BRISK) as process:
        wait_for(lambda: of_damage(old), "the notice to the operators", seconds=60)
        # The notice may leave a moment before the main loop comes round and writes what `status` reads.
        wait_for(lambda: old.run("status").status == 1, "the same in `status`")
        assert "backup" in old.run("status").out
        (old.config / "rules" / "desk.yaml").write_text("rules: [[[")
        broken = old.run("status", "--json").document
        assert broken["running"] is True
        assert broken["configuration"]["mistakes"][0].startswith("rules/desk.yaml:1:")
        assert process.poll() is None
        process.kill()
        wait_for(lambda: "nobody stopped it" in old.run("status").out, "the report that it died", seconds=5)
    assert "the database cannot be used" in old.log or "the database is damaged" in old.log
    assert "Traceback" not in old.log
    assert len(of_damage(old)) == len(set(of_damage(old)))


def test_an_intentionally_fresh_state_directory_is_a_beginning(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", articles(1))
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS)
    assert desk.run("once", "--all").status == 0
    (desk.state / "watchdesk.db").unlink()
    refused = desk.run("once", "--all")
    assert refused.status == 2
    assert "move" in refused.err
    assert "database.json aside" in refused.err
    (desk.state / "database.json").rename(desk.state / "aside.json")
    assert desk.run("once", "--all").status == 0


def unharmed(desk: DeskFiles) -> int:
    with closing(sqlite3.connect(desk.state / "watchdesk.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return int(database.execute("SELECT count(*) FROM articles").fetchone()[0])


@pytest.mark.slow
def test_a_write_ahead_log_deleted_under_the_service_loses_nothing(old: DeskFiles, web: WebServer) -> None:
    with old.service(BRISK) as process:
        wait_for(lambda: "watchdesk is running" in old.log, "the start", seconds=60)
        web.serve("/feed", articles(5, first=100))
        wait_for(lambda: "polled" in old.log, "a poll", seconds=60)
        (old.state / "watchdesk.db-wal").unlink()
        wait_for(lambda: "write-ahead log" in old.run("status").out, "the report", seconds=60)
        wait_for(lambda: any(cause.startswith("incident:") for cause in told(old)), "the notice", seconds=30)
        web.serve("/feed", articles(3, first=200))
        wait_for(lambda: old.log.count("polled  ") >= 2, "a poll after it", seconds=40)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert unharmed(old) == 48


@pytest.mark.slow
def test_a_file_deleted_under_the_service_is_rescued_and_its_backup_taken_up(
    old: DeskFiles, web: WebServer
) -> None:
    backup = (old.state / "watchdesk.db").read_bytes()
    with old.service(BRISK) as process:
        wait_for(lambda: "watchdesk is running" in old.log, "the start", seconds=60)
        web.serve("/feed", articles(5, first=100))
        wait_for(lambda: "polled" in old.log, "a poll", seconds=60)
        for path in old.state.glob("watchdesk.db*"):
            path.unlink()
        wait_for(lambda: "database" in told(old), "the notice", seconds=60)
        assert old.run("status").status == 1
        assert not (old.state / "watchdesk.db").exists()
        (old.config / "rules" / "desk.yaml").write_text("rules: [[[")
        process.send_signal(signal.SIGHUP)
        wait_for(
            lambda: any("configuration:" in cause for cause in told(old)), "the refusal told", seconds=40
        )
        (refusal,) = (
            text
            for path in (old.state / "told").glob("2*.txt")
            if "rules/desk.yaml" in (text := path.read_text())
        )
        assert re.search(r"rules: \[\[\[\n +\^", refusal), "the line, and a caret below it"
        asked = len(web.requests)
        time.sleep(4)
        assert len(web.requests) == asked
        (old.state / "watchdesk.db").write_bytes(backup)
        wait_for(lambda: "can be used again" in old.log, "the recovery", seconds=90)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert unharmed(old) >= 40
    with closing(sqlite3.connect(old.state / "watchdesk.db.rescued")) as database:
        assert database.execute("SELECT count(*) FROM articles").fetchone() == (45,)


@pytest.mark.slow
def test_an_older_copy_under_the_service_is_told(old: DeskFiles, web: WebServer) -> None:
    older = (old.state / "watchdesk.db").read_bytes()
    with old.service(BRISK) as process:
        wait_for(lambda: "watchdesk is running" in old.log, "the start", seconds=60)
        (old.state / "older").write_bytes(older)
        (old.state / "older").replace(old.state / "watchdesk.db")
        wait_for(lambda: "older copy" in old.run("status").out, "the report", seconds=60)
        wait_for(lambda: old.run("status").status == 1, "that it stays", seconds=10)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert "older copy" in old.log


def test_a_pass_that_sends_tells_of_damage_once(old: DeskFiles) -> None:
    DAMAGES["magic"](old.state / "watchdesk.db")
    for _ in range(2):
        assert old.run("once", "--all", "--send").status == 2
    assert told(old) == ["database"]


def test_a_pass_says_once_that_the_database_is_an_older_copy(old: DeskFiles) -> None:
    older = (old.state / "watchdesk.db").read_bytes()
    assert old.run("once", "--all", "--send").status == 0
    (old.state / "watchdesk.db").write_bytes(older)
    passes = [
        old.run("once", "--send"),
        old.run("once", "--all", "--send"),
        old.run("once", "--all", "--send"),
    ]
    assert [done.status for done in passes] == [0, 0, 0]
    assert ["older copy" in done.err for done in passes] == [True, False, False]
    assert [cause.partition(":")[0] for cause in told(old)] == ["incident"]


def recorded(desk: DeskFiles) -> int:
    with closing(sqlite3.connect(desk.state / "watchdesk.db")) as database:
        return int(database.execute("SELECT count(*) FROM articles").fetchone()[0])


def test_damage_in_a_part_is_told_and_polls_go_on(old: DeskFiles, web: WebServer) -> None:
    grow(old.state / "watchdesk.db", 5)
    PAGE_DAMAGES["articles: a text that is no JSON"](old.state / "watchdesk.db")
    before = recorded(old)
    with old.service(BRISK) as process:
        wait_for(lambda: "damage:articles" in told(old), "the notice to the operators")
        web.serve("/feed", articles(5, first=500))
        wait_for(lambda: recorded(old) == before + 5, "a poll after it")

        def damages() -> list[tuple[str, str]]:
            found = old.run("status", "--json").document["database"]["damages"]
            return [(damage["part"], damage["what"][:5]) for damage in found]

        wait_for(lambda: ("articles", "rows ") in damages(), "the reading, which says where it is")
        assert {part for part, _ in damages()} == {"articles"}
        status = old.run("status", "--json")
        assert status.status == 1
        assert any("is damaged in articles" in need for need in status.document["needs"])
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert old.run("status").status == 1, "it is known when the service has stopped as well"
    assert "Traceback" not in old.log


def is_to_be_read(desk: DeskFiles) -> bool:
    check = CheckFile(desk.state).read()
    return check.is_wanted or check.began is not None


def stopped(desk: DeskFiles, process: Process) -> None:
    """Ends the service in good order, once it has read the whole database."""
    wait_for(lambda: "watchdesk is running" in desk.log, "the start")
    wait_for(lambda: not is_to_be_read(desk), "the reading", seconds=LOWEST)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


@pytest.mark.timeout(600)
def test_a_database_is_read_as_a_whole_after_its_machine_went_down_and_not_its_service(
    old: DeskFiles, web: WebServer
) -> None:
    said = "the whole database"

    def ended() -> str | None:
        found = json.loads((old.state / "damage.json").read_text())["ended"]
        return str(found) if found else None

    assert old.run("once").status == 0
    web.serve("/feed", articles(3, first=700))
    with old.service(BRISK) as process:
        wait_for(lambda: "watchdesk is running" in old.log, "the start")
        wait_for(lambda: "polled" in old.log, "a poll")
        time.sleep(
            BRISK["service.upkeep.process.FIRST"] + 1
        )  # the upkeep process has the database open by then
        stopped(old, process)
    assert not list(old.state.glob("watchdesk.db-*")), "the last connection has written the log back"
    for command in (
        ["status"],
        ["search", "NATO"],
        ["verify"],
        ["silence", "nato-spending", "--until", "2h"],
        ["once"],
    ):
        old.run(*command)
    with old.service(BRISK) as process:
        wait_for(lambda: "watchdesk is running" in old.log, "the start")
        assert said not in old.log
        process.kill()
        process.wait()
    before = ended()
    with old.service(BRISK) as process:
        wait_for(lambda: "watchdesk is running" in old.log, "the start")
        assert said not in old.log
        process.kill()
        process.wait()
    CheckFile(old.state).change(lambda state: replace(state, opened_in="the run before"))
    with old.service(BRISK) as process:
        wait_for(lambda: "it was not closed when the machine went down" in old.log, "its announcement")
        wait_for(lambda: ended() != before, "another reading", seconds=LOWEST)
        stopped(old, process)
    with closing(sqlite3.connect(old.state / "watchdesk.db")) as database:
        database.execute("UPDATE articles SET title = 'Another'")
        database.commit()
    with old.service(BRISK):
        wait_for(lambda: "it was changed since it was closed" in old.log, "the reading of a changed file")
    assert old.run("verify").status == 0


def test_a_pass_does_not_read_again_what_it_wrote_anew(desk: DeskFiles, web: WebServer) -> None:
    now, made = datetime(2026, 11, 1, tzinfo=UTC), (1, 4096, 10)
    assert begun(CheckState(), None, made, now) == CheckState(ended=now)
    assert begun(CheckState(), made, made, now) == CheckState()
    assert begun(CheckState(), None, None, now) == CheckState(), "it is on a server"
    known = CheckState(in_use=True)
    assert begun(known, None, made, now) == known
    web.serve("/feed", articles(3))
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS)
    assert desk.run("once", "--all").status == 0
    state = CheckFile(desk.state).read()
    assert state.ended is not None
    assert (state.began, state.is_wanted) == (None, False)


def test_a_start_says_why_the_whole_database_is_read() -> None:
    closed_at, other = (1, 4096, 10), (1, 4096, 11)
    whole = CheckState(closed=closed_at)
    assert why_read(whole, closed_at, "boot") is None
    assert "changed" in (why_read(whole, other, "boot") or "")
    left_open = opened(whole, closed_at, "boot")
    assert why_read(left_open, other, "boot") is None
    assert "not closed" in (why_read(left_open, other, "another boot") or "")
    assert "not closed" in (why_read(replace(left_open, opened_in=None), other, None) or "")
    assert opened(left_open, other, "another boot").is_wanted
    unfinished = replace(whole, began=datetime(2026, 11, 1, tzinfo=UTC))
    assert "goes on where it was" in (why_read(unfinished, closed_at, "boot") or "")
    assert not opened(unfinished, closed_at, "boot").is_wanted
    assert passed(whole, other, other).is_wanted
    assert used(whole, closed_at, other).closed == other
    assert used(whole, other, other) == whole


def test_verify_finds_damage_says_what_to_do_and_forgets_it_once_it_is_mended(old: DeskFiles) -> None:
    database = old.state / "watchdesk.db"
    # The service may have been stopped amid a reading: then what is damaged stays known until that has ended.
    (old.state / "damage.json").unlink(missing_ok=True)
    grow(database, 5)
    whole = old.run("verify", "--json")
    assert whole.status == 0
    assert whole.document["whole"] is True
    assert whole.document["rows"]["articles"] == 200
    assert whole.document["read_back"]["articles"] == 200
    backup = database.read_bytes()
    PAGE_DAMAGES["matches: a page"](database)
    for command in (["verify"], ["verify", "--all", "--json"]):
        assert old.run(*command).status == 1
    found = old.run("verify", "--json").document["findings"]
    assert {finding["part"] for finding in found} == {"matches"}
    assert all("backup" in finding["advice"] for finding in found)
    assert "damaged in matches" in old.run("status").out
    for path in old.state.glob("watchdesk.db*"):
        path.unlink()
    database.write_bytes(backup)
    assert old.run("verify").status == 0
    assert "damaged" not in old.run("status").out


TWO_RULES = """\
rules:
  spending: {title: Spending, query: NATO AND spending}
  grain: {title: Grain, query: grain}
"""
TWO_DIGESTS = (
    SETTINGS.partition("digests:")[0]
    + """\
digests:
  first: {title: First, rules: [spending], at: once, to: [shelf]}
  second: {title: Second, rules: [grain], at: once, to: [shelf]}
"""
)


def test_a_digest_that_cannot_be_made_keeps_no_other_from_going_out(desk: DeskFiles, web: WebServer) -> None:
    both = rss(item("1", "NATO agrees on spending"), item("2", "Grain leaves the port"))
    web.serve("/feed", both)
    desk.write({"wire": web.url("/feed")}, settings=TWO_DIGESTS, rules=TWO_RULES)
    assert desk.run("once", "--all").status == 0
    with closing(sqlite3.connect(desk.state / "watchdesk.db")) as database:
        database.execute("UPDATE matches SET snippet = '[' WHERE rule_id = 'spending'")
        database.commit()
    with desk.service(BRISK):
        wait_for(lambda: list((desk.state / "digests").glob("2*.json")), "the other digest")
        wait_for(lambda: "a step failed" in desk.log, "the failure in the log")
    (went,) = (desk.state / "digests").glob("2*.json")
    assert json.loads(went.read_text())["digest"] == "second"


def test_verify_finds_a_dictionary_that_no_text_could_be_read_by(old: DeskFiles) -> None:
    with closing(sqlite3.connect(old.state / "watchdesk.db")) as database:
        row = (9, 1, "sections", 0, b"no hash of it", b"content")
        database.execute("INSERT INTO dictionaries VALUES (?, ?, ?, ?, ?, ?)", row)
        database.commit()
    (finding,) = old.run("verify", "--json").document["findings"]
    assert finding["part"] == "dictionaries"
    assert "dictionary 9" in finding["what"]


def test_verify_counts_what_it_reads_back_once(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", articles(1))
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS)
    assert desk.run("once", "--all").status == 0
    with closing(sqlite3.connect(desk.state / "watchdesk.db")) as database:
        database.execute("UPDATE articles SET id = id + 50")
        database.commit()
    assert "read back   1 article" in desk.run("verify").out
    assert "1 matches" not in desk.run("verify").out


def test_verify_makes_no_database(desk: DeskFiles) -> None:
    desk.write({}, settings=SETTINGS)
    refused = desk.run("verify")
    assert (refused.status, desk.state.exists()) == (2, False)
    assert "no state directory" in refused.err
    desk.state.mkdir()
    refused = desk.run("verify")
    assert (refused.status, list(desk.state.iterdir())) == (2, [])
    assert "there is no database" in refused.err
    assert desk.run("once", "--all").status == 0
    fresh = desk.run("verify")
    assert fresh.status == 0
    assert "read back" not in fresh.out
