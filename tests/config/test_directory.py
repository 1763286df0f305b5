from pathlib import Path

import pytest

from watchdesk.config import find_directory
from watchdesk.errors import UsageError


def test_the_directory_named_wins(tmp_path: Path) -> None:
    assert find_directory(tmp_path, {"WATCHDESK_CONFIG": "/elsewhere"}) == tmp_path


def test_then_comes_the_environments(tmp_path: Path) -> None:
    assert find_directory(None, {"WATCHDESK_CONFIG": str(tmp_path)}) == tmp_path


def test_then_comes_config_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").mkdir()
    monkeypatch.chdir(tmp_path)
    assert find_directory(None, {"WATCHDESK_CONFIG": ""}) == Path("config")


def test_a_directory_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere does not exist; name one with --config DIR"):
        find_directory(tmp_path / "nowhere", {})


def test_a_file_in_its_place_is_told(tmp_path: Path) -> None:
    file = tmp_path / "watchdesk.yaml"
    file.touch()
    with pytest.raises(UsageError, match="is a file"):
        find_directory(None, {"WATCHDESK_CONFIG": str(file)})


@pytest.mark.skipif(Path("/etc/watchdesk").is_dir(), reason="this machine has a configuration")
def test_when_there_is_none_all_that_was_tried_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"\./config or /etc/watchdesk"):
        find_directory(None, {})
