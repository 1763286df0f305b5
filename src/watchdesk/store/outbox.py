"""Deliveries and their states: waiting → leased → sent; leased → waiting; → dead."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Update, and_, delete, or_, select, update

from watchdesk.encoding.repair import clean
from watchdesk.model import UNDECIDED, ChannelLimits, Delivery, DeliveryState, Parcel, Rendered
from watchdesk.scheduling import LONGEST
from watchdesk.store.attempts import LOCK_LEASES, has_room, is_live, record_attempt, room_of, with_attempt
from watchdesk.store.database import Database
from watchdesk.store.delivery_queue import first_due, over
from watchdesk.store.tables import deliveries, digests, stopped_channels
from watchdesk.store.upserts import upsert

_NO_LIMITS: Mapping[str, ChannelLimits] = MappingProxyType({})
_NOTHING_IN_FLIGHT: Mapping[str, str] = MappingProxyType({})


class OutboxRows:
    """`ports.OutboxStore`."""

    _database: Database

    def lease(
        self,
        owner: str,
        now: datetime,
        until: datetime,
        limit: int,
        limits: Mapping[str, ChannelLimits] = _NO_LIMITS,
        in_flight: Mapping[str, str] = _NOTHING_IN_FLIGHT,
        only: Collection[str] | None = None,
    ) -> Sequence[Parcel]:
        """See `ports.OutboxStore.lease`."""
        leased: list[Parcel] = []
        while len(leased) < limit:
            parcel = self._first_due(now, until, limits, in_flight, only)
            if parcel is None:
                break
            limit_of = limits.get(parcel.delivery.channel)
            claim = _claim(parcel.delivery, owner, now, until, in_flight, limit_of)
            if self._claimed(claim, now, limited=limit_of is not None):
                leased.append(replace(parcel, delivery=replace(parcel.delivery, state=DeliveryState.LEASED)))
        return sorted(leased, key=lambda parcel: (parcel.delivery.due_at, parcel.delivery.id))

    def _first_due(
        self,
        now: datetime,
        until: datetime,
        limits: Mapping[str, ChannelLimits],
        in_flight: Mapping[str, str],
        only: Collection[str] | None,
    ) -> Parcel | None:
        """The delivery that has been due longest, on a channel that has room, as far as can be seen."""
        with self._database.read() as connection:
            live = is_live(deliveries, in_flight, now, until)
            room = room_of(connection, limits, live, Counter(in_flight.values()), now)
            full = [channel for channel, left in room.items() if left <= 0]
            # Equal to it, not one of it: in a list of one SQLite would look up all that wait.
            next_one = first_due(full, in_flight, now, now + LONGEST, only).scalar_subquery()
            row = connection.execute(_PARCELS.where(deliveries.c.id == next_one)).mappings().first()
        if row is None:
            return None
        rendered = Rendered(row["subject"], row["html"], row["text"], row["json"])
        return Parcel(delivery_of(row), rendered, row["composed_at"])

    def _claimed(self, claim: Update, now: datetime, *, limited: bool) -> bool:
        """Whether this process has the lease.

        On PostgreSQL nobody waits for this host meanwhile, however slow its line is: all is one message.
        """
        if self._database.open_file is None:
            lock = [LOCK_LEASES] if limited else []
            return bool(self._database.at_once(*lock, with_attempt(claim, now)))
        with self._database.write() as connection:
            leased = connection.execute(claim.returning(deliveries.c.id, deliveries.c.channel)).first()
            if leased:
                record_attempt(connection, leased.id, leased.channel, now)
        return leased is not None

    def overdue(self, now: datetime, lease: timedelta, in_flight: Collection[str] = ()) -> Sequence[Delivery]:
        """See `ports.OutboxStore.overdue`."""
        asked = select(deliveries, digests.c.subject).join(digests).where(_overdue(now, lease, in_flight))
        with self._database.read() as connection:
            rows = connection.execute(asked.order_by(deliveries.c.due_at, deliveries.c.id)).mappings()
            return [delivery_of(row) for row in rows]

    def mark_overdue(
        self,
        delivery: Delivery,
        now: datetime,
        lease: timedelta,
        in_flight: Collection[str],
        due_at: datetime | None,
        error: str,
    ) -> bool:
        """See `ports.OutboxStore.mark_overdue`."""
        as_found = and_(
            deliveries.c.id == delivery.id,
            deliveries.c.attempts == delivery.attempts,
            _overdue(now, lease, in_flight),
        )
        settled = {
            "state": DeliveryState.DEAD if due_at is None else DeliveryState.WAITING,
            "due_at": due_at or delivery.due_at,
            "error": clean(error),
            **_FREED,
        }
        return bool(self._change(update(deliveries).where(as_found).values(settled)))

    def mark_sent(self, delivery_id: str, owner: str, now: datetime, note: str | None) -> bool:
        """Leased → sent."""
        return self._settle(delivery_id, owner, state=DeliveryState.SENT, sent_at=now, note=note, error=None)

    def mark_waiting(
        self,
        delivery_id: str,
        owner: str,
        due_at: datetime,
        error: str,
        delivered: Collection[str] | None = None,
        *,
        needs_person: bool = False,
    ) -> bool:
        """See `ports.OutboxStore.mark_waiting`."""
        return self._settle(
            delivery_id,
            owner,
            state=DeliveryState.WAITING,
            due_at=due_at,
            error=error,
            needs_person=needs_person,
            **_taken_column(delivered),
        )

    def mark_dead(
        self, delivery_id: str, owner: str, error: str, delivered: Collection[str] | None = None
    ) -> bool:
        """See `ports.OutboxStore.mark_dead`."""
        return self._settle(
            delivery_id, owner, state=DeliveryState.DEAD, error=error, **_taken_column(delivered)
        )

    def lease_owners(self) -> Collection[str]:
        """Who holds leases."""
        leased = select(deliveries.c.holder).where(deliveries.c.state == DeliveryState.LEASED)
        with self._database.read() as connection:
            return frozenset(connection.execute(leased.distinct()).scalars())

    def release(self, owner: str, due_at: datetime | None = None) -> int:
        """See `ports.OutboxStore.release`."""
        mine = and_(deliveries.c.holder == owner, deliveries.c.state == DeliveryState.LEASED)
        freed: dict[str, Any] = {"state": DeliveryState.WAITING, "holder": None, "leased_until": None}
        if due_at is not None:
            freed["due_at"] = due_at
        return len(self._change(update(deliveries).where(mine).values(freed)))

    def retry(self, delivery_ids: Sequence[str], now: datetime) -> Sequence[str]:
        """Dead or waiting deliveries become due now, with all their attempts before them again."""
        chosen = and_(deliveries.c.id.in_(delivery_ids), deliveries.c.state.in_(UNDECIDED))
        renewed = {"state": DeliveryState.WAITING, "due_at": now, "attempts": 0, "created_at": now}
        return self._change(update(deliveries).where(chosen).values(renewed))

    def drop(self, delivery_ids: Sequence[str]) -> Sequence[str]:
        """Dead or waiting deliveries will not be sent."""
        chosen = and_(deliveries.c.id.in_(delivery_ids), deliveries.c.state.in_(UNDECIDED))
        return self._change(update(deliveries).where(chosen).values(state=DeliveryState.DROPPED))

    def stop_channel(self, channel: str, reason: str, now: datetime) -> None:
        """Nothing more is sent to the channel until it is restarted."""
        with self._database.write() as connection:
            upsert(
                connection, stopped_channels, {"channel": channel, "reason": clean(reason), "stopped_at": now}
            )

    def restart_channel(self, channel: str) -> bool:
        """True when the channel had been stopped."""
        with self._database.write() as connection:
            stopped = delete(stopped_channels).where(stopped_channels.c.channel == channel)
            return connection.execute(stopped).rowcount == 1

    def stopped_channels(self) -> Mapping[str, str]:
        """Channel → reason."""
        with self._database.read() as connection:
            return {row.channel: row.reason for row in connection.execute(select(stopped_channels))}

    def _settle(self, delivery_id: str, owner: str, **values: Any) -> bool:
        """Ends a lease; False when it was lost, for then its fate is another's to say.

        What receivers gave as reasons is cleaned: a delivery whose end cannot be written is sent again.
        """
        held = and_(
            deliveries.c.id == delivery_id,
            deliveries.c.holder == owner,
            deliveries.c.state == DeliveryState.LEASED,
        )
        said = {name: clean(value) if isinstance(value, str) else value for name, value in values.items()}
        return bool(self._change(update(deliveries).where(held).values({**_FREED, **said})))

    def _change(self, change: Update) -> list[str]:
        with self._database.write() as connection:
            return list(connection.execute(change.returning(deliveries.c.id)).scalars())


def _claim(
    delivery: Delivery,
    owner: str,
    now: datetime,
    until: datetime,
    in_flight: Mapping[str, str],
    limit: ChannelLimits | None,
) -> Update:
    """Leases a delivery that is still as it was read, if its channel has room."""
    as_read = and_(
        deliveries.c.id == delivery.id,
        deliveries.c.state == DeliveryState.WAITING,
        deliveries.c.attempts == delivery.attempts,
        over(deliveries.c.due_at, now, now + LONGEST),
        deliveries.c.channel.not_in(select(stopped_channels.c.channel)),
    )
    if limit:
        as_read = and_(as_read, has_room(delivery.channel, limit, in_flight, now, until))
    leased = {"state": DeliveryState.LEASED, "holder": owner, "leased_until": until}
    return update(deliveries).where(as_read).values(leased)


def _overdue(now: datetime, lease: timedelta, in_flight: Collection[str]) -> ColumnElement[bool]:
    """What is leased for longer than a lease lasts, or waits so long for a sender that does not come back."""
    leased = deliveries.c.state == DeliveryState.LEASED
    ran_out = and_(leased, over(deliveries.c.leased_until, now, now + lease))
    if not in_flight:
        return ran_out
    waiting = and_(deliveries.c.id.in_(in_flight), deliveries.c.state == DeliveryState.WAITING)
    return or_(ran_out, and_(waiting, deliveries.c.due_at <= now - lease))


_FREED = {"holder": None, "leased_until": None, "attempts": deliveries.c.attempts + 1}
"""A lease that ends as a failed or a good attempt."""
_PARCELS = select(
    deliveries,
    digests.c.composed_at,
    digests.c.subject,
    digests.c.html,
    digests.c.text,
    digests.c.json,
).join(digests)


def _taken_column(receivers: Collection[str] | None) -> dict[str, Any]:
    return {} if receivers is None else {"taken": list(receivers)}


def delivery_row(delivery: Delivery) -> dict[str, Any]:
    """As it is inserted."""
    row = {**asdict(delivery), "state": str(delivery.state)}
    del row["subject"]
    return row


def delivery_of(row: Mapping[Any, Any]) -> Delivery:
    """A delivery with the subject of its digest."""
    return Delivery(
        id=row["id"],
        digest_id=row["digest_id"],
        digest_name=row["digest_name"],
        channel=row["channel"],
        state=DeliveryState(row["state"]),
        created_at=row["created_at"],
        due_at=row["due_at"],
        attempts=row["attempts"],
        error=row["error"],
        sent_at=row["sent_at"],
        note=row["note"],
        taken=tuple(row["taken"]),
        needs_person=row["needs_person"],
        subject=row["subject"],
    )
