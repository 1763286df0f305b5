"""What is written of the articles of one source is written by one transaction after the other."""

from collections.abc import Collection

from sqlalchemy import Connection, text

# In one order for everyone: two that lock the same sources never wait for each other.
_LOCK = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(s.id, 0)) FROM unnest(CAST(:ids AS text[])) AS s (id)"
)


def lock_sources(connection: Connection, source_ids: Collection[str]) -> None:
    """Lets other processes wait until the transaction ends; before any row is locked.

    SQLite has one writer anyway.
    """
    if source_ids and connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"ids": sorted(source_ids)})
