"""What the operators were told, and which sources trouble them."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, delete, func, or_, select

from watchdesk.model import Delivery, DeliveryState, Digest, Rendered, SourceState
from watchdesk.store import tables
from watchdesk.store.batches import AT_ONCE, batched
from watchdesk.store.database import Database
from watchdesk.store.digests import write_digest
from watchdesk.store.states import state_of
from watchdesk.store.tables import sources, told_troubles
from watchdesk.store.upserts import upsert_all


class TroubleRows:
    """`ports.TroubleStore`."""

    _database: Database

    def troubled_sources(self, moved_polls: int) -> Mapping[str, SourceState]:
        """See `ports.TroubleStore.troubled_sources`."""
        unwell = or_(sources.c.gone, sources.c.error.is_not(None), sources.c.moved_polls >= moved_polls)
        with self._database.read() as connection:
            rows = connection.execute(select(sources).where(unwell)).mappings()
            return {row["source_id"]: state_of(row) for row in rows}

    def told_troubles(self) -> Collection[str]:
        """Causes of the troubles that were told and are not known to be over."""
        with self._database.read() as connection:
            return set(connection.execute(select(told_troubles.c.cause)).scalars())

    def forget_troubles(self, causes: Collection[str]) -> None:
        """These are over."""
        with self._database.write() as connection:
            _forget(connection, causes)

    def dead_letters(self) -> Mapping[str, tuple[str, str | None]]:
        """See `ports.TroubleStore.dead_letters`."""
        letters = tables.deliveries
        last = select(func.max(letters.c.due_at), letters.c.channel)
        last = last.where(letters.c.state == DeliveryState.DEAD).group_by(letters.c.channel)
        found: dict[str, tuple[str, str | None]] = {}
        with self._database.read() as connection:
            for due_at, channel in connection.execute(last).all():
                asked = select(letters.c.id, letters.c.error).where(
                    letters.c.state == DeliveryState.DEAD,
                    letters.c.channel == channel,
                    letters.c.due_at == due_at,
                )
                row = connection.execute(asked.limit(1)).one()
                found[channel] = row.id, row.error
        return found

    def commit_notice(
        self,
        notice: Digest,
        rendered: Rendered,
        deliveries: Sequence[Delivery],
        told: Collection[str],
        over: Collection[str],
    ) -> None:
        """See `ports.TroubleStore.commit_notice`."""
        with self._database.write() as connection:
            write_digest(connection, notice, rendered, deliveries, None)
            _forget(connection, over)
            rows = [{"cause": cause, "told_at": notice.composed_at} for cause in told]
            upsert_all(connection, told_troubles, rows)


def _forget(connection: Connection, causes: Collection[str]) -> None:
    for chunk in batched(sorted(causes), AT_ONCE):
        connection.execute(delete(told_troubles).where(told_troubles.c.cause.in_(chunk)))
