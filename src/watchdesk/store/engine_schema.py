"""The tables of the job engine, Procrastinate: made from its own schema, and upgraded by its own migrations.

A table beside them says which is the last of its migrations. An older engine than that is refused.
"""

from importlib.resources import files

from sqlalchemy import Connection, text

from watchdesk.errors import UnusableStorage
from watchdesk.store.fleet_tables import has_table

_TABLE = "procrastinate_jobs"


def make_engine_tables(connection: Connection) -> None:
    """Makes or upgrades them; to be called while other starts wait. Raises `UnusableStorage`."""
    schema = files("procrastinate") / "sql"
    migrations = sorted(f.name for f in (schema / "migrations").iterdir() if f.name.endswith(".sql"))
    if not has_table(connection, "fleet_engine"):
        connection.execute(text("CREATE TABLE fleet_engine (migration text NOT NULL)"))
    applied = connection.execute(text("SELECT migration FROM fleet_engine")).scalar_one_or_none()
    if applied == migrations[-1]:
        return
    if applied and applied > migrations[-1]:
        raise UnusableStorage(
            "a newer watchdesk has upgraded the job engine in the database: use that watchdesk on this host "
            "as well"
        )
    if applied is None and has_table(connection, _TABLE):
        raise UnusableStorage(
            f"the database has the table {_TABLE} of another program that uses Procrastinate: give watchdesk "
            "a database of its own"
        )
    if applied is None:
        _run(connection, (schema / "schema.sql").read_text("utf-8"))
    else:
        for name in (one for one in migrations if one > applied):
            _run(connection, (schema / "migrations" / name).read_text("utf-8"))
    connection.execute(text("DELETE FROM fleet_engine"))
    connection.execute(text("INSERT INTO fleet_engine VALUES (:name)"), {"name": migrations[-1]})


def _run(connection: Connection, statements: str) -> None:
    """Many statements at once, which have signs that SQLAlchemy would take for parameters."""
    driver = connection.connection.driver_connection
    if driver is not None:
        driver.execute(statements)
