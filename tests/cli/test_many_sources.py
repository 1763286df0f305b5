"""`sources` on a desk that follows more than a screen can show."""

from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support.desk import DeskFiles, environment
from support.terminal import in_terminal
from watchdesk.cli.sources import MOST_SHOWN
from watchdesk.model import GuidDoubt, GuidFault, SourceState
from watchdesk.store import open_store

MANY = MOST_SHOWN + 40
HOUR = timedelta(hours=1)
Odd = Mapping[str, Mapping[str, Any]]
BAD: Odd = {
    "s-001": {"error": "the server says 404 Not Found", "failures": 9},
    "s-002": {"gone": True},
    "s-003": {"trouble": ("its dates are odd",)},
    "s-004": {"gaps": 2, "last_gap": datetime.now(UTC) - 24 * HOUR},
    "s-005": {"moved_to": "http://elsewhere.example/", "moved_polls": 99},
}
"""What needs a look."""
GOOD: Odd = {
    "s-006": {"gaps": 2, "last_gap": datetime.now(UTC) - 2400 * HOUR},
    "s-007": {"moved_to": "http://elsewhere.example/", "moved_polls": 1},
    "s-008": {"guid_doubt": GuidDoubt(GuidFault.SHARED, "1", datetime.now(UTC))},
}


def names(count: int) -> list[str]:
    return [f"s-{number:03}" for number in range(count)]


def follow(desk: DeskFiles, count: int, odd: Odd) -> None:
    """So many sources that were polled an hour ago."""
    desk.write({name: f"http://{name}.example/" for name in names(count)})
    polled = datetime.now(UTC) - HOUR
    usual: dict[str, Any] = {"last_attempt": polled, "last_success": polled, "next_poll": polled + 24 * HOUR}
    states = [
        SourceState(name, **{"url": f"http://{name}.example/", **usual, **odd.get(name, {})})
        for name in names(count)
    ]
    desk.state.mkdir()
    with closing(open_store("sqlite", desk.state)) as store:
        store.save_states(states)


def listed(lines: list[str]) -> list[str]:
    return [line.split()[0] for line in lines if line.startswith("s-") and ":" not in line.split()[0]]


@pytest.fixture
def many(desk: DeskFiles) -> DeskFiles:
    follow(desk, MANY, {**BAD, **GOOD})
    return desk


def test_a_terminal_lists_those_of_many_that_need_a_look(many: DeskFiles) -> None:
    seen = in_terminal(many.command("sources"), environment())
    assert listed(seen.lines) == list(BAD)
    assert f"… and {MANY - len(BAD)} more are fine; --all lists them" in seen.lines
    assert seen.lines[-1] == f"{MANY} sources, 2 unhealthy"
    assert any("has moved permanently to http://elsewhere.example/" in line for line in seen.lines)


def test_all_lists_all_on_a_terminal(many: DeskFiles) -> None:
    seen = in_terminal(many.command("sources", "--all"), environment())
    assert listed(seen.lines) == names(MANY)
    assert not any("more are fine" in line for line in seen.lines)


def test_a_terminal_lists_all_of_a_few(desk: DeskFiles) -> None:
    follow(desk, MOST_SHOWN, BAD)
    assert listed(in_terminal(desk.command("sources"), environment()).lines) == names(MOST_SHOWN)


def test_a_terminal_is_told_that_all_of_many_are_fine(desk: DeskFiles) -> None:
    follow(desk, MANY, {})
    assert in_terminal(desk.command("sources"), environment()).lines == [
        "",
        f"all {MANY} sources are fine; --all lists them",
        "",
        f"{MANY} sources, none unhealthy",
    ]


@pytest.mark.parametrize("odd", [{}, BAD], ids=["none needs a look", "some need a look"])
def test_what_is_paused_or_was_not_polled_yet_is_not_called_fine(desk: DeskFiles, odd: Odd) -> None:
    follow(
        desk, MANY, {**odd, **{name: {"last_attempt": None, "last_success": None} for name in names(9)[6:]}}
    )
    paused = "  late: {feed: 'http://late.example/', paused: true}\n"
    with (desk.config / "sources.yaml").open("a") as file:
        file.write(paused)
    seen = in_terminal(desk.command("sources"), environment()).lines
    fine = MANY - len(odd) - 3
    counts = f"{fine} fine, 3 not polled yet, 1 paused; --all lists them"
    assert (f"… and {fine + 4} more: {counts}" if odd else f"{fine + 4} sources: {counts}") in seen


def test_a_desk_that_was_never_polled_is_not_called_fine(desk: DeskFiles) -> None:
    desk.write({name: f"http://{name}.example/" for name in names(MANY)})
    desk.state.mkdir()
    with closing(open_store("sqlite", desk.state)):
        seen = in_terminal(desk.command("sources"), environment()).lines
    assert f"{MANY} sources: {MANY} not polled yet; --all lists them" in seen


def test_programs_get_every_row(many: DeskFiles) -> None:
    piped = many.run("sources").out.splitlines()
    assert listed(piped) == names(MANY)
    assert piped[-1] == f"{MANY} sources, 2 unhealthy"
    rows = many.run("sources", "--json").document["sources"]
    assert [row["id"] for row in rows] == names(MANY)
    assert [row["id"] for row in rows if not row["healthy"]] == ["s-001", "s-002"]
    assert [row["id"] for row in rows if not row["guids_believed"]] == ["s-008"]
    assert rows[3]["trouble"] == ["its dates are odd"]
    assert rows[4]["gaps"] == 2


def test_a_table_too_long_for_rich_is_written_as_it_comes(many: DeskFiles) -> None:
    piped = many.run("sources").out.splitlines()
    script = (
        "import sys\nfrom watchdesk.cli import main, tables\ntables.MOST_OF_RICH = 10\n"
        "sys.argv[0] = 'watchdesk'\nmain()\n"
    )
    command = [many.command("sources")[0], "-c", script]
    arguments = many.command("sources", "--all")
    seen = in_terminal([*command, *arguments[arguments.index("--config") :]], environment())
    assert [line.rstrip() for line in seen.lines] == [line.rstrip() for line in piped]
