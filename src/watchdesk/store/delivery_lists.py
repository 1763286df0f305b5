"""Finds deliveries among all that ever were: in the order of their making, or by what few of them are."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import or_, select

from watchdesk.model import Delivery, DeliveryState, MadeDigest
from watchdesk.store.batches import AT_ONCE, batched
from watchdesk.store.database import Database
from watchdesk.store.index_steps import begins_with, off_index
from watchdesk.store.outbox import delivery_of
from watchdesk.store.tables import deliveries, digests


class DeliveryListRows:
    """The part of `ports.OutboxStore` that lists deliveries."""

    _database: Database

    def deliveries(
        self,
        state: DeliveryState | None = None,
        limit: int | None = None,
        *,
        channel: str | None = None,
        digest: str | None = None,
        beginning: str = "",
        after: tuple[datetime, str] | None = None,
    ) -> Sequence[Delivery]:
        """See `ports.OutboxStore.deliveries`."""
        asked = select(deliveries, digests.c.subject).join(digests).limit(limit)
        # Nearly all were sent: they are read in their order. The others are few, and found by their state.
        in_order = state in (None, DeliveryState.SENT)
        created = deliveries.c.created_at if in_order else off_index(deliveries.c.created_at)
        asked = asked.order_by(created.desc(), deliveries.c.id)
        if state is not None:
            asked = asked.where((off_index(deliveries.c.state) if in_order else deliveries.c.state) == state)
        if channel is not None:
            asked = asked.where(deliveries.c.channel == channel)
        if digest is not None:
            asked = asked.where(deliveries.c.digest_name == digest)
        if beginning:
            asked = asked.where(begins_with(deliveries.c.id, beginning))
        if after is not None:
            at, one = after
            asked = asked.where(created <= at, or_(created < at, deliveries.c.id > one))
        with self._database.read() as connection:
            return [delivery_of(row) for row in connection.execute(asked).mappings()]

    def deliveries_of(self, delivery_ids: Collection[str], digest_ids: Collection[str]) -> Sequence[Delivery]:
        """See `ports.OutboxStore.deliveries_of`."""
        found: dict[str, Delivery] = {}
        with self._database.read() as connection:
            for column, ids in ((deliveries.c.id, delivery_ids), (deliveries.c.digest_id, digest_ids)):
                for chunk in batched(sorted(ids), AT_ONCE):
                    asked = select(deliveries, digests.c.subject).join(digests).where(column.in_(chunk))
                    found |= {row["id"]: delivery_of(row) for row in connection.execute(asked).mappings()}
        return sorted(found.values(), key=lambda one: (-one.created_at.timestamp(), one.id))

    def made_digests(
        self, name: str | None, limit: int, after: tuple[datetime, str] | None = None
    ) -> Sequence[MadeDigest]:
        """See `ports.DigestStore.made_digests`."""
        created, number = deliveries.c.created_at, deliveries.c.digest_id
        # By their deliveries, of which there is an index by name and time.
        chosen = select(number, created).distinct().order_by(created.desc(), number.desc()).limit(limit)
        if name is not None:
            chosen = chosen.where(deliveries.c.digest_name == name)
        if after is not None:
            at, one = after
            chosen = chosen.where(created <= at, or_(created < at, number < one))
        own = chosen.cte("chosen")
        asked = (
            select(digests.c.id, digests.c.name, digests.c.composed_at, digests.c.subject)
            .join(own, own.c.digest_id == digests.c.id)
            .order_by(own.c.created_at.desc(), digests.c.id.desc())
        )
        with self._database.read() as connection:
            return [MadeDigest(*row) for row in connection.execute(asked)]
