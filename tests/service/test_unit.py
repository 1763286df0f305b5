"""The systemd units that are shipped: what they promise, as systemd reads them."""

import re
import shutil
import subprocess
from difflib import ndiff
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "systemd"
UNITS = sorted(FOLDER.glob("*.service"))
SERVICES = [FOLDER / "watchdesk.service", FOLDER / "watchdesk@.service"]
each_unit = pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
each_service = pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)


def settings(unit: Path) -> list[tuple[str, str]]:
    lines = unit.read_text("utf-8").splitlines()
    parted = (line.partition("=") for line in lines if not line.startswith("#"))
    return [(key, value) for key, equals, value in parted if equals]


@each_service
def test_a_configuration_that_is_not_usable_is_not_tried_again_for_ever_and_somebody_is_told(
    unit: Path,
) -> None:
    told = dict(settings(unit))
    assert (told["Restart"], told["RestartPreventExitStatus"]) == ("on-failure", "2")
    assert told["OnFailure"].startswith("watchdesk-failure@watchdesk")
    assert told["StateDirectory"] in told["OnFailure"]


@each_unit
def test_a_unit_runs_as_the_user_that_administrators_can_become(unit: Path) -> None:
    assert ("User", "watchdesk") in settings(unit)
    assert "DynamicUser" not in dict(settings(unit))
    assert "u watchdesk " in (FOLDER / "watchdesk.sysusers").read_text("utf-8")


@each_service
def test_the_service_mounts_nothing_for_others_and_takes_its_credentials(unit: Path) -> None:
    assert ("PrivateMounts", "yes") in settings(unit)
    assert "# LoadCredential=" in unit.read_text("utf-8")
    assert not [
        value for key, value in settings(unit) if key == "InaccessiblePaths" and "credentials" in value
    ]


def test_a_desk_of_several_runs_as_a_desk_alone_in_folders_of_its_own() -> None:
    alone, several = (unit.read_text("utf-8").partition("[Unit]")[2] for unit in SERVICES)
    differing = [line for line in ndiff(alone.splitlines(), several.splitlines()) if line.startswith("+")]
    assert [line for line in differing if "%i" not in line] == []
    assert {line.partition("=")[0][2:] for line in differing} == {
        "Description",
        "OnFailure",
        "ExecStart",
        "StateDirectory",
    }


def test_who_tells_of_a_failure_is_confined_as_the_service_is() -> None:
    confining = [
        setting
        for setting in settings(SERVICES[0])
        if setting[0].startswith(("Protect", "Private", "System"))
    ]
    assert [one for one in confining if one not in settings(FOLDER / "watchdesk-failure@.service")] == []


def test_systemd_understands_every_line(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd here")
    for unit in UNITS:  # which need not be installed here
        text = re.sub(
            r"^ExecStart=watchdesk ", "ExecStart=true ", unit.read_text("utf-8"), flags=re.MULTILINE
        )
        (tmp_path / unit.name).write_text(text.replace("man:watchdesk(1)", "man:true(1)"))
    named = [str(tmp_path / unit.name.replace("@.", "@desk.")) for unit in UNITS]
    for path in named:
        if not Path(path).exists():
            shutil.copy(path.replace("@desk.", "@."), path)
    command = ["systemd-analyze", "verify", "--man=no", *named]
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert (said.returncode, said.stdout + said.stderr) == (0, "")


@each_unit
def test_systemd_finds_it_exposed_by_no_more_than_1_2_and_each_exception_is_explained(unit: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd here")
    command = ["systemd-analyze", "security", "--offline=true", str(unit)]
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    if "Unknown" in said.stderr or "unrecognized option" in said.stderr:
        pytest.skip("this systemd judges no files")
    found = re.search(r"exposure level for \S+ (\d+\.\d+)", said.stdout)
    assert found, said
    assert float(found[1]) <= 1.2
    explained = "".join(line for line in SERVICES[0].read_text("utf-8").splitlines() if line.startswith("#"))
    exposed = re.findall(r"^✗ (\w+)=~?(@?[\w|()]*)", said.stdout, flags=re.MULTILINE)
    assert exposed
    assert [
        key for key, part in exposed if key not in explained and (not part or part not in explained)
    ] == []
