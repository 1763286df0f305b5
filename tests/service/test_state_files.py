"""The small files beside the database: where one cannot be written, the reason is told."""

import errno
from pathlib import Path

import pytest
from sqlalchemy import make_url

from support.small_disk import small_disk
from watchdesk.service.liveness.state_file import StateFile
from watchdesk.store.database_identity import DatabaseIdentity, IdentityFile

LONG, SHORT = ["x" * 9_000], ["short"]


def filled(folder: Path) -> None:
    with (folder / "fill").open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        while True:
            file.write(bytes(1 << 16))


def test_a_full_disk_is_told_as_such_whether_the_file_is_there_or_not(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    with small_disk(folder, "256k"):
        there = StateFile(folder / "there.json", list[str])
        there.write(SHORT)
        (folder / "room").write_bytes(bytes(4096))
        filled(folder)
        (folder / "room").unlink()  # for the first half of the long one
        for file in (there, StateFile(folder / "new.json", list[str])):
            with pytest.raises(OSError) as refused:
                file.write(LONG)
            assert refused.value.errno == errno.ENOSPC
        there.write(["other"])
        assert there.read() == ["other"]
        assert sorted(path.name for path in folder.iterdir()) == ["fill", "there.json"]


def test_a_directory_that_is_a_file_costs_no_more_than_what_is_remembered(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    file = StateFile(tmp_path / "file" / "new.json", list[str])
    with pytest.raises(NotADirectoryError):
        file.write(SHORT)
    known = IdentityFile(tmp_path / "file", make_url("sqlite:///watchdesk.db"))
    known.write(DatabaseIdentity("id", 1))
    assert known.read() is None
