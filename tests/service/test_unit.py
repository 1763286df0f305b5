"""The systemd unit that is shipped: what it promises, as systemd reads it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[2] / "systemd" / "watchdesk.service"


def settings() -> list[tuple[str, str]]:
    lines = UNIT.read_text("utf-8").splitlines()
    return [(key, value) for key, equals, value in (line.partition("=") for line in lines) if equals]


def test_a_configuration_that_is_not_usable_is_not_tried_again_for_ever() -> None:
    assert ("Restart", "on-failure") in settings()
    assert ("RestartPreventExitStatus", "2") in settings()


def test_the_service_mounts_nothing_for_others_and_takes_its_credentials() -> None:
    assert ("PrivateMounts", "yes") in settings()
    assert "# LoadCredential=" in UNIT.read_text("utf-8")
    assert not [value for key, value in settings() if key == "InaccessiblePaths" and "credentials" in value]


def test_systemd_finds_it_exposed_by_no_more_than_1_2() -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd here")
    command = ["systemd-analyze", "security", "--offline=true", str(UNIT)]
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    if "Unknown" in said.stderr or "unrecognized option" in said.stderr:
        pytest.skip("this systemd judges no files")
    found = re.search(r"exposure level for \S+ (\d+\.\d+)", said.stdout)
    assert found, said
    assert float(found[1]) <= 1.2
