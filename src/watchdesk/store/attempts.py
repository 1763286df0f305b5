"""Records each attempt at a delivery, and counts how many more the limits of channels allow now."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Insert,
    Select,
    Update,
    and_,
    delete,
    func,
    insert,
    literal,
    not_,
    select,
)

from watchdesk.model import ChannelLimits, DeliveryState, Rate
from watchdesk.store.database import Database
from watchdesk.store.delivery_queue import over
from watchdesk.store.tables import attempts, deliveries

LOCK_LEASES = select(func.pg_advisory_xact_lock(0x6C656173))
"""On PostgreSQL, leases under limits are taken by one transaction after the other. SQLite has one writer."""


class AttemptRows:
    """The part of `ports.OutboxStore` about attempts."""

    _database: Database

    def prune_attempts(self, before: datetime) -> int:
        """Forgets attempts before a time; returns how many."""
        with self._database.write() as connection:
            return connection.execute(delete(attempts).where(attempts.c.at < before)).rowcount


def is_live(
    table: FromClause, in_flight: Collection[str], now: datetime, until: datetime
) -> ColumnElement[bool]:
    """Which deliveries others have leased, of all but those that this process is sending."""
    return and_(
        table.c.state == DeliveryState.LEASED,
        not_(over(table.c.leased_until, now, until)),
        table.c.id.not_in(in_flight),
    )


def room_of(
    connection: Connection,
    limits: Mapping[str, ChannelLimits],
    live: ColumnElement[bool],
    besides: Mapping[str, int],
    now: datetime,
) -> dict[str, int]:
    """How many more leases each channel may have now; who takes one asks `has_room` as well.

    `live`: which deliveries are in flight; `besides`: how many more, by channel.
    """
    if not limits:
        return {}
    counted = (
        select(deliveries.c.channel, func.count().label("leases")).where(live).group_by(deliveries.c.channel)
    )
    leased = {row.channel: row.leases for row in connection.execute(counted)}
    return {
        channel: min(
            limit.concurrency - leased.get(channel, 0) - besides.get(channel, 0),
            _left_of_rate(connection, channel, limit, now),
        )
        for channel, limit in limits.items()
    }


def has_room(
    channel: str,
    limit: ChannelLimits,
    in_flight: Mapping[str, str],
    now: datetime,
    until: datetime,
) -> ColumnElement[bool]:
    """Whether a channel may have one more lease, by what is stored as the statement begins."""
    others = deliveries.alias("others")
    leased = (
        select(func.count())
        .select_from(others)
        .where(others.c.channel == channel, is_live(others, in_flight, now, until))
    )
    besides = list(in_flight.values()).count(channel)
    room = leased.scalar_subquery() < limit.concurrency - besides
    if limit.at_most is None:
        return room
    return and_(room, _lately(channel, limit.at_most, now).scalar_subquery() < limit.at_most.count)


def record_attempt(connection: Connection, delivery_id: str, channel: str, now: datetime) -> None:
    """Counts a lease as an attempt, whatever its outcome."""
    connection.execute(insert(attempts).values(delivery_id=delivery_id, channel=channel, at=now))


def with_attempt(lease: Update, now: datetime) -> Insert:
    """On PostgreSQL: takes the lease and records the attempt, which it gives, in one statement."""
    leased = lease.returning(deliveries.c.id, deliveries.c.channel).cte("leased")
    attempt = select(leased.c.id, leased.c.channel, literal(now, attempts.c.at.type))
    return (
        insert(attempts)
        .from_select(["delivery_id", "channel", "at"], attempt)
        .returning(attempts.c.delivery_id)
    )


def _left_of_rate(connection: Connection, channel: str, limit: ChannelLimits, now: datetime) -> int:
    rate = limit.at_most
    if rate is None:
        return limit.concurrency
    lately: int = connection.execute(_lately(channel, rate, now)).scalar_one()
    return rate.count - lately


def _lately(channel: str, rate: Rate, now: datetime) -> Select[Any]:
    # Attempts of the future are those of a clock that was wrong: they do not hold a channel up for ever.
    lately = and_(attempts.c.at > now - rate.period, attempts.c.at < now + rate.period)
    return select(func.count()).select_from(attempts).where(attempts.c.channel == channel, lately)
