"""Commands are loaded when they run; until then their groups say of them what they would say themselves."""

import os
import subprocess
import sys

import click
import pytest

from support.desk import DeskFiles
from watchdesk.cli.lazy_command import LazyCommand
from watchdesk.cli.root import watchdesk
from watchdesk.cli.sources import sources

LAZY = [
    command
    for group in (watchdesk, sources)
    for command in group.commands.values()
    if isinstance(command, LazyCommand)
]
WIDTHS = range(10, 200)


def by_name(command: click.Command) -> str:
    return command.name or ""


def test_every_command_of_these_groups_is_lazy() -> None:
    assert len(LAZY) == len(watchdesk.commands) + len(sources.commands)


@pytest.mark.parametrize("lazy", LAZY, ids=by_name)
def test_a_group_lists_each_command_as_the_command_describes_itself(lazy: LazyCommand) -> None:
    command = lazy.command
    assert (lazy.name, lazy.hidden, lazy.deprecated) == (command.name, command.hidden, command.deprecated)
    listed = [lazy.get_short_help_str(width) for width in WIDTHS]
    assert listed == [command.get_short_help_str(width) for width in WIDTHS]


def completed(*words: str) -> list[str]:
    """What a shell offers after these words, the last of which is unfinished."""
    asked = {"_WATCHDESK_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(words)}
    code = "import sys; sys.argv = ['watchdesk']; from watchdesk.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **asked, "COMP_CWORD": str(len(words) - 1)},
        capture_output=True,
        text=True,
        check=True,
    )
    return [line.partition(",")[2] for line in done.stdout.splitlines()]


def test_a_shell_completes_commands_their_commands_and_their_options() -> None:
    assert completed("watchdesk", "s") == ["schema", "search", "silence", "sources", "status"]
    assert completed("watchdesk", "sources", "e") == ["export"]
    assert completed("watchdesk", "sources", "add", "--t") == ["--tag"]


@pytest.mark.parametrize(("typed", "meant"), [("statsu", "status"), ("sources exprt", "export")])
def test_a_mistyped_command_is_told_the_nearest(desk: DeskFiles, typed: str, meant: str) -> None:
    answered = desk.run(*typed.split())
    assert answered.status == 2
    assert f"Did you mean '{meant}'?" in answered.err
