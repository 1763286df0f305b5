"""An upgrade that is interrupted, has no room or is regretted loses nothing."""

import os
import random
import shutil
import signal
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from support.desk import DeskFiles, wait_until_alone
from support.old_tables import OLDER, found_in, lives_in, make_old
from support.small_disk import small_disk
from watchdesk.errors import UnusableStorage
from watchdesk.store import migration_copy, open_store
from watchdesk.store.database import Database, database_url
from watchdesk.store.migration_copy import copies
from watchdesk.store.open_file import FILE
from watchdesk.store.opening import newest_revision

FEW = 6


def in_child(work: Callable[[], object]) -> Callable[[], int]:
    """Does it in another process; what is returned waits for its end, and gives its wait status."""
    wait_until_alone()
    pid = os.fork()
    if pid == 0:
        status = 1
        with suppress(BaseException):
            work()
            status = 0
        os._exit(status)
    return lambda: os.waitpid(pid, 0)[1]


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed_at(storage: str, directory: Path, point: int) -> bool:
    """Migrates, and is killed before a statement, a commit among them; False where there are not as many."""
    left = [point]

    def count(*_: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            die()

    def opened() -> None:
        event.listen(Engine, "before_cursor_execute", count)
        event.listen(Engine, "commit", count)
        open_store(storage, directory).close()

    status = in_child(opened)()
    assert status in (0, signal.SIGKILL)
    return status != 0


class Old:
    """A database of an older watchdesk with rows in it, and as many copies as are needed."""

    def __init__(self, new_storage: Callable[..., str], root: Path, revision: str) -> None:
        self.revision = revision
        self._new_storage, self._root = new_storage, root
        self._storage, self._copies = new_storage(), 0
        self._made = root / f"{revision}-made"
        self._made.mkdir()
        self.rows = make_old(self._storage, self._made, revision)

    def copy(self) -> tuple[str, Path]:
        self._copies += 1
        directory = self._root / f"{self.revision}-{self._copies}"
        if self._storage != "sqlite":
            directory.mkdir()
            return self._new_storage(like=self._storage), directory
        shutil.copytree(self._made, directory)
        return "sqlite", directory

    def points(self) -> Sequence[int]:
        """Before which statements to be killed: all of the next migration, and some of those that follow."""
        asked: list[str] = []
        storage, directory = self.copy()

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            asked.append(statement)

        def note_commit(_: object) -> None:
            asked.append("COMMIT")

        event.listen(Engine, "before_cursor_execute", note)
        event.listen(Engine, "commit", note_commit)
        try:
            open_store(storage, directory).close()
        finally:
            event.remove(Engine, "before_cursor_execute", note)
            event.remove(Engine, "commit", note_commit)
        own = next(n for n, one in enumerate(asked) if one.startswith("UPDATE alembic_version")) + 1
        rest = range(own, len(asked))
        return [*range(own), *rest[:: max(1, len(rest) // FEW)], *rest[-3:]]

    def check_killed_at(self, point: int) -> None:
        storage, directory = self.copy()
        was_killed = killed_at(storage, directory, point)
        after = found_in(storage, directory)
        if after[0] == self.revision:
            assert after[1] == self.rows
        else:
            assert after[0] == newest_revision()
        open_store(storage, directory).close()
        now, rows = found_in(storage, directory)
        assert (was_killed, now) == (True, newest_revision())
        assert lives_in(self.rows, rows)
        if storage == "sqlite":
            self._check_copy(directory)
        shutil.rmtree(directory)

    def _check_copy(self, directory: Path) -> None:
        kept = copies(directory / FILE)
        assert [*kept] == [self.revision]
        with closing(sqlite3.connect(kept[self.revision])) as copy:
            assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == (self.revision,)
            assert copy.execute("SELECT count(*) FROM articles").fetchone() == (2,)
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_killed_migration_is_made_again_and_loses_nothing(
    new_storage: Callable[..., str], tmp_path: Path
) -> None:
    Old(new_storage, tmp_path, OLDER[-1]).check_killed_at(random.randrange(2, 8))


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("revision", OLDER)
def test_a_migration_that_is_killed_at_any_statement_loses_nothing(
    new_storage: Callable[..., str], tmp_path: Path, revision: str
) -> None:
    """Of each migration every statement, a commit among them, is the last to begin in one of these tests."""
    old = Old(new_storage, tmp_path, revision)
    points = old.points()
    assert len(points) > FEW
    for point in points:
        old.check_killed_at(point)


@pytest.mark.parametrize("moment", ["copy_file", "sync"])
def test_a_migration_that_is_killed_while_it_copies_the_file_leaves_no_half_copy(
    tmp_path: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = make_old("sqlite", tmp_path, OLDER[-1])
    with monkeypatch.context() as child:
        child.setattr(migration_copy, moment, die)
        assert in_child(lambda: open_store("sqlite", tmp_path))() == signal.SIGKILL
    assert found_in("sqlite", tmp_path) == (OLDER[-1], before)
    assert [*copies(tmp_path / FILE)] == ([OLDER[-1]] if moment == "sync" else [])
    open_store("sqlite", tmp_path).close()
    assert [*copies(tmp_path / FILE)] == [OLDER[-1]]


def test_of_two_processes_that_start_at_once_one_migrates(
    new_storage: Callable[[], str], tmp_path: Path
) -> None:
    storage = new_storage()
    before = make_old(storage, tmp_path, OLDER[-2])
    both = [in_child(lambda: open_store(storage, tmp_path).close()) for _ in range(2)]
    assert [ended() for ended in both] == [0, 0]
    revision, after = found_in(storage, tmp_path)
    assert revision == newest_revision()
    assert lives_in(before, after)


def test_the_copy_has_the_mode_of_the_file_and_goes_with_the_second_good_start(tmp_path: Path) -> None:
    make_old("sqlite", tmp_path, OLDER[-1])
    (tmp_path / FILE).chmod(0o640)
    for kept in (True, False, False):
        with closing(open_store("sqlite", tmp_path)) as store:
            found = [path.stat().st_mode & 0o777 for path in copies(tmp_path / FILE).values()]
            assert found in ([0o640], []), found
            store.started_well()
        assert bool(copies(tmp_path / FILE)) is kept


def test_without_room_for_the_copy_nothing_is_migrated(desk: DeskFiles) -> None:
    desk.write({})
    with small_disk(desk.state, "3m"):
        before = make_old("sqlite", desk.state, OLDER[-1])
        with (desk.state / "ballast").open("wb") as ballast, suppress(OSError):
            ballast.write(bytes(1_000_000))
        refused = desk.run("once")
        assert refused.status == 2
        assert f"{FILE}.version-{OLDER[-1]}" in refused.err
        assert "MB of free space" in refused.err
        assert found_in("sqlite", desk.state) == (OLDER[-1], before)
        assert not copies(desk.state / FILE)
        (desk.state / "ballast").unlink()


def test_an_older_watchdesk_leaves_a_newer_database_and_says_the_way_back(desk: DeskFiles) -> None:
    desk.write({})
    desk.begin()
    file, copy = desk.state / FILE, desk.state / f"{FILE}.version-{newest_revision()}"
    file.rename(copy)
    with closing(sqlite3.connect(copy)) as old, closing(sqlite3.connect(file)) as new:
        old.backup(new)
        new.execute("UPDATE alembic_version SET version_num = '9999'")
        new.commit()
    before = file.read_bytes()
    refused = desk.run("once")
    assert refused.status == 2
    assert f"{copy} is the database from before the upgrade" in refused.err
    assert file.read_bytes() == before
    assert str(copy) in desk.run("doctor").out
    for name in (FILE, f"{FILE}-wal", f"{FILE}-shm"):  # as it says
        if (desk.state / name).exists():
            (desk.state / name).rename(desk.root / name)
    copy.rename(file)
    assert desk.run("once").status == 0


def test_where_there_is_no_copy_the_way_back_is_a_backup(storage: str, tmp_path: Path) -> None:
    open_store(storage, tmp_path).close()
    database = Database(database_url(storage, tmp_path))
    with closing(database), database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(UnusableStorage, match="restore a backup from before the upgrade"):
        open_store(storage, tmp_path)
