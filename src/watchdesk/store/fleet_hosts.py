"""The hosts that share a desk's work, for who looks in; reads without changing the database."""

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from watchdesk.model.hosts import FleetHost, without_replaced
from watchdesk.store.database import Database, database_url
from watchdesk.store.fleet_lives import DEAD

_PATIENCE = "3"
"""Seconds for a server to accept the connection."""

# What an older program has not noted yet reads as nothing, so that a newer one can look in before it joins.
_HOSTS = text(
    "SELECT h.id, h.name, h.version, h.role, h.configuration, h.since, h.beat, h.polls, "
    "coalesce((j.said->>'configured')::timestamptz, h.since) AS configured, "
    "coalesce((j.said->>'pace')::float, 0) AS pace, "
    "(j.said->>'lateness_p50')::float AS lateness_p50, (j.said->>'lateness_p99')::float AS lateness_p99, "
    "coalesce((j.said->>'lapsed')::bigint, 0) AS lapsed, "
    f"h.beat > now() - interval '{DEAD} s' AS lives, "
    "coalesce(j.said->>'unreached', '') AS unreached, "
    "(j.said->>'unreached_since')::timestamptz AS unreached_since, "
    "(SELECT count(*) FROM fleet_shards AS s WHERE s.holder = h.id) AS shards, "
    "EXISTS (SELECT FROM fleet_lead AS l WHERE l.holder = h.id AND l.until > now()) AS leads "
    "FROM fleet_hosts AS h CROSS JOIN LATERAL (SELECT to_jsonb(h) AS said) AS j "
    "WHERE h.beat > now() - interval '1 day' ORDER BY h.name, h.since"
)


class HostRows:
    """`ports.HostStore`."""

    _database: Database

    def hosts(self) -> Sequence[FleetHost]:
        """See `ports.HostStore.hosts`."""
        if self._database.open_file:
            return ()
        with self._database.read() as connection:
            joined = connection.execute(text("SELECT to_regclass('fleet_hosts')")).scalar_one()
            rows = connection.execute(_HOSTS).mappings().all() if joined else ()
        return without_replaced([FleetHost(**row) for row in rows])

    def time(self) -> datetime | None:
        """See `ports.HostStore.time`."""
        if self._database.open_file:
            return None
        with self._database.read() as connection:
            now: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return now


class _Looking(HostRows):
    def __init__(self, database: Database) -> None:
        self._database = database


def fleet_hosts(storage: str, state_directory: Path) -> Sequence[FleetHost]:
    """As `HostRows.hosts`, by a connection of its own. Raises `StorageError`."""
    return fleet_hosts_and_time(storage, state_directory)[0]


def fleet_hosts_and_time(storage: str, state_directory: Path) -> tuple[Sequence[FleetHost], datetime | None]:
    """The same, with `HostRows.time`."""
    url = database_url(storage, state_directory)
    if Database.is_sqlite(url):
        return (), None
    with closing(Database(url.update_query_dict({"connect_timeout": _PATIENCE}))) as database:
        looking = _Looking(database)
        return looking.hosts(), looking.time()
