"""Keeps what survives a restart, on SQLite or PostgreSQL with the same code. The door is `open_store`."""

from typing import TYPE_CHECKING

from watchdesk.doors import on_demand

if TYPE_CHECKING:
    from watchdesk.store.database import Database as Database
    from watchdesk.store.database import database_url as database_url
    from watchdesk.store.looking import Age as Age
    from watchdesk.store.looking import Look as Look
    from watchdesk.store.looking import ServerFacts as ServerFacts
    from watchdesk.store.open_file import may_be_database as may_be_database
    from watchdesk.store.reading import Reading as Reading
    from watchdesk.store.reading import ReadingPlace as ReadingPlace
    from watchdesk.store.sql_store import SqlStore as SqlStore
    from watchdesk.store.sql_store import existing_store as existing_store
    from watchdesk.store.sql_store import open_beside as open_beside
    from watchdesk.store.sql_store import open_store as open_store
    from watchdesk.store.sql_store import open_to_read as open_to_read
    from watchdesk.store.stored_categories import stored_categories as stored_categories
else:
    __getattr__ = on_demand(
        __name__,
        {
            ".database": "Database database_url",
            ".looking": "Age Look ServerFacts",
            ".open_file": "may_be_database",
            ".reading": "Reading ReadingPlace",
            ".sql_store": "SqlStore existing_store open_beside open_store open_to_read",
            ".stored_categories": "stored_categories",
        },
    )
