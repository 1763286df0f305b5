"""One transaction after the other puts articles into stories, or takes stories away.

Who waits for it holds up what it has locked itself. So whoever has it locks no row that a transaction may
have locked which comes to it later: a transaction locks its sources (`source_lock`), then rows of any kind,
then this, and from then on only rows of stories, of its own sources, and that it has made itself.

Numbers of articles, members of stories and matches of polls are given while it is held: so they are seen in
their order.
"""

from sqlalchemy import Connection, text

_LOCK = 0x73746F72
"""Key of PostgreSQL's advisory lock."""


def lock_stories(connection: Connection) -> None:
    """Lets other processes wait until the transaction ends. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
