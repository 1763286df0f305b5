"""Notes which articles the index of the archive does not have as they are now."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert

from watchdesk.store.tables import search_pending

_NOTED = insert(search_pending)


def write_pending(connection: Connection, found: Sequence[tuple[int, datetime]]) -> None:
    """Within the transaction that inserts or rewrites articles: their ids, and when each was first seen."""
    rows = [{"article_id": article_id, "first_seen": first_seen} for article_id, first_seen in found]
    if rows:
        connection.execute(_NOTED, rows)
