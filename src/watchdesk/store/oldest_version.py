"""Which older watchdesk may work on tables as this one leaves them, so that one may go back to it.

The database notes it, so that an older program learns it from there.
"""

from sqlalchemy import Connection, select

from watchdesk.store.tables import notes
from watchdesk.store.upserts import upsert

OLDEST = "0020"
"""The version of the oldest tables whose watchdesk may write these.

A migration that only adds (a table, a column with a default, an index that is not unique) leaves it. One that
takes away what this version still uses, or lets a value mean something else, raises it to the first version
that does without.
"""
OLDEST_NOTE = "database.oldest_version"


def note_oldest(connection: Connection, version: str) -> None:
    """Of tables that are of this version now."""
    upsert(connection, notes, {"name": OLDEST_NOTE, "value": f"{version} {OLDEST}"})


def may_work_on(connection: Connection, tables: str, version: str) -> bool:
    """Whether a watchdesk of this version may work on newer tables; only if they say so.

    A note of other tables says nothing of these.
    """
    said = connection.execute(select(notes.c.value).where(notes.c.name == OLDEST_NOTE)).scalar_one_or_none()
    noted, _, oldest = (said or "").partition(" ")
    return noted == tables and oldest != "" and version >= oldest
