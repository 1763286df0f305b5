"""One file a fault under tests/data/config, named after it, and beside it what is said about it."""

from pathlib import Path

import pytest

from support.kinds import KINDS
from watchdesk.config import read_settings
from watchdesk.config.places import Problems

DATA = Path(__file__).parent.parent / "data" / "config"
FAULTS = sorted(path.relative_to(DATA).with_suffix("") for path in DATA.glob("s*/*.yaml"))
OTHER_FILE = {"settings": ("sources.yaml", "sources: {}\n"), "sources": ("watchdesk.yaml", "{}\n")}
OWN_FILE = {"settings": "watchdesk.yaml", "sources": "sources.yaml"}


def told(fault: Path, directory: Path) -> Problems:
    kind = str(fault.parent)
    name, text = OTHER_FILE[kind]
    (directory / name).write_text(text)
    (directory / OWN_FILE[kind]).write_text((DATA / fault).with_suffix(".yaml").read_text())
    problems = Problems()
    assert (read_settings(directory, problems, KINDS) is None) == bool(problems.errors)
    return problems


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_is_told_at_its_place_with_what_to_do(fault: Path, tmp_path: Path) -> None:
    said = "\n".join(problem.render() for problem in told(fault, tmp_path)) + "\n"
    assert said == (DATA / fault).with_suffix(".expected").read_text()


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_file_with_one_fault_is_told_of_one_error(fault: Path, tmp_path: Path) -> None:
    assert len(told(fault, tmp_path).errors) == 1


def test_every_expectation_has_its_fault() -> None:
    expected = {path.relative_to(DATA).with_suffix("") for path in DATA.glob("s*/*.expected")}
    assert expected == set(FAULTS)


def test_no_message_repeats_a_secret() -> None:
    assert not [path.name for path in DATA.glob("s*/*.expected") if "hunter2" in path.read_text()]


def test_messages_speak_plainly() -> None:
    jargon = (
        "Input should",
        "input should",
        "validation",
        "pydantic",
        "NoneType",
        "Traceback",
        "regex",
        "pattern '",
    )
    said = "".join(path.read_text() for path in DATA.glob("s*/*.expected"))
    assert [word for word in jargon if word in said] == []
