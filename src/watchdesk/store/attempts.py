"""Records each attempt at a delivery, and counts how many more the limits of channels allow now."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, select, text

from watchdesk.model import ChannelLimits
from watchdesk.store.database import Database
from watchdesk.store.tables import attempts, deliveries

_LOCK = 0x6C656173
"""Key of PostgreSQL's advisory lock for leasing under limits."""


class AttemptRows:
    """The part of `ports.OutboxStore` about attempts."""

    _database: Database

    def prune_attempts(self, before: datetime) -> int:
        """Forgets attempts before a time; returns how many."""
        with self._database.write() as connection:
            return connection.execute(delete(attempts).where(attempts.c.at < before)).rowcount


def room_of(
    connection: Connection,
    limits: Mapping[str, ChannelLimits],
    live: ColumnElement[bool],
    besides: Mapping[str, int],
    now: datetime,
) -> dict[str, int]:
    """How many more leases each channel may have now, to be asked in the transaction that takes them.

    `live`: which deliveries are in flight; `besides`: how many more, by channel. Other transactions wait
    until this one ends, so that two never take the same room.
    """
    if not limits:
        return {}
    if connection.dialect.name == "postgresql":  # SQLite has one writer at a time by itself
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
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


def record_attempt(connection: Connection, delivery_id: str, channel: str, now: datetime) -> None:
    """Counts a lease as an attempt, whatever its outcome."""
    connection.execute(insert(attempts).values(delivery_id=delivery_id, channel=channel, at=now))


def _left_of_rate(connection: Connection, channel: str, limit: ChannelLimits, now: datetime) -> int:
    rate = limit.at_most
    if rate is None:
        return limit.concurrency
    # Attempts of the future are those of a clock that was wrong: they do not hold a channel up for ever.
    lately = and_(attempts.c.at > now - rate.period, attempts.c.at < now + rate.period)
    asked = select(func.count()).where(attempts.c.channel == channel, lately)
    return rate.count - connection.execute(asked).scalar_one()
