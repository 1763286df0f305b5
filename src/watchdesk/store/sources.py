"""What is remembered of sources between polls, and small notes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields

from sqlalchemy import bindparam, delete, select

from watchdesk.errors import LostShard, RefusedRow
from watchdesk.model import Appointment, SourceCondition, SourceState, SourceSummary
from watchdesk.store.batches import AT_ONCE, batched
from watchdesk.store.database import Database
from watchdesk.store.fence import Fenced
from watchdesk.store.state_mapping import state_of, state_row
from watchdesk.store.tables import notes, sources
from watchdesk.store.upserts import upsert, upsert_all

_SOME = {"yield_per": 10_000}
"""Of all sources, so many rows are read at a time: a server ends a session that takes in a million at once,
for it seems idle meanwhile.
"""
# Made once: that a list of ids is made a statement each time costs more than the database's own work.
_ALL_STATES = select(sources).execution_options(**_SOME)
_STATES = select(sources).where(sources.c.source_id.in_(bindparam("ids", expanding=True)))
_APPOINTMENTS = select(
    sources.c.source_id, *(sources.c[part.name] for part in fields(Appointment))
).execution_options(**_SOME)
_SUMMARY = [part.name for part in fields(SourceSummary) if part.name not in ("trouble", "guids_believed")]
_SUMMARIES = select(
    *(sources.c[name] for name in ("source_id", *_SUMMARY, "trouble")), sources.c.guid_doubt.is_(None)
).execution_options(**_SOME)
_CONDITIONS = select(
    sources.c.source_id, *(sources.c[part.name] for part in fields(SourceCondition))
).execution_options(**_SOME)


class SourceRows(Fenced):
    """`ports.SourceStore`, and the notes."""

    _database: Database

    def source_states(self, source_ids: Collection[str] | None = None) -> Mapping[str, SourceState]:
        """See `ports.SourceStore.source_states`."""
        found: dict[str, SourceState] = {}
        with self._database.read() as connection:
            if source_ids is None:
                return {row["source_id"]: state_of(row) for row in connection.execute(_ALL_STATES).mappings()}
            for chunk in batched(sorted(source_ids), AT_ONCE):
                for row in connection.execute(_STATES, {"ids": list(chunk)}).mappings():
                    found[row["source_id"]] = state_of(row)
        return found

    def appointments(self) -> Mapping[str, Appointment]:
        """See `ports.SourceStore.appointments`."""
        with self._database.read() as connection:
            return {row[0]: Appointment(*row[1:]) for row in connection.execute(_APPOINTMENTS)}

    def conditions(self) -> Mapping[str, SourceCondition]:
        """See `ports.SourceStore.conditions`."""
        with self._database.read() as connection:
            return {row[0]: SourceCondition(*row[1:]) for row in connection.execute(_CONDITIONS)}

    def summaries(self) -> Mapping[str, SourceSummary]:
        """See `ports.SourceStore.summaries`."""
        with self._database.read() as connection:
            return {
                name: SourceSummary(*(*values, tuple(trouble), believed))
                for name, *values, trouble, believed in connection.execute(_SUMMARIES)
            }

    def save_states(self, states: Sequence[SourceState]) -> Mapping[str, str]:
        """See `ports.SourceStore.save_states`."""
        try:
            self._write(states)
        except LostShard:
            if len(states) == 1:
                return {}  # who polls it now says how it is
            return {name: why for state in states for name, why in self.save_states([state]).items()}
        except RefusedRow as refused:
            if len(states) == 1:
                return {states[0].source_id: str(refused)}
            return {name: why for state in states for name, why in self.save_states([state]).items()}
        return {}

    def _write(self, states: Sequence[SourceState]) -> None:
        with self._database.write() as connection:
            self._fence(connection, {state.source_id for state in states})
            upsert_all(connection, sources, [state_row(state) for state in states])

    def notes(self) -> Mapping[str, str]:
        """The notes by name, without those of the database itself."""
        asked = select(notes).where(notes.c.name.not_like("database.%"))
        with self._database.read() as connection:
            return {row.name: row.value for row in connection.execute(asked)}

    def set_note(self, name: str, value: str | None) -> None:
        """Writes a note; None removes it."""
        with self._database.write() as connection:
            if value is None:
                connection.execute(delete(notes).where(notes.c.name == name))
            else:
                upsert(connection, notes, {"name": name, "value": value})
