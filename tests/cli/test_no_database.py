"""A command that looks into the archive, with a --state where there is none, refuses and makes nothing."""

from collections.abc import Sequence

import psycopg
import pytest

from support.desk import SETTINGS, DeskFiles
from support.postgresql import Cluster

LOOKING: Sequence[Sequence[str]] = (
    ("search", "NATO"),
    ("search", "NATO", "--json"),
    ("backtest",),
    ("backtest", "nato-spending", "--html", "page.html"),
    ("explain", "nato-spending", "1"),
    ("digest", "flash"),
    ("digest", "flash", "--send"),
    ("deliveries",),
    ("deliveries", "retry", "--all"),
    ("deliveries", "drop", "1"),
    ("silence", "--list"),
    ("silence", "nato-spending", "--until", "2h"),
    ("verify",),
    ("mcp",),
)


@pytest.mark.parametrize("command", LOOKING, ids=" ".join)
def test_it_refuses_as_verify_does_and_makes_nothing(desk: DeskFiles, command: Sequence[str]) -> None:
    desk.write({})
    refused = desk.run(*command)
    assert (refused.status, refused.out, desk.state.exists()) == (2, "", False)
    assert f"there is no state directory {desk.state}; name the state directory of your desk" in refused.err
    desk.state.mkdir()
    refused = desk.run(*command)
    assert (refused.status, refused.out, list(desk.state.iterdir())) == (2, "", [])
    assert "there is no database" in refused.err and "watchdesk run" in refused.err


def test_a_status_is_told_though_the_state_directory_is_a_file_or_below_one(desk: DeskFiles) -> None:
    desk.write({})
    desk.state.write_text("not a directory")
    answered = desk.run("status")
    assert (answered.status, answered.err) == (1, "")
    assert f"the state directory {desk.state} is a file; name the state directory" in answered.out
    below = desk.run("--state", str(desk.state / "below"), "status", "--json")
    assert below.status == 1
    assert "there is no state directory" in below.document["needs"][0] and "--state" in below.out
    assert desk.state.read_text() == "not a directory"


@pytest.mark.parametrize(
    "command", [*LOOKING, ("rules",), ("sources",), ("status",), ("check",), ("doctor",)], ids=" ".join
)
def test_a_state_directory_that_nobody_can_look_into_is_named(
    desk: DeskFiles, command: Sequence[str]
) -> None:
    desk.write({})
    refused = desk.run("--state", "s" * 300, *command)
    assert (refused.status, refused.out) == (2, "")
    assert "cannot be looked into: File name too long" in refused.err and "--state" in refused.err


def test_sources_lists_what_is_followed_and_says_that_nothing_was_polled(desk: DeskFiles) -> None:
    desk.write({"wire": "http://127.0.0.1:9/feed"})
    answered = desk.run("sources", "--json")
    assert (answered.status, desk.state.exists()) == (0, False)
    assert [source["id"] for source in answered.document["sources"]] == ["wire"]
    assert "there is no state directory" in answered.err


def test_rules_lists_what_is_in_the_files_and_says_that_nothing_was_found(desk: DeskFiles) -> None:
    desk.write({})
    answered = desk.run("rules", "--json")
    assert (answered.status, desk.state.exists()) == (0, False)
    assert {rule["rule"]: rule["matches"] for rule in answered.document["rules"]} == {
        "nato-spending": 0,
        "ukraine-aid": 0,
    }
    assert "there is no state directory" in answered.err


def test_status_answers_that_there_is_none(desk: DeskFiles) -> None:
    desk.write({})
    for document in (desk.run("status", "--json"), desk.run("status", "--json")):
        assert (document.status, desk.state.exists()) == (1, False)
        assert not document.document["database"]["usable"]
        assert "there is no state directory" in document.document["needs"][0]
    desk.state.mkdir()
    answered = desk.run("status")
    assert (answered.status, list(desk.state.iterdir())) == (1, [])
    assert "there is no database" in answered.out and "(help: no-database)" in answered.out


@pytest.mark.parametrize(
    "command", [("check",), ("test",), ("try", "-"), ("schema",), ("sources", "export", "-")]
)
def test_what_needs_no_archive_makes_none(desk: DeskFiles, command: Sequence[str]) -> None:
    desk.write({})
    text = b"NATO agrees\n\nMinisters of NATO agreed on defence spending after long talks in Brussels."
    assert desk.run(*command, stdin=text).status == 0
    assert not desk.state.exists()


def test_a_pass_makes_it_and_then_all_look_into_it(desk: DeskFiles) -> None:
    desk.write({})
    assert desk.run("once").status == 0
    for command in (("search", "NATO"), ("sources",), ("status",), ("verify",)):
        assert desk.run(*command).status == 0, command


@pytest.mark.parametrize("command", [("verify",), ("search", "NATO"), ("status",)], ids=" ".join)
def test_an_empty_database_on_a_server_gets_no_tables(
    desk: DeskFiles, cluster: Cluster, command: Sequence[str]
) -> None:
    address = cluster.new_database()
    desk.write({}, settings=f"{SETTINGS}storage: {address}\n")
    answered = desk.run(*command)
    assert answered.status == (1 if command == ("status",) else 2)
    assert "there is no database of watchdesk in" in answered.out + answered.err
    with psycopg.connect(address) as connection:
        asked = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert connection.execute(asked).fetchone() == (0,)
    assert not desk.state.exists()
