"""The man page and the completions that the wheel brings are made of the help of today."""

import importlib.util
import shutil
import subprocess
import sys
from types import ModuleType

import pytest

from support.blocks import ROOT


@pytest.fixture(scope="module")
def manual() -> ModuleType:
    found = importlib.util.spec_from_file_location("manual", ROOT / "packaging" / "manual.py")
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_what_the_wheel_brings_is_what_the_commands_say() -> None:
    """In a process of its own: other tests have loaded commands with what they brought along."""
    made = subprocess.run([sys.executable, "packaging/manual.py", "--check"], cwd=ROOT, check=False)
    assert made.returncode == 0, "type: make manual"


@pytest.mark.skipif(shutil.which("man") is None, reason="man is not installed")
def test_man_shows_every_command_without_a_warning(manual: ModuleType) -> None:
    file = ROOT / "share" / manual.PAGE
    shown = subprocess.run(
        ["man", "--warnings", "--local-file", str(file)],
        capture_output=True,
        text=True,
        check=True,
        env={"LC_ALL": "C.UTF-8", "MANWIDTH": "100", "PATH": "/usr/bin:/bin"},
    )
    assert shown.stderr == ""
    for command in ("backtest [OPTIONS]", "sources add [OPTIONS]", "deliveries retry [OPTIONS]"):
        assert command in shown.stdout


def test_bash_completes_a_command() -> None:
    file = ROOT / "share" / "bash-completion" / "completions" / "watchdesk"
    assert subprocess.run(["bash", "-n", str(file)], check=True).returncode == 0
    assert "_WATCHDESK_COMPLETE=bash_complete" in file.read_text(encoding="utf-8")
