"""What the log looks like: for people, for programs, and in the journal of systemd."""

import json
import os
import re
import subprocess

import pytest

from support.desk import Answered, DeskFiles, environment
from support.web import WebServer
from watchdesk.cli.logs import is_journal

FAILED = (
    'source=wire status=404 why="there is nothing at this address; look for its new one (HTTP 404 Not Found)"'
)


@pytest.fixture
def desk(desk: DeskFiles, web: WebServer) -> DeskFiles:
    desk.write({"wire": web.url("/nothing")})
    return desk


def test_logfmt_has_the_keys_in_their_order(desk: DeskFiles) -> None:
    line = desk.run("--log-format", "logfmt", "once", "--all").err.splitlines()[0]
    assert re.fullmatch(rf'timestamp=\S+Z level=warning event="poll failed" {re.escape(FAILED)}', line)


def test_lines_in_the_journal_begin_with_their_priority(desk: DeskFiles) -> None:
    read, write = os.pipe()
    there = os.fstat(write)
    stream = {"JOURNAL_STREAM": f"{there.st_dev}:{there.st_ino}"}
    subprocess.run(
        [*desk.command()[:3], "--log-format", "json", *desk.command("once", "--all")[3:]],
        stdout=subprocess.DEVNULL,
        stderr=write,
        env={**environment(), **stream},
        check=False,
    )
    assert (is_journal(stream, write), is_journal(stream, 0), is_journal({}, write)) == (True, False, False)
    os.close(write)
    with os.fdopen(read) as said:
        line = said.readline()
    assert line.startswith("<4>{")
    assert json.loads(line[3:])["event"] == "poll failed"


BAD = "rules:\n  nato: {query: NATO AND}\n"
FILES = "the configuration cannot be used"


@pytest.mark.parametrize("command", ["run", "once", "check"])
def test_refused_files_are_one_line_for_programs(desk: DeskFiles, command: str) -> None:
    desk.write({}, rules=BAD)
    in_words = desk.run_process(command)
    assert "\n    " in in_words.err, "people see the line and a caret"
    assert in_words.err.endswith("1 mistake in the configuration (help: configuration-refused)\n")
    for_programs = _run_for_programs(desk, command)
    assert (for_programs.status, for_programs.out) == (in_words.status, "") == (2, "")
    (line,) = for_programs.err.splitlines()
    said = json.loads(line)
    assert {key: said[key] for key in ("level", "event", "help")} == {
        "level": "error",
        "event": FILES,
        "help": "configuration-refused",
    }
    assert said["problems"] in in_words.err
    assert said["problems"].startswith("rules/desk.yaml:2:")
    (line,) = _run_for_programs(desk, command, "logfmt").err.splitlines()
    begins = f'level=error event="{FILES}" problems="rules/desk.yaml:2:'
    assert line.partition(" ")[2].startswith(begins)


def _run_for_programs(desk: DeskFiles, command: str, form: str = "json") -> Answered:
    done = subprocess.run(
        [*desk.command()[:3], "--log-format", form, *desk.command(command)[3:]],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    return Answered(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (["search", "NATO"], "there is no state directory"),
        (["backtest", "--query", "NATO AND"], "there is no state directory"),
        (["once", "--al"], "--all"),
        (["serch"], "No such command 'serch'"),
        (["silence", "nato-spending"], "a silence needs an end"),
    ],
)
def test_whatever_else_ends_a_command_is_one_line_too(desk: DeskFiles, command: list[str], why: str) -> None:
    (line,) = desk.run("--log-format", "json", *command).err.splitlines()
    said = json.loads(line)
    assert (said["event"], said["level"]) == ("the command failed", "error")
    assert why in said["why"]
    assert why in desk.run(*command).err


def test_a_folder_that_is_left_out_of_a_pass_is_a_line_as_in_the_service(desk: DeskFiles) -> None:
    (desk.config / "rules" / "energy").mkdir()
    (desk.config / "rules" / "energy" / "a.yaml").write_text(BAD)
    lines = [json.loads(line) for line in desk.run("--log-format", "json", "once").err.splitlines()]
    (said,) = [one for one in lines if one["event"] == "a folder of rules cannot be used as it is"]
    assert said["folder"] == "rules/energy"
    assert said["problems"].startswith("rules/energy/a.yaml:2:")


def test_refused_files_in_the_journal_are_errors(desk: DeskFiles) -> None:
    desk.write({}, rules=BAD)
    read, write = os.pipe()
    there = os.fstat(write)
    environ = {**environment(), "JOURNAL_STREAM": f"{there.st_dev}:{there.st_ino}"}
    subprocess.run(desk.command("run"), stdout=subprocess.DEVNULL, stderr=write, env=environ, check=False)
    os.close(write)
    with os.fdopen(read) as said:
        lines = said.read().splitlines()
    assert lines[0].startswith("<3>rules/desk.yaml:2:")
    assert all(line.startswith("<3>") for line in lines)
