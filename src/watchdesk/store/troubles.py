"""What was reported to the operators, and the facts that may be a trouble."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Text, cast, delete, func, or_, select, update

from watchdesk.config.settings import OPERATORS
from watchdesk.model import (
    DeadLetters,
    Delivery,
    DeliveryState,
    Digest,
    FailingChannel,
    Rendered,
    ReportedTrouble,
    SourceState,
    Trouble,
)
from watchdesk.store.batches import AT_ONCE, batched
from watchdesk.store.database import Database
from watchdesk.store.digests import write_digest
from watchdesk.store.index_steps import off_index
from watchdesk.store.state_mapping import state_of
from watchdesk.store.tables import deliveries as letters
from watchdesk.store.tables import is_unwell, sources, told_troubles
from watchdesk.store.upserts import upsert_all


class TroubleRows:
    """`ports.TroubleStore`."""

    _database: Database

    def troubled_sources(self, moved_polls: int) -> Mapping[str, SourceState]:
        """See `ports.TroubleStore.troubled_sources`."""
        unwell = or_(sources.c.gone, sources.c.error.is_not(None), sources.c.moved_polls >= moved_polls)
        with self._database.read() as connection:
            rows = connection.execute(select(sources).where(is_unwell(), unwell)).mappings()
            return {row["source_id"]: state_of(row) for row in rows}

    def reported_troubles(self) -> Mapping[str, ReportedTrouble]:
        """See `ports.TroubleStore.reported_troubles`."""
        with self._database.read() as connection:
            rows = connection.execute(select(told_troubles)).all()
        return {
            row.cause: ReportedTrouble(
                row.told_at, row.recovery, row.subject, row.is_over, tuple(row.concerns)
            )
            for row in rows
        }

    def end_troubles(self, keys: Collection[str]) -> None:
        """See `ports.TroubleStore.end_troubles`."""
        with self._database.write() as connection:
            for chunk in batched(sorted(keys), AT_ONCE):
                ended = told_troubles.c.cause.in_(chunk)
                connection.execute(update(told_troubles).where(ended).values(is_over=True))

    def forget_troubles(self, keys: Collection[str]) -> None:
        """See `ports.TroubleStore.forget_troubles`."""
        with self._database.write() as connection:
            _forget(connection, keys)

    def dead_letters(self) -> Sequence[DeadLetters]:
        """See `ports.TroubleStore.dead_letters`."""
        kinds = (letters.c.channel, letters.c.digest_name, letters.c.error)
        asked = select(*kinds, func.count()).where(letters.c.state == DeliveryState.DEAD)
        with self._database.read() as connection:
            rows = connection.execute(asked.group_by(*kinds).order_by(*kinds)).all()
        return [DeadLetters(*row) for row in rows]

    def failing_channels(self) -> Sequence[FailingChannel]:
        """See `ports.TroubleStore.failing_channels`."""
        tried = (
            letters.c.state.in_((DeliveryState.WAITING, DeliveryState.LEASED)),
            letters.c.error.is_not(None),
        )
        waiting = (
            select(
                letters.c.channel, func.min(letters.c.created_at).label("since"), func.count().label("waits")
            )
            .where(*tried)
            .group_by(letters.c.channel)
        )
        found: list[FailingChannel] = []
        with self._database.read() as connection:
            for row in connection.execute(waiting.order_by(letters.c.channel)).all():
                own = letters.c.channel == row.channel
                taken = select(letters.c.id).where(
                    own, off_index(letters.c.state) == DeliveryState.SENT, letters.c.sent_at > row.since
                )
                if connection.execute(taken.limit(1)).first():
                    continue
                asked = select(letters.c.error, letters.c.needs_person).where(own, *tried)
                worst = asked.order_by(letters.c.needs_person.desc(), letters.c.due_at.desc())
                error, needs_person = connection.execute(worst.limit(1)).one()
                whole = select(letters.c.id).where(own, *tried, cast(letters.c.taken, Text) == "[]")
                partly = connection.execute(whole.limit(1)).first() is None
                found.append(FailingChannel(row.channel, row.since, row.waits, error, needs_person, partly))
        return found

    def sent_notes(self, since: datetime) -> Sequence[tuple[str, str]]:
        """See `ports.TroubleStore.sent_notes`."""
        sent = off_index(letters.c.state) == DeliveryState.SENT
        asked = select(letters.c.channel, letters.c.note).where(
            sent, letters.c.sent_at >= since, letters.c.note.is_not(None)
        )
        with self._database.read() as connection:
            return [(row.channel, row.note) for row in connection.execute(asked.distinct())]

    def delivery_counts(self) -> Mapping[DeliveryState, int]:
        """See `ports.TroubleStore.delivery_counts`."""
        asked = select(letters.c.state, func.count()).group_by(letters.c.state)
        with self._database.read() as connection:
            return {DeliveryState(state): count for state, count in connection.execute(asked).all()}

    def channel_counts(self, states: Collection[DeliveryState]) -> Mapping[tuple[DeliveryState, str], int]:
        """See `ports.TroubleStore.channel_counts`."""
        asked = select(letters.c.state, letters.c.channel, func.count()).where(letters.c.state.in_(states))
        with self._database.read() as connection:
            rows = connection.execute(asked.group_by(letters.c.state, letters.c.channel)).all()
            return {(DeliveryState(state), channel): count for state, channel, count in rows}

    def sent_since(self, since: datetime) -> tuple[int, int]:
        """See `ports.TroubleStore.sent_since`."""
        made = (letters.c.created_at >= since) & (off_index(letters.c.digest_name) != OPERATORS)
        digests = select(func.count(letters.c.digest_id.distinct())).where(made)
        sent = select(func.count()).where(made, off_index(letters.c.state) == DeliveryState.SENT)
        with self._database.read() as connection:
            return int(connection.execute(digests).scalar_one()), int(connection.execute(sent).scalar_one())

    def commit_notice(
        self,
        notice: Digest,
        rendered: Rendered,
        deliveries: Sequence[Delivery],
        reported: Collection[Trouble],
        over: Collection[str] = (),
    ) -> None:
        """See `ports.TroubleStore.commit_notice`."""
        with self._database.write() as connection:
            write_digest(connection, notice, rendered, deliveries, None)
            upsert_all(connection, told_troubles, [_row(one, notice.composed_at) for one in reported])
            _forget(connection, over)


def _row(trouble: Trouble, told_at: datetime) -> Mapping[str, object]:
    return {
        "cause": trouble.cause,
        "told_at": told_at,
        "recovery": trouble.recovery,
        "subject": trouble.subject,
        "is_over": False,
        "concerns": list(trouble.concerns),
    }


def _forget(connection: Connection, keys: Collection[str]) -> None:
    for chunk in batched(sorted(keys), AT_ONCE):
        connection.execute(delete(told_troubles).where(told_troubles.c.cause.in_(chunk)))
