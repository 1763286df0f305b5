"""One transaction after the other puts articles into stories, or takes stories away."""

from sqlalchemy import Connection, text

_LOCK = 0x73746F72
"""Key of PostgreSQL's advisory lock."""


def lock_stories(connection: Connection) -> None:
    """Lets other processes wait until the transaction ends; before rows are locked that another may want
    while it has this lock. SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
