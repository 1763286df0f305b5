"""Commands beside the service of this machine: its directories are found, and said to whom they belong.

What root does as another user `tests/systemd` shows, on a machine whose program every user can reach.
"""

import os
import shutil
from pathlib import Path

import pytest

from watchdesk.cli.beside_unit import become_owner, state_beside


@pytest.mark.parametrize(
    ("config", "state"),
    [
        (None, "var/lib/watchdesk"),
        ("/etc/watchdesk", "var/lib/watchdesk"),
        ("/etc/watchdesk-berlin", "var/lib/watchdesk-berlin"),
        ("/etc/watchdesk-paris", None),  # never started
        ("/etc/watchdogs", None),
        ("/srv/etc/watchdesk", None),
    ],
)
def test_a_units_state_is_found_by_its_configuration(
    tmp_path: Path, config: str | None, state: str | None
) -> None:
    for name in ("watchdesk", "watchdesk-berlin", "watchdogs"):
        (tmp_path / "var/lib" / name).mkdir(parents=True)
    found = state_beside(Path(config) if config else None, tmp_path)
    assert found == (tmp_path / state if state else None)


def test_root_stays_root_where_the_owner_cannot_come_to_the_state(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    tmp_path.chmod(0o700)
    (tmp_path / "state").mkdir()
    shutil.chown(tmp_path / "state", "nobody")
    become_owner(tmp_path / "state")
    assert os.geteuid() == 0
