"""Later versions of watchdesk, as trees of its own source in which a little is changed."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import watchdesk
from support.desk import DeskFiles, environment
from watchdesk.store.opening import newest_revision

_LAST = '    Column("line_hashes", LargeBinary),\n'
_WEIGHT = '    Column("weight", Integer, nullable=False, server_default="1"),\n'
_ADDS = 'op.add_column("articles", sa.Column("weight", sa.Integer, nullable=False, server_default="1"))'
_REMOVES = 'op.drop_column("articles", "weight")'
_MIGRATION = '''\
"""Of a version to come."""

import sqlalchemy as sa
from alembic import op

revision = "{}"
down_revision = "{}"


def upgrade() -> None:
    {}
'''


class Later:
    """A version of the program. `tree` is for PYTHONPATH."""

    def __init__(self, folder: Path, version: str) -> None:
        self.tree, self.version = folder, version
        self._package = folder / "watchdesk"
        here = Path(watchdesk.__file__).parent
        shutil.copytree(here, self._package, ignore=shutil.ignore_patterns("__pycache__"))
        self._change("__init__.py", rf'"{watchdesk.__version__}"', f'"{version}"')

    def adds(self, number: int) -> None:
        """Each article has a weight, by a migration that comes so many after the newest."""
        self._migrate(number, _ADDS)
        self._change("store/tables.py", re.escape(_LAST), _LAST + _WEIGHT)

    def removes(self, number: int) -> None:
        """It has none any more; who still needs it is refused."""
        self._migrate(number, _REMOVES)
        self._change("store/tables.py", re.escape(_WEIGHT), "")
        self._change("store/oldest_version.py", r'OLDEST = "\d+"', f'OLDEST = "{_revision(number)}"')

    @contextmanager
    def service(self, desk: DeskFiles) -> Iterator["subprocess.Popen[bytes]"]:
        """As `DeskFiles.service`, of this version."""
        with (desk.root / "service.log").open("wb") as log:
            variables = {**environment(), "PYTHONPATH": str(self.tree)}
            started = subprocess.Popen(desk.command("run"), stdout=log, stderr=log, env=variables)
        try:
            yield started
        finally:
            started.kill()
            started.wait()

    def _migrate(self, number: int, does: str) -> None:
        path = self._package / "store" / "migrations" / "versions" / f"{_revision(number)}_later.py"
        path.write_text(_MIGRATION.format(_revision(number), _revision(number - 1), does))

    def _change(self, name: str, old: str, new: str) -> None:
        path = self._package / name
        text, times = re.subn(old, new, path.read_text())
        assert times == 1, f"{name} is not as it was"
        path.write_text(text)


def _revision(after: int) -> str:
    return f"{int(newest_revision()) + after:04}"
