"""Opens a database and makes its tables or brings them up to date. The home of Alembic.

An empty database where one was before is damage, not a new beginning.
"""

import uuid
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from sqlalchemy import (
    URL,
    Column,
    Connection,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    delete,
    insert,
    inspect,
    select,
    text,
)

from watchdesk.errors import DamagedStorage, NoDatabase, UnusableStorage
from watchdesk.logger import get_logger
from watchdesk.remembered import UNIT_SCORES
from watchdesk.store.arrivals import refuse_moved
from watchdesk.store.database import Database, database_url
from watchdesk.store.database_identity import DatabaseIdentity, IdentityFile
from watchdesk.store.index_state import EMPTY_INDEX
from watchdesk.store.migration_copy import ENOUGH_STARTS, STARTS_NOTE, copy_aside, drop_copies, way_back
from watchdesk.store.oldest_version import may_work_on, note_oldest
from watchdesk.store.planner_counts import forget_counts
from watchdesk.store.replacing import finish
from watchdesk.store.rights import rights_explained
from watchdesk.store.table_statements import making
from watchdesk.store.tables import notes, search_index
from watchdesk.store.upserts import upsert

log = get_logger(__name__)

_LOCK = 0x77617463
"""Key of PostgreSQL's advisory lock for migrating: two services may start at once."""

