"""Which older watchdesk may work on a newer database, by what that says of itself."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, inspect

from watchdesk.errors import UnusableStorage
from watchdesk.store import Age, Look, open_store
from watchdesk.store.database import Database, database_url
from watchdesk.store.oldest_version import OLDEST
from watchdesk.store.opening import migrate, newest_revision

THIS = newest_revision()
NEXT = f"{int(THIS) + 1:04}"


def changed_by_newer(storage: str, directory: Path, oldest: str) -> None:
    """As a newer watchdesk leaves the database, which added a column, and says who may work on it."""
    open_store(storage, directory).close()
    database = Database(database_url(storage, directory))
    with closing(database), database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE silences ADD COLUMN whose TEXT")
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{NEXT}'")
        connection.exec_driver_sql(
            f"UPDATE notes SET value = '{NEXT} {oldest}' WHERE name = 'database.oldest_version'"
        )


@pytest.mark.parametrize("oldest", ["0001", THIS])
def test_it_works_on_a_newer_database_that_lets_it(storage: str, tmp_path: Path, oldest: str) -> None:
    changed_by_newer(storage, tmp_path, oldest)
    with closing(Look(storage, tmp_path)) as look:
        assert look.age() is Age.CURRENT
    with closing(open_store(storage, tmp_path)) as store:
        store.set_note("kept", "yes")
    database = Database(database_url(storage, tmp_path))
    with closing(database), database.read() as connection:
        version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    assert version == NEXT


def test_it_is_refused_by_a_newer_database_that_does_without_what_it_needs(
    storage: str, tmp_path: Path
) -> None:
    changed_by_newer(storage, tmp_path, NEXT)
    with closing(Look(storage, tmp_path)) as look:
        assert look.age() is Age.NEWER
    with pytest.raises(UnusableStorage, match=f"its version is {NEXT}, this one's is {THIS}"):
        open_store(storage, tmp_path)


def test_what_came_since_the_oldest_version_only_adds(storage: str, tmp_path: Path) -> None:
    database = Database(database_url(storage, tmp_path))
    with closing(database), database.write() as connection:
        migrate(connection, to=OLDEST)
        before = columns(connection)
        migrate(connection)
        after = columns(connection)
    for table, known in before.items():
        for name, column in known.items():
            assert after[table][name] == column, f"{table}.{name}: raise OLDEST, for it is not as it was"
        for name in after[table].keys() - known.keys():
            added = after[table][name]
            assert added["nullable"] or added["default"] is not None, (
                f"{table}.{name}: who does not know it cannot write a row; give it a default, or raise OLDEST"
            )


def columns(connection: Connection) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """By table and name; and, as columns of a sort, what is unique or refers to other tables."""
    found = inspect(connection)
    told: dict[str, dict[str, Mapping[str, Any]]] = {}
    for table in found.get_table_names():
        told[table] = {c["name"]: {**c, "type": repr(c["type"])} for c in found.get_columns(table)}
        bounds = [one["name"] for one in found.get_unique_constraints(table)]
        bounds += [one["name"] for one in found.get_foreign_keys(table)]
        bounds += [one["name"] for one in found.get_indexes(table) if one["unique"]]
        told[table] |= {f"bound {name}": {"nullable": False, "default": None} for name in bounds}
    return told
