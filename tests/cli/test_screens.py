"""A terminal of Latin-1 or ASCII shows question marks; no command ends in a bug of its own."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import pytest

from support.desk import DeskFiles, environment, item, rss
from support.web import WebServer
from watchdesk.cli import main

TITLE = "Прем’єр met “NATO” in Łódź 🕊"
RULES = f"""\
rules:
  nato:
    title: НАТО – “alliance”
    query: NATO OR прем'єр
    examples: {{matches: ["{TITLE}"], ignores: ["Прем’єр про футбол", "weather"]}}
  lonely: {{title: Łódź, query: "=US OR US OR Łódź"}}
"""
SETTINGS = """\
timezone: Europe/Kyiv
language: uk
contact: desk@example.org
polling: {every: 2m, first_poll: all, private_addresses: allow}
articles: {full_text: never, oldest: null}
channels:
  shelf: {files: digests/}
digests:
  brief: {title: Ранок, rules: all, at: once, to: [shelf]}
"""
COMMANDS: Sequence[tuple[int, tuple[str, ...]]] = [
    (0, ("status",)),
    (0, ("search", "NATO")),
    (0, ("search", "прем'єр", "--json")),
    (0, ("explain", "nato", "1")),
    (0, ("explain", "lonely", "1")),
    (0, ("rules",)),
    (0, ("backtest", "nato")),
    (0, ("sources",)),
    (0, ("sources", "export", "-")),
    (0, ("digest", "brief")),
    (0, ("deliveries",)),
    (0, ("silence", "--list")),
    (1, ("check",)),
    (1, ("test",)),
    (2, ("explain", "немає", "1")),
    (2, ("search", "(прем'єр")),
    (2, ("try", "немає-🕊.html")),
    (0, ("--help",)),
]


@pytest.fixture
def busy(desk: DeskFiles, web: WebServer) -> DeskFiles:
    """A desk whose every text is beyond Latin-1, with an article and a digest."""
    web.serve("/feed", rss(item("1", TITLE)))
    good = RULES.replace('"Прем’єр про футбол", ', "")

    desk.write({"wire": web.url("/feed")}, settings=SETTINGS, rules=good)
    assert desk.run("once", "--all").status == 0
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS, rules=RULES)
    return desk


def _answer(desk: DeskFiles, arguments: Sequence[str], encoding: str) -> tuple[int, bytes, bytes]:
    said, told = io.BytesIO(), io.BytesIO()
    with (
        patch.object(sys, "argv", ["watchdesk", *desk.command(*arguments)[3:]]),
        patch.object(sys, "stdout", io.TextIOWrapper(said, encoding=encoding, write_through=True)) as out,
        patch.object(sys, "stderr", io.TextIOWrapper(told, encoding=encoding, write_through=True)) as err,
        patch.dict(os.environ, environment(), clear=True),
        pytest.raises(SystemExit) as ended,
    ):
        main()
    out.flush()
    err.flush()
    return int(ended.value.code or 0), said.getvalue(), told.getvalue()


@pytest.mark.parametrize("encoding", ["ascii", "iso8859-1"])
def test_no_command_stumbles_over_what_a_terminal_cannot_show(busy: DeskFiles, encoding: str) -> None:
    for status, arguments in COMMANDS:
        given = tuple("brief" if argument == "brief" else argument for argument in arguments)
        ended, out, err = _answer(busy, given, encoding)
        shown = (out + err).decode(encoding)
        assert "a bug in watchdesk" not in shown, (given, shown)
        assert ended == status, (given, shown)
        if "--json" in given:
            assert json.loads(out)["articles"][0]["title"] == TITLE


@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHONIOENCODING": "latin-1"},
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
def test_a_process_prints_with_replacements(busy: DeskFiles, variables: dict[str, str]) -> None:
    done = subprocess.run(
        busy.command("search", "NATO"),
        capture_output=True,
        check=False,
        env={**environment(), **variables},
    )
    assert done.returncode == 0, done.stderr
    assert b"met ?NATO? in ??d? ?" in done.stdout or "met ?NATO? in ?ód? ?".encode("latin-1") in done.stdout


def test_the_log_is_written_with_replacements(busy: DeskFiles, tmp_path: Path) -> None:
    done = subprocess.run(
        busy.command("--log-level", "info", "try", str(tmp_path / "немає.html")),
        capture_output=True,
        check=False,
        env={**environment(), "PYTHONIOENCODING": "latin-1"},
    )
    assert done.returncode == 2
    assert b"?????.html" in done.stderr
