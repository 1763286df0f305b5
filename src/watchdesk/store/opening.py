"""Opens a database and brings its tables up to date. Alembic's home."""

from importlib.resources import files
from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, text

from watchdesk.errors import StorageError
from watchdesk.store.database import Database, database_url

_LOCK = 0x77617463
"""Of PostgreSQL's advisory lock while migrating: two services may start at once."""


def open_database(storage: str, state_directory: Path) -> Database:
    """The database, migrated. Raises `StorageError`; a database of a newer watchdesk is left as it is."""
    database = Database(database_url(storage, state_directory))
    try:
        with database.write() as connection:
            migrate(connection, database.url.database or "")
    except BaseException:
        database.close()
        raise
    return database


def migrate(connection: Connection, name: str, to: str = "head") -> None:
    """Brings the tables up to a revision. Raises `StorageError` where they are newer than this watchdesk."""
    scripts = ScriptDirectory(str(files("watchdesk.store") / "migrations"))
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    head = scripts.get_current_head()
    current = MigrationContext.configure(connection).get_current_revision()
    if current == head:
        return
    try:
        known = current is None or scripts.get_revision(current) is not None
    except CommandError:
        known = False
    if not known:
        raise StorageError(
            f"the database {name} was written by a newer watchdesk (its version is {current}); "
            "use that watchdesk, or a state directory of its own for this one"
        )
    environment = EnvironmentContext(
        Config(), scripts, fn=lambda revision, _: scripts._upgrade_revs(to, revision)
    )
    environment.configure(connection=connection, transactional_ddl=False)
    with environment:
        environment.run_migrations()
