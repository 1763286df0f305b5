"""A backup that an older watchdesk made is restored, and its tables are brought up to date."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from support.desk import SETTINGS, DeskFiles
from support.old_tables import OLDER, Rows, found_in, lives_in, make_old, tables_of
from watchdesk.keeping.backup_file import BackupWriter, Manifest
from watchdesk.store import open_store
from watchdesk.store.database import Database, database_url
from watchdesk.store.opening import newest_revision
from watchdesk.store.table_rows import kind_of, read_older_rows

RELEASED = "0020"
"""The tables of 0.1.0."""
SOME = sorted({*OLDER[::6], OLDER[-1], RELEASED} - {newest_revision()})


def back_up_older(file: Path, storage: str, directory: Path, revision: str) -> Rows:
    """Writes what the watchdesk of that time would have written of its tables; their rows."""
    before = make_old(storage, directory, revision)
    with closing(Database(database_url(storage, directory))) as database, database.read() as connection:
        tables = tables_of(database, connection)
        columns = {one.name: [(each.name, kind_of(each)) for each in one.columns] for one in tables}
        with file.open("wb") as out:
            writer = BackupWriter(out, Manifest("2026-03-01T12:00:00", "0", revision, "sqlite", columns))
            for chunk in read_older_rows(connection, columns):
                writer.add_rows(chunk)
            writer.end({})
    return before


@pytest.mark.parametrize("revision", SOME)
def test_a_backup_of_an_older_version_is_restored_and_brought_up_to_date(
    new_storage: Callable[[], str], desk: DeskFiles, revision: str
) -> None:
    (desk.root / "old").mkdir()
    before = back_up_older(desk.root / "old.backup", new_storage(), desk.root / "old", revision)
    storage = new_storage()
    desk.write({}, f"{SETTINGS}storage: {storage}\n")
    done = desk.run("restore", str(desk.root / "old.backup"))
    assert done.status == 0, done.err
    assert found_in(storage, desk.state) == (revision, before)
    open_store(storage, desk.state).close()
    now, rows = found_in(storage, desk.state)
    assert now == newest_revision()
    assert lives_in(before, rows)


def test_a_backup_of_a_newer_version_is_refused(desk: DeskFiles) -> None:
    desk.write({})
    file = desk.root / "new.backup"
    with file.open("wb") as out:
        BackupWriter(out, Manifest("2027-03-01T12:00:00", "9", "9999", "sqlite", {})).end({})
    refused = desk.run("restore", str(file))
    assert (refused.status, "written by a newer watchdesk" in refused.err) == (2, True)
    assert [path.name for path in desk.state.iterdir()] == ["run.lock"]
