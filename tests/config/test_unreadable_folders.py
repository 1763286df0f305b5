"""A folder that may not be read is a mistake with a place, and does not look empty."""

import subprocess
import sys

from support.desk import STRANGER, DeskFiles

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
