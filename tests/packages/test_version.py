"""The version is one, and says of what is built between releases that it comes before the next one."""

import re
import shutil
import subprocess
import sys
import tomllib
from itertools import pairwise

import pytest

from support.blocks import ROOT
from watchdesk import __version__

CHANGES = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def debian_version(version: str) -> str:
    asks = "import sys, deb; print(deb.debian_version(sys.argv[1]))"
    command = [sys.executable, "-c", asks, version]
    return subprocess.run(
        command, cwd=ROOT / "packaging", capture_output=True, text=True, check=True
    ).stdout.strip()


def test_it_is_the_same_wherever_it_stands() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__
    page = (ROOT / "share" / "man" / "man1" / "watchdesk.1").read_text(encoding="utf-8")
    assert f'"watchdesk {__version__}"' in page


def test_between_releases_it_is_that_of_the_next_one() -> None:
    sections = re.split(r"^## ", CHANGES, flags=re.MULTILINE)[1:]
    heading, _, changes = sections[0].partition("\n")
    newest = re.fullmatch(r"\[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d", sections[1].partition("\n")[0])
    assert (heading, newest is not None) == ("[Unreleased]", True)
    assert newest
    released, _, development = __version__.partition(".dev")
    if changes.strip() or development:
        assert development == "0", f"what has changed since {newest[1]} is of no release yet"
        assert numbers(released) > numbers(newest[1])
    else:
        assert released == newest[1]


def numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


@pytest.mark.skipif(shutil.which("dpkg") is None, reason="dpkg is not installed")
def test_dpkg_puts_what_comes_before_a_release_before_it() -> None:
    order = [debian_version(version) for version in ("0.1.0", "0.2.0.dev0", "0.2.0rc1", "0.2.0", "0.2.1")]
    assert order == ["0.1.0", "0.2.0~dev0", "0.2.0~rc1", "0.2.0", "0.2.1"]
    for older, newer in pairwise(order):
        subprocess.run(["dpkg", "--compare-versions", older, "lt", newer], check=True)
