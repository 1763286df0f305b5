"""What is remembered of sources, and small notes."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from watchdesk.model import SourceState
from watchdesk.store.database import Database
from watchdesk.store.states import state_of, state_row
from watchdesk.store.tables import notes, sources


class SourceRows:
    """`ports.SourceStore`, and the notes."""

    _database: Database

    def source_states(self) -> Mapping[str, SourceState]:
        """Every source ever polled, by id."""
        with self._database.read() as connection:
            rows = connection.execute(select(sources)).mappings().all()
        return {row["source_id"]: state_of(row) for row in rows}

    def save_state(self, state: SourceState) -> None:
        """Records a poll that brought no article."""
        with self._database.write() as connection:
            write_state(connection, state)

    def notes(self) -> Mapping[str, str]:
        """Small facts by name."""
        with self._database.read() as connection:
            return {row.name: row.value for row in connection.execute(select(notes))}

    def set_note(self, name: str, value: str | None) -> None:
        """Writes a fact down; None takes it away."""
        with self._database.write() as connection:
            if value is None:
                connection.execute(delete(notes).where(notes.c.name == name))
            else:
                upsert(connection, notes, {"name": name, "value": value})


def write_state(connection: Connection, state: SourceState) -> None:
    """Within a transaction."""
    upsert(connection, sources, state_row(state))


def upsert(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Inserts a row, or rewrites the one with the same primary key."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    keys = [column.name for column in table.primary_key]
    rest = {name: value for name, value in row.items() if name not in keys}
    statement = dialect.insert(table).values(**row)
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=rest))
