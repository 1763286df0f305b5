"""What the log looks like: for people, for programs, and in the journal of systemd."""

import json
import os
import re
import subprocess

import pytest

from support.desk import DeskFiles, environment
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
