"""The hosts that share a desk's work, for who looks in; reads without changing the database."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import text

from watchdesk.store.database import Database, database_url
from watchdesk.store.fleet_rows import FleetHost, FleetRows

_PATIENCE = "3"
"""Seconds for a server to accept the connection."""


def fleet_hosts(storage: str, state_directory: Path) -> Sequence[FleetHost]:
    """Those that were there within a day; none on SQLite, or where none has joined. Raises `StorageError`."""
    url = database_url(storage, state_directory)
    if Database.is_sqlite(url):
        return ()
    with closing(Database(url.update_query_dict({"connect_timeout": _PATIENCE}))) as database:
        with database.read() as connection:
            joined = connection.execute(text("SELECT to_regclass('fleet_hosts')")).scalar_one()
        return FleetRows(database).hosts() if joined else ()
