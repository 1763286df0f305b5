"""A folder that may not be read is a mistake with a place, and does not look empty."""

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from support.desk import SETTINGS, STRANGER, DeskFiles
from support.strangers import answers_to_stranger

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


@contextmanager
def closed(folder: Path) -> Iterator[Path]:
    """Into which nobody may look, but root."""
    folder.mkdir(mode=0)
    try:
        yield folder
    finally:
        folder.chmod(0o700)


def told(commands: Mapping[str, Sequence[str]], within: Path | None = None) -> Mapping[str, str]:
    """What each command says to somebody who may not look there; none takes it for a bug."""
    answers = answers_to_stranger(list(commands.values()), within)
    said = {name: one.out + one.err for name, one in zip(commands, answers, strict=True)}
    assert {name: text for name, text in said.items() if "bug" in text} == {}
    return said


def test_a_link_into_a_closed_folder_is_told_by_name(tmp_path: Path) -> None:
    commands: dict[str, Sequence[str]] = {}
    with closed(tmp_path / CLOSED) as folder:
        for number, name in enumerate(NAMED_BY_LINKS):
            desk = DeskFiles(tmp_path / str(number))
            desk.write({"wire": "http://wire.example/feed"})
            path = desk.config / name
            path.parent.mkdir(exist_ok=True)
            path.unlink(missing_ok=True)
            path.symlink_to(folder / "x")
            commands[name] = ["--config", str(desk.config), "check"]
        said = told(commands)
    assert {name: said[name] for name, words in NAMED_BY_LINKS.items() if words not in said[name]} == {}


def test_files_in_a_closed_folder_that_the_configuration_names_are_told_by_name(desk: DeskFiles) -> None:
    ca = SETTINGS.replace("polling: {", "polling: {ca: ../closed/ca.pem, ")
    desk.write({"wire": "http://wire.example/feed"}, ca, EXAMPLE)
    with closed(desk.root / CLOSED):
        said = told({"check": ["--config", str(desk.config), "check"]})["check"]
    assert "closed/ca.pem cannot be read: Permission denied" in said
    assert "../../closed/page.html cannot be read: Permission denied" in said


def test_a_configuration_in_a_closed_folder_is_told_by_name(tmp_path: Path) -> None:
    commands = ("check", "status", "doctor", "search NATO", "init --yes")
    with closed(tmp_path / CLOSED) as folder:
        config = str(folder / "config")
        said = told({command: ["--config", config, *command.split()] for command in commands})
    for command, text in said.items():
        assert config in text, command
        assert "Permission denied" in text, command


def test_a_working_directory_into_which_one_may_not_look_has_no_configuration(tmp_path: Path) -> None:
    """As that of root, from where one types a command as the service's user."""
    commands = ("check", "status", "init --yes")
    with closed(tmp_path / CLOSED) as folder:
        said = told({command: command.split() for command in commands}, within=folder)
    for command, text in said.items():
        assert "Permission denied" in text or "no configuration found in ./config" in text, command
