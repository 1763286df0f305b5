"""A folder that may not be read is a mistake with a place, and does not look empty."""

import subprocess
import sys
from pathlib import Path

import pytest

from support.blocks import ROOT
from support.desk import SETTINGS, STRANGER, DeskFiles

FOLDERS = ("rules", "rules/energy", "sources", "templates", "templates/parts")
READ = """\
import sys
from pathlib import Path
from watchdesk.configuration import read_configuration
from watchdesk.errors import ConfigurationError
directory = Path(sys.argv[1])
for name in sys.argv[2:]:
    for mode in (0o300, 0o600):  # not to be listed; not to be entered
        folder = directory / name
        folder.chmod(mode)
        try:
            read_configuration(directory)
        except ConfigurationError as error:
            print(name, oct(mode), "; ".join(problem.render() for problem in error.problems))
        finally:
            folder.chmod(0o700)
print(len(read_configuration(directory).settings.sources))
"""


def test_a_folder_without_permission_is_told_and_does_not_look_empty(desk: DeskFiles) -> None:
    desk.write({"wire": "http://wire.example/feed"})
    for name in FOLDERS[1:]:
        (desk.config / name).mkdir()
        (desk.config / name / ("notice.html.j2" if "templates" in name else "more.yaml")).touch()
    asked = [sys.executable, "-c", READ, str(desk.config), *FOLDERS, "."]
    done = subprocess.run([*STRANGER, *asked], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    *refused, sources = [line for line in done.stdout.splitlines() if not line.startswith("  ")]
    assert [line.split(":1:1: ")[1] for line in refused] == ["cannot be read: Permission denied"] * 12
    assert [line.split()[2].split(":")[0] for line in refused[::2]] == [*FOLDERS, str(desk.config)]
    assert sources == "1"


CLOSED = "closed"
"""A folder beside the configuration into which nobody may look."""
NAMED_BY_LINKS = {
    "watchdesk.yaml": "watchdesk.yaml:1:1: cannot be read: Permission denied",
    "sources.yaml": "sources.yaml:1:1: cannot be read: Permission denied",
    "sources.opml": "sources.opml is not read",
    "rules/more.yaml": "rules/more.yaml:1:1: cannot be read: Permission denied",
    "rules/team": "rules/team:1:1: cannot be read: Permission denied",
    "templates/flash.html.j2": "templates/flash.html.j2:1:1: warning: it cannot be read",
    "templates/logo.png": "all well",
}
"""What is a link into it, and what `check` says."""
EXAMPLE = "rules: {nato: {query: NATO, examples: {matches: [{file: ../../closed/page.html}]}}}\n"


def by_stranger(
    desk: DeskFiles, *command: str, config: Path | None = None, within: Path | None = None
) -> str:
    """What the command says to somebody who may not look into the closed folder."""
    closed = desk.root / CLOSED
    closed.mkdir(exist_ok=True)
    closed.chmod(0)
    named = ["--config", str(config or desk.config)] if within is None else []
    asked = [*STRANGER, f"PYTHONPATH={ROOT / 'src'}", sys.executable, "-m", "watchdesk", *named, *command]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, check=False, cwd=within)
    finally:
        closed.chmod(0o700)
    return done.stdout + done.stderr


@pytest.mark.parametrize(("name", "told"), NAMED_BY_LINKS.items())
def test_a_link_into_a_closed_folder_is_told_by_name(desk: DeskFiles, name: str, told: str) -> None:
    desk.write({"wire": "http://wire.example/feed"})
    path = desk.config / name
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(desk.root / CLOSED / "x")
    said = by_stranger(desk, "check")
    assert told in said
    assert "bug" not in said


def test_files_in_a_closed_folder_that_the_configuration_names_are_told_by_name(desk: DeskFiles) -> None:
    ca = SETTINGS.replace("polling: {", "polling: {ca: ../closed/ca.pem, ")
    desk.write({"wire": "http://wire.example/feed"}, ca, EXAMPLE)
    said = by_stranger(desk, "check")
    assert "closed/ca.pem cannot be read: Permission denied" in said
    assert "../../closed/page.html cannot be read: Permission denied" in said
    assert "bug" not in said


@pytest.mark.parametrize("command", ["check", "status", "doctor", "search NATO", "init --yes"])
def test_a_configuration_in_a_closed_folder_is_told_by_name(desk: DeskFiles, command: str) -> None:
    config = desk.root / CLOSED / "config"
    said = by_stranger(desk, *command.split(), config=config)
    assert f"{config}" in said
    assert "Permission denied" in said
    assert "bug" not in said


@pytest.mark.parametrize("command", ["check", "status", "init --yes"])
def test_a_working_directory_into_which_one_may_not_look_has_no_configuration(
    desk: DeskFiles, command: str
) -> None:
    """As that of root, from where one types a command as the service's user."""
    closed = desk.root / CLOSED
    closed.mkdir()
    said = by_stranger(desk, *command.split(), within=closed)
    assert "bug" not in said
    assert "Permission denied" in said or "no configuration found in ./config" in said
