"""The categories of stored articles, for `check`; reads without changing the database."""

from collections.abc import Collection
from contextlib import closing
from pathlib import Path

from sqlalchemy import select

from watchdesk.errors import StorageError
from watchdesk.store.database import Database, database_url
from watchdesk.store.tables import articles

_NEWEST = 1_000
"""How many articles are read."""
_PATIENCE = "3"
"""Seconds for a server to accept the connection."""


def stored_categories(storage: str, state_directory: Path) -> Collection[str]:
    """The categories of the newest stored articles; none where there is no database or it cannot be read."""
    try:
        url = database_url(storage, state_directory)
        is_sqlite = Database.is_sqlite(url)
        if is_sqlite and not Path(url.database or "").is_file():
            return frozenset()
        with closing(
            Database(url if is_sqlite else url.update_query_dict({"connect_timeout": _PATIENCE}))
        ) as database:
            if database.open_file:
                database.open_file.may_begin = False
            asked = select(articles.c.categories).order_by(articles.c.first_seen.desc(), articles.c.id.desc())
            with database.read() as connection:
                rows = connection.execute(asked.limit(_NEWEST)).scalars().all()
    except StorageError:  # `status` says what is wrong with it
        return frozenset()
    return frozenset(category for row in rows for category in row)
