"""Each attempt at a delivery, and how many more a channel's limits allow now."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, select, text

from watchdesk.model import ChannelLimits
from watchdesk.store.database import Database
from watchdesk.store.tables import attempts, deliveries

_LOCK = 0x6C656173
"""Of PostgreSQL's advisory lock while leasing under limits."""


class AttemptRows:
    """The part of `ports.OutboxStore` that tells of attempts."""

    _database: Database

    def prune_attempts(self, before: datetime) -> int:
        """Forgets attempts before a time; how many there were."""
        with self._database.write() as connection:
            return connection.execute(delete(attempts).where(attempts.c.at < before)).rowcount


def room_of(
    connection: Connection,
    limits: Mapping[str, ChannelLimits],
    live: ColumnElement[bool],
    besides: Mapping[str, int],
    now: datetime,
) -> dict[str, int]:
    """How many more leases each channel may have now; to be asked in the transaction that takes them.

    `live`: which deliveries are in flight; `besides`: how many more, by channel. Until the transaction's
    end no other is answered, so that two of them never take the same room.
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
    """A lease is an attempt, whatever comes of it."""
    connection.execute(insert(attempts).values(delivery_id=delivery_id, channel=channel, at=now))


def _left_of_rate(connection: Connection, channel: str, limit: ChannelLimits, now: datetime) -> int:
    rate = limit.at_most
    if rate is None:
        return limit.concurrency
    # Attempts of the future are those of a clock that was wrong: they do not hold a channel up for ever.
    lately = and_(attempts.c.at > now - rate.period, attempts.c.at < now + rate.period)
    asked = select(func.count()).where(attempts.c.channel == channel, lately)
    return rate.count - connection.execute(asked).scalar_one()
