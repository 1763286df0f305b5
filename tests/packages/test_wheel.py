"""What is built from this tree holds all that the program needs."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "src" / "watchdesk"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target=wheel", f"--directory={out}"]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1796000000"}
    done = subprocess.run(build, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("*.whl")
    return zipfile.ZipFile(built)


def test_it_has_every_file_of_the_program_and_none_besides(wheel: zipfile.ZipFile) -> None:
    held = {name for name in wheel.namelist() if ".dist-info/" not in name and ".data/" not in name}
    there = {
        path.relative_to(ROOT / "src").as_posix()
        for folder in (HOUSE, HOUSE / "shipped")  # a link, which `rglob` does not follow
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert held == there


def test_it_brings_the_man_page_and_the_completions_for_the_share_of_its_environment(
    wheel: zipfile.ZipFile,
) -> None:
    held = {name.partition(".data/data/")[2] for name in wheel.namelist() if ".data/" in name}
    assert held == {
        path.relative_to(ROOT).as_posix() for path in (ROOT / "share").rglob("*") if path.is_file()
    }
    assert "share/man/man1/watchdesk.1" in held


@pytest.mark.parametrize(
    "needed",
    [
        "watchdesk/messages.md",
        "watchdesk/py.typed",
        "watchdesk/shipped/watchdesk.yaml",
        "watchdesk/shipped/sources.yaml",
        "watchdesk/store/migrations/script.py.mako",
        "watchdesk/web/assets/desk.css",
        "watchdesk/web/templates/base.html.j2",
    ],
)
def test_it_has_what_is_no_code(wheel: zipfile.ZipFile, needed: str) -> None:
    assert needed in wheel.namelist()


def test_it_offers_the_command_and_asks_for_no_development_package(wheel: zipfile.ZipFile) -> None:
    (folder,) = {name.partition("/")[0] for name in wheel.namelist() if ".dist-info/" in name}
    assert "watchdesk = watchdesk.cli:main" in wheel.read(f"{folder}/entry_points.txt").decode()
    told = wheel.read(f"{folder}/METADATA").decode()
    assert "Requires-Dist: click" in told
    assert "Requires-Dist: pytest" not in told
    assert f"{folder}/licenses/LICENSE" in wheel.namelist()
