"""Root types `backup` and `restore` beside a service of another user: the file is root's, not the desk."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import watchdesk
from support.desk import DeskFiles, environment
from watchdesk.store import replacing

PYTHON = Path("/usr/bin/python3.11")
"""One that every user may run, as the package for Debian has it; the tests' own may be in somebody's home."""


@pytest.fixture
def shared_desk() -> Iterator[DeskFiles]:
    """A desk whose state is nobody's, where nobody can come to it."""
    if os.geteuid() != 0 or not PYTHON.exists():
        pytest.skip("needs root, and a Python of the system")
    root = Path(tempfile.mkdtemp())
    root.chmod(0o755)
    desk = DeskFiles(root)
    desk.write({})
    desk.begin()
    for path in (desk.state, *desk.state.iterdir()):
        shutil.chown(path, "nobody", "nogroup")
    desk.state.chmod(0o700)
    yield desk
    shutil.rmtree(root)


def variables() -> dict[str, str]:
    packages = Path(pytest.__file__).parents[1]
    house = Path(watchdesk.__file__).parents[1]
    return {**environment(), "PYTHONPATH": f"{house}:{packages}"}


def typed(desk: DeskFiles, *arguments: str) -> str:
    done = subprocess.run(
        [PYTHON, "-B", *desk.command(*arguments)[1:]],
        env=variables(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_roots_file_stays_roots_and_the_desk_the_services(shared_desk: DeskFiles) -> None:
    desk = shared_desk
    vault = desk.root / "vault"
    vault.mkdir(mode=0o700)
    file = vault / "desk.backup"
    typed(desk, "backup", str(file))
    assert (file.stat().st_uid, file.stat().st_mode & 0o777) == (0, 0o600)
    shutil.rmtree(desk.config)
    desk.config.mkdir()
    shutil.chown(desk.config, "root", "nogroup")
    desk.config.chmod(0o2750)
    assert "The configuration was written" in typed(desk, "restore", "--replace", str(file))
    owner = desk.state.stat().st_uid
    assert {path.name for path in desk.state.rglob("*") if path.stat().st_uid != owner} == set()
    group = desk.config.stat().st_gid
    written = [path.stat() for path in desk.config.rglob("*.yaml")]
    assert {(one.st_uid, one.st_gid, one.st_mode & 0o777) for one in written} == {(0, group, 0o640)}


def test_the_service_finishes_what_root_was_kept_from_finishing(
    shared_desk: DeskFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = shared_desk.state
    (replacing.begin(state) / "links.key").write_text("00" * 32)
    making = state / replacing.MAKING
    assert {path.stat().st_uid for path in (making, making / "new")} == {state.stat().st_uid}
    monkeypatch.setattr(replacing, "finish", lambda _: None)  # killed here
    replacing.decide(state, ["watchdesk.db"], "before")
    code = (
        "import sys, pathlib; from watchdesk.store.replacing import finish; finish(pathlib.Path(sys.argv[1]))"
    )
    subprocess.run(
        [PYTHON, "-B", "-c", code, state], env=variables(), user="nobody", group="nogroup", check=True
    )
    assert (state / "links.key").exists() and (state / "before" / "watchdesk.db").exists()
    assert not list(state.glob(".rest*"))
