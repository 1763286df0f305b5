"""Every message that ends in `(help: NAME)` is explained, and nothing else is."""

import re
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest

from support.desk import DeskFiles
from watchdesk.documents.messages import messages
from watchdesk.model.help_names import HelpName
from watchdesk.notices.causes import Cause
from watchdesk.notices.help import HELP
from watchdesk.service.circuit_breaker import LONGEST

HOUSE = Path(__file__).parents[1] / "src" / "watchdesk"
NAMES = get_args(HelpName)
PARTS = ["What it means.", "What is lost.", "What to do."]


def test_every_name_has_an_entry_and_every_entry_a_name() -> None:
    assert list(messages()) == list(NAMES)


def test_every_name_is_used() -> None:
    code = "".join(
        path.read_text(encoding="utf-8") for path in HOUSE.rglob("*.py") if path.name != "help_names.py"
    )
    assert [name for name in NAMES if f'"{name}"' not in code and f"(help: {name})" not in code] == []
    assert set(re.findall(r"\(help: ([a-z-]+)\)", code)) <= set(NAMES)


def test_every_cause_of_a_notice_is_explained() -> None:
    assert set(HELP) == set(get_args(Cause))


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_says_what_it_means_what_is_lost_and_what_to_do(name: str) -> None:
    assert re.findall(r"^\*\*(.+?)\*\*", messages()[name], flags=re.MULTILINE) == PARTS


def test_what_waits_for_the_database_goes_on_as_soon_as_is_said() -> None:
    assert timedelta(minutes=5) == LONGEST
    assert "goes on by itself within five minutes" in " ".join(messages()["disk-full"].split())


def test_help_prints_an_entry_for_a_terminal(desk: DeskFiles) -> None:
    said = desk.run("help", "disk-full")
    assert said.status == 0, said.err
    assert said.out.startswith("disk-full\n\nWhat it means. The disk of the database")
    assert max(map(len, said.out.splitlines())) <= 100
    assert "`" not in said.out
    assert desk.run("help", "disk-full", "--json").document["name"] == "disk-full"
    assert len(desk.run("help").out.splitlines()) == len(NAMES)


def test_a_mistyped_name_is_told_the_nearest(desk: DeskFiles) -> None:
    said = desk.run("help", "disk-ful")
    assert said.status == 2
    assert "disk-full" in said.err


def test_what_a_person_in_trouble_sees_ends_in_a_name(desk: DeskFiles) -> None:
    desk.write({}, rules="rules:\n  a: {query: b AND}\n")
    assert desk.run("check").err.endswith("1 mistake in the configuration (help: configuration-refused)\n")
    said = desk.run("status")
    assert re.search(
        r"^! the files cannot be used .*\(help: configuration-refused\)$", said.out, re.MULTILINE
    )
    document = desk.run("status", "--json").document
    assert len(document["help"]) == len(document["needs"])
    assert not any("(help:" in need for need in document["needs"])
    desk.write({})
    assert desk.run("search", "NATO").err.endswith("(help: no-database)\n")
