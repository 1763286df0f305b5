"""The file of an open database: deleted, replaced, and opened anew."""

import threading
from contextlib import closing
from pathlib import Path

import pytest

from watchdesk.errors import DamagedStorage
from watchdesk.store import open_store
from watchdesk.store.open_file import OpenFile


def test_opening_it_anew_is_no_deletion_or_replacement_for_those_who_read_meanwhile(tmp_path: Path) -> None:
    with closing(open_store("sqlite", tmp_path)) as store:
        store.stamp()
    file, over = OpenFile(tmp_path / "watchdesk.db"), threading.Event()
    said: list[str] = []

    def look() -> None:
        while not over.is_set():
            try:
                file.check()
            except DamagedStorage as damage:
                said.append(str(damage))

    reader = threading.Thread(target=look)
    reader.start()
    for _ in range(200):
        file.remember()
        file.forget()
    over.set()
    reader.join(10)
    assert said == []


def test_a_file_that_is_gone_is_told_as_such_also_while_it_is_opened_anew(tmp_path: Path) -> None:
    with closing(open_store("sqlite", tmp_path)) as store:
        store.stamp()
        (tmp_path / "watchdesk.db").unlink()
        with pytest.raises(DamagedStorage, match="was deleted"):
            store.notes()
        with pytest.raises(DamagedStorage, match="is gone"):
            store.reopen()
        with pytest.raises(DamagedStorage, match="is gone: put it back"):
            store.notes()