_REVISIONS = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""The table of Alembic, as Alembic makes it."""

ID_NOTE = "database.id"
STAMP_NOTE = "database.stamp"


def open_database(
    storage: str, state_directory: Path, *, may_begin: bool = True, reads: bool = False
) -> tuple[Database, IdentityFile, str | None]:
    """The database, migrated; its identity file; a warning if it is an older copy.

    `may_begin`: whether one is made where there is none. `reads`: nothing is to be written, so that one which
    has moved may be opened, and nobody who writes is waited for. Raises `StorageError`; `NoDatabase` where
    there is none to open; `MovedStorage`. A database of a newer watchdesk is left unchanged.
    """
    finish(state_directory)
    url = database_url(storage, state_directory)
    identity_file = IdentityFile(state_directory, url)
    if not may_begin:
        _refuse_to_begin(url, state_directory, identity_file)
    database = Database(url)
    try:
        with rights_explained(database):
            older = open_or_refuse(database, identity_file, may_begin=may_begin, reads=reads)
            return database, identity_file, older
    except BaseException:
        database.close()
        raise


def _refuse_to_begin(url: URL, state_directory: Path, identity_file: IdentityFile) -> None:
    """Raises `NoDatabase` where there is no file, and was none."""
    if not Database.is_sqlite(url):  # whether it has tables, only a server can tell
        return
    if not state_directory.is_dir():
        if state_directory.exists():
            raise NoDatabase(f"the state directory {state_directory} is a file; {_NAME_IT}")
        raise NoDatabase(f"there is no state directory {state_directory}; {_NAME_IT}")
    path = Path(url.database or "")
    is_there = path.exists() and path.stat().st_size > 0
    if not is_there and identity_file.read() is None:
        raise NoDatabase(f"there is no database {path}, and none was used there before; {_NAME_IT}")


_BEGINS = "a new desk begins with `watchdesk run` or `watchdesk once`"
_NAME_IT = f"name the state directory of your desk with --state; {_BEGINS}"
_NAME_STORAGE = f"name yours under `storage` in watchdesk.yaml; {_BEGINS}"


def open_or_refuse(
    database: Database, identity_file: IdentityFile, *, may_begin: bool = True, reads: bool = False
) -> str | None:
    """Opens the file or server behind `database`; returns a warning if it is an older copy of what was
    here.

    `may_begin`, `reads`: as for `open_database`. Raises `DamagedStorage` if it is missing, empty, or another
    one than before; `NoDatabase` if it has no tables and none `may_begin`; `MovedStorage`.
    """
    before = identity_file.read()
    file = database.open_file
    if file:
        file.may_begin = may_begin and before is None
    if before and file and (not file.path.exists() or file.path.stat().st_size == 0):
        what = "is empty" if file.path.exists() else "is gone"
        raise DamagedStorage(_vanished(database, identity_file, what))
    found = _as_it_is(database) if reads else None
    if found is None:
        with database.write() as connection:
            if before and revision_of(connection) is None:
                raise DamagedStorage(_vanished(database, identity_file, "is empty"))
            if not may_begin and revision_of(connection) is None:
                raise NoDatabase(
                    f"there is no database of watchdesk in {database.where}, and none was used there before; "
                    f"{_NAME_IT if file else _NAME_STORAGE}"
                )
            hold_off_starts(connection)
            refuse_moved(connection, database)
            _bring_up_to_date(connection, database)
            if file:
                forget_counts(connection)
            found = _identity(connection, before)
    if before and before.id != found.id:
        raise DamagedStorage(
            f"the database {database.where} is another than the one that was used here before: put that one "
            f"back, or, to go on with this one, move {identity_file.path} aside"
        )
    if file:
        file.remember()
        main, beside = file.ids
        if before and before.file not in {None, main}:  # its log may get the number of the one before
            identity_file.write(replace(before, file=main, log=beside))
    if before is None and (may_begin or identity_file.path.parent.is_dir()):
        identity_file.write(found)
    if before and found.stamp < before.stamp:
        return (
            f"the database {database.where} is an older copy of the one that was here: what came since is "
            "missing from it, and what feeds still serve of that comes again"
        )
    return None


def stamp(database: Database, identity_file: IdentityFile) -> None:
    """Advances the count, in the database and then beside it, so that an older copy can be told apart."""
    with database.write() as connection:
        before = _identity(connection, None)
        ids = database.open_file.ids if database.open_file else (None, None)
        now = DatabaseIdentity(before.id, before.stamp + 1, *ids)
        upsert(connection, notes, {"name": STAMP_NOTE, "value": str(now.stamp)})
    identity_file.write(now)


def _as_it_is(database: Database) -> DatabaseIdentity | None:
    """What tells a database that can be used as it is; None of one that has to be written first."""
    with database.read() as connection:
        revision, newest = revision_of(connection), newest_revision()
        if revision is None or not (
            revision == newest or (revision > newest and may_work_on(connection, revision, newest))
        ):
            return None
        return _noted_identity(connection)


def _noted_identity(connection: Connection) -> DatabaseIdentity | None:
    asked = select(notes).where(notes.c.name.in_((ID_NOTE, STAMP_NOTE)))
    carried = {row.name: row.value for row in connection.execute(asked)}
    if ID_NOTE not in carried:
        return None
    return DatabaseIdentity(carried[ID_NOTE], int(carried.get(STAMP_NOTE, "0")))


def _identity(connection: Connection, before: DatabaseIdentity | None) -> DatabaseIdentity:
    """The id and the count of the database; one of an older watchdesk gets an id."""
    found = _noted_identity(connection)
    if found is None:
        id_ = before.id if before else uuid.uuid4().hex
        upsert(connection, notes, {"name": ID_NOTE, "value": id_})
        found = DatabaseIdentity(id_, 0)
    return found


def _vanished(database: Database, identity_file: IdentityFile, what: str) -> str:
    return (
        f"the database {database.where} {what}, and there was one here before; nothing is begun anew in its "
        f"place: put a backup there, or, to begin anew on purpose, move {identity_file.path} aside"
    )


def _bring_up_to_date(connection: Connection, database: Database) -> None:
    """Makes the tables of an empty database, or migrates those of an older watchdesk.

    A file is copied before, while the transaction keeps others from writing it. Raises `UnusableStorage` if a
    newer watchdesk made them, or there is no room for the copy.
    """
    current, newest, file = revision_of(connection), newest_revision(), database.open_file
    if current is None:
        _make_tables(connection)
        return
    if current > newest and may_work_on(connection, current, newest):
        log.info("a newer watchdesk has changed the database; this one may work on it", version=current)
        return
    if current > newest:
        raise UnusableStorage(
            f"the database {database.where} was written by a newer watchdesk (its version is {current}, this "
            f"one's is {newest}): {way_back(file.path if file else None, newest)}"
        )
    if current == newest:
        return
    copy = copy_aside(file.path, current, newest) if file else None
    log.info("the database is migrated", version=current, to=newest, copy=str(copy) if copy else None)
    migrate(connection)
    note_oldest(connection, newest)
    if file:
        upsert(connection, notes, {"name": STARTS_NOTE, "value": "0"})


def hold_off_starts(connection: Connection) -> None:
    """Has processes that open a server's database wait for the end of this transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def started_well(database: Database) -> None:
    """Counts a start after a migration; with the second one the copy from before is removed."""
    file, counted = database.open_file, select(notes.c.value).where(notes.c.name == STARTS_NOTE)
    if file is None:
        return
    with database.read() as connection:
        before = connection.execute(counted).scalar_one_or_none()
    if before is None:
        return
    starts = int(before) + 1
    if starts >= ENOUGH_STARTS:
        drop_copies(file.path)
    with database.write() as connection:
        if starts >= ENOUGH_STARTS:
            connection.execute(delete(notes).where(notes.c.name == STARTS_NOTE))
        else:
            upsert(connection, notes, {"name": STARTS_NOTE, "value": str(starts)})


