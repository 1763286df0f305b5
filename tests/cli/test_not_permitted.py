"""What the system does not let a user do is told with its path, and who may not."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.blocks import ROOT
from support.desk import STRANGER, DeskFiles

WHOSE = """\
import sys
from pathlib import Path
from watchdesk.cli.root import main, watchdesk

@watchdesk.command("look")
def look():
    {look}

sys.argv = ["watchdesk", *{options}, "look"]
main()
"""
"""A command that nobody has thought of asks the system for what it does not give."""


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(0)
    yield folder
    folder.chmod(0o700)


def by_stranger(*arguments: str) -> "subprocess.CompletedProcess[str]":
    asked = [*STRANGER, f"PYTHONPATH={ROOT / 'src'}", sys.executable, *arguments]
    return subprocess.run(asked, capture_output=True, text=True, check=False)


def test_a_path_is_named_in_full_with_the_user_who_may_not(closed: Path) -> None:
    done = by_stranger("-c", WHOSE.format(look=f"Path({str(closed / 'x')!r}).read_text()", options=[]))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"watchdesk: {closed / 'x'}: Permission denied to the user 54321; "
        "run this as a user who may, or let that one\n"
    )


def test_both_paths_of_two_are_named(closed: Path) -> None:
    look = f"Path({str(closed / 'x')!r}).rename({str(closed / 'y')!r})"
    assert (
        f"{closed / 'x'} and {closed / 'y'}: "
        in by_stranger("-c", WHOSE.format(look=look, options=[])).stderr
    )


def test_where_the_system_names_no_path_nobody_is_sent_to_another_user(closed: Path) -> None:
    code = WHOSE.format(look='import socket; socket.sethostname("x")', options=["--log-level", "debug"])
    said = by_stranger("-c", code).stderr
    assert "Operation not permitted, and the system does not say where; --log-level debug shows" in said
    assert "Traceback" in said
    assert "run this as" not in said


def test_a_backup_names_the_file_that_it_may_not_read(desk: DeskFiles) -> None:
    desk.write({})
    desk.begin()
    for path in (desk.root, desk.state, desk.config, desk.state / "watchdesk.db"):
        path.chmod(0o777)
    told = desk.state / "told.json"
    told.touch(mode=0)
    done = by_stranger(*desk.command("backup", str(desk.root / "b.backup"))[1:])
    assert done.returncode == 2
    assert done.stderr == f"watchdesk: {told} cannot be read: Permission denied; nothing was written\n"
    assert not (desk.root / "b.backup").exists()
