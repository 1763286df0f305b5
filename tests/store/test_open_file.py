"""The file of an open database: deleted, replaced, and opened anew."""

import threading
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from watchdesk.errors import DamagedStorage
from watchdesk.keeping.backing_up import open_to_copy
from watchdesk.store import SqlStore, existing_store, open_beside, open_store, open_to_read
from watchdesk.store.database import Database, database_url
from watchdesk.store.database_identity import IdentityFile
from watchdesk.store.looking import Look
from watchdesk.store.open_file import OpenFile


def test_opening_it_anew_is_no_deletion_or_replacement_for_those_who_read_meanwhile(tmp_path: Path) -> None:
    with closing(open_store("sqlite", tmp_path)) as store:
        store.stamp()
    file, over = OpenFile(tmp_path / "watchdesk.db", lambda: (None, None)), threading.Event()
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


def looked_into(state: Path) -> None:
    with existing_store("sqlite", state) as store:
        assert store is not None
        store.notes()


def copied(state: Path) -> None:
    with closing(open_to_copy("sqlite", state)):
        pass


def examined(state: Path) -> None:
    with closing(Look("sqlite", state)) as look:
        look.age()


@pytest.mark.parametrize(
    "opened",
    [
        partial(open_store, "sqlite"),
        partial(open_beside, "sqlite"),
        partial(open_to_read, "sqlite", connections=1),
        looked_into,
        copied,
        examined,
    ],
    ids=["a command", "a process beside", "a reader", "a check", "a backup", "the doctor"],
)
def test_nobody_opens_a_replaced_file_with_the_log_of_the_one_before(
    tmp_path: Path, opened: Callable[..., SqlStore | Database | None]
) -> None:
    file = tmp_path / "watchdesk.db"
    with closing(open_store("sqlite", tmp_path)):
        pass
    older = file.read_bytes()
    with closing(open_store("sqlite", tmp_path)) as store:
        store.stamp()
        (tmp_path / "older").write_bytes(older)
        (tmp_path / "older").replace(file)
        with pytest.raises(DamagedStorage, match="was replaced, and the files beside it"):
            opened(state_directory=tmp_path) if isinstance(opened, partial) else opened(tmp_path)
        assert file.read_bytes() == older
        said = store.reopen()
        assert said is not None
        assert "older copy" in said
        assert "watchdesk.db.rescued" in said
        store.stamp()
    with closing(open_store("sqlite", tmp_path)) as store:
        assert store.older_copy is None


def test_whoever_opens_a_replaced_file_first_notes_which_log_is_its_own(tmp_path: Path) -> None:
    file = tmp_path / "watchdesk.db"
    with closing(open_store("sqlite", tmp_path)) as store:
        store.stamp()
    (tmp_path / "copy").write_bytes(file.read_bytes())
    (tmp_path / "copy").replace(file)
    with closing(open_store("sqlite", tmp_path)):
        with closing(Database(database_url("sqlite", tmp_path))) as database:
            identity = IdentityFile(tmp_path, database.url).read()
            assert identity is not None
            assert database.open_file is not None
            assert (identity.file, identity.log) == database.open_file.ids
        with closing(open_beside("sqlite", tmp_path)) as beside:
            assert beside.notes() is not None