def _make_tables(connection: Connection) -> None:
    """Makes the newest tables at once: to run every migration takes four times as long."""
    dialect = connection.dialect
    for statement in making(f"{dialect.name}+{dialect.driver}"):
        connection.exec_driver_sql(statement)
    _REVISIONS.create(connection, checkfirst=True)
    connection.execute(insert(_REVISIONS), {"version_num": newest_revision()})
    name, value = UNIT_SCORES
    upsert(connection, notes, {"name": name, "value": value})
    note_oldest(connection, newest_revision())
    connection.execute(insert(search_index), EMPTY_INDEX)


def make_empty_tables(connection: Connection, revision: str) -> None:
    """Makes the tables of this version or an older one, without a row, in an empty database.

    Raises `UnusableStorage` for a newer one.
    """
    newest = newest_revision()
    if revision > newest:
        raise UnusableStorage(
            f"it was written by a newer watchdesk (its version is {revision}, this one's is {newest}): "
            "use that watchdesk, or a newer one"
        )
    others = {_REVISIONS.name, *inspect(connection).get_table_names()}  # such as those of a fleet
    if revision == newest:
        _make_tables(connection)
    else:
        migrate(connection, to=revision)
    made = MetaData()
    made.reflect(connection)
    for each in reversed(made.sorted_tables):
        if each.name not in others:
            connection.execute(delete(each))


def identity_of(connection: Connection) -> str | None:
    """What tells this desk's database from others, wherever it is moved; None before it was first opened."""
    return connection.execute(select(notes.c.value).where(notes.c.name == ID_NOTE)).scalar_one_or_none()


def newest_revision() -> str:
    """The revision that this watchdesk needs: migrations are files, named by their numbers."""
    versions = files("watchdesk.store") / "migrations" / "versions"
    return max(file.name.partition("_")[0] for file in versions.iterdir() if file.name[:1].isdigit())


def revision_of(connection: Connection) -> str | None:
    """The revision of the existing tables; None without any."""
    if not inspect(connection).has_table(_REVISIONS.name):
        return None
    return connection.execute(select(_REVISIONS.c.version_num)).scalar_one_or_none()


def migrate(connection: Connection, to: str = "head") -> None:
    """Migrates the tables to a revision, within the transaction of this connection."""
    from alembic.config import Config  # noqa: PLC0415 - all of it is heavy, and seldom is there anything to do
    from alembic.runtime.environment import EnvironmentContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    scripts = ScriptDirectory(str(files("watchdesk.store") / "migrations"))
    environment = EnvironmentContext(
        Config(), scripts, fn=lambda revision, _: scripts._upgrade_revs(to, revision)
    )
    environment.configure(connection=connection, transactional_ddl=False)
    with environment:
        environment.run_migrations()
