"""lemon24/reader: `update_feeds` with as many workers, told to ask every feed whatever its interval."""

import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

_ADD = """\
import sys
from reader import make_reader
reader = make_reader(sys.argv[1])
for line in open(sys.argv[2]):
    reader.add_feed(line.strip())
"""
_UPDATE = """\
import sys
from reader import make_reader
make_reader(sys.argv[1]).update_feeds(scheduled=False, workers=32)
"""


class Reader:
    """Its library, by the shortest program that uses it."""

    name = "reader"

    def __init__(self, python: Path) -> None:
        self._python = python

    def missing(self) -> str | None:
        return None if run_quietly([str(self._python), "-c", "import reader"]) else "pip install reader"

    def set_up(self, folder: Path, urls: Sequence[str]) -> None:
        (folder / "urls").write_text("\n".join(urls))
        (folder / "update.py").write_text(_UPDATE)
        command = [str(self._python), "-c", _ADD, str(folder / "reader.db"), str(folder / "urls")]
        if not run_quietly(command):
            raise RuntimeError("reader could not be set up")

    def command(self, folder: Path) -> Sequence[str]:
        return [str(self._python), str(folder / "update.py"), str(folder / "reader.db")]

    def environment(self, folder: Path) -> Mapping[str, str]:  # noqa: ARG002 - the port's form
        return {}

    def articles(self, folder: Path) -> int:
        with closing(sqlite3.connect(folder / "reader.db")) as database:
            return int(database.execute("SELECT count(*) FROM entries").fetchone()[0])


def run_quietly(command: Sequence[str]) -> bool:
    """Whether a command ends well."""
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
