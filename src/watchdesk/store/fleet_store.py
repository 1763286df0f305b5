"""The store of a host in a fleet: what it writes of a source counts while it holds the source's shard.

A host that was frozen or cut off may wake up when another one polls its sources. What it brings then is
refused in its own transaction.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event

from watchdesk.errors import LostShard
from watchdesk.store.database import Database
from watchdesk.store.database_identity import IdentityFile
from watchdesk.store.engine_schema import EngineSchema, make_engine_tables
from watchdesk.store.fleet_rows import FleetRows, lost_shards
from watchdesk.store.fleet_sites import SiteRows
from watchdesk.store.fleet_tables import SCHEMA, make_fleet_tables
from watchdesk.store.fleet_versions import Part
from watchdesk.store.opening import hold_off_starts, open_database
from watchdesk.store.rights import refuse_without_rights, rights_explained
from watchdesk.store.server_address import CLIENT_LOOKS, server_address, set_for_session
from watchdesk.store.sql_store import SqlStore

# So that the server ends a transaction whose host is frozen or away, and others get what it has locked.
SESSION = set_for_session(idle_in_transaction_session_timeout=20_000)


class FleetStore(SqlStore):
    """As another store, until `guard` was called."""

    def __init__(
        self, database: Database, identity_file: IdentityFile | None = None, older_copy: str | None = None
    ) -> None:
        super().__init__(database, identity_file, older_copy)
        self.engine_version = EngineSchema().version
        """Of the tables that the installed job engine knows."""
        versions = {Part.HOSTS: SCHEMA.version, Part.ENGINE: self.engine_version}
        self.fleet, self.sites = FleetRows(database, versions), SiteRows(database)
        event.listen(database.engine, "do_connect", _look_after)
        event.listen(database.engine, "connect", _prepare)
        database.engine.dispose()  # sessions from before that are not prepared
        self._host = ""
        self._tokens_of: Callable[[Iterable[str]], Mapping[int, int]] | None = None
        self._lost: Callable[[Collection[int]], object] = lambda _: None

    @property
    def address(self) -> str:
        """Of the database, with its password, for who connects by another way."""
        url = self._database.url
        return server_address(url.set(query={**CLIENT_LOOKS, **url.query}))

    @property
    def database(self) -> Database:
        """For who hands out shards in a transaction of its own."""
        return self._database

    def guard(
        self,
        host: str,
        tokens_of: Callable[[Iterable[str]], Mapping[int, int]],
        lost: Callable[[Collection[int]], object],
    ) -> None:
        """From now on, only what is held may be written.

        `host`: the id of this one. `tokens_of`: the tokens, by shard, under which these sources are held;
        raises `LostShard` where one is not. `lost` is told of shards that another host has taken.
        """
        self._host, self._tokens_of, self._lost = host, tokens_of, lost

    def _fence(self, connection: Connection, source_ids: Iterable[str]) -> None:
        if self._tokens_of is None:
            return
        if lost := lost_shards(connection, self._host, self._tokens_of(source_ids)):
            self._lost(lost)
            raise LostShard


def _look_after(_dialect: object, _record: object, _arguments: object, named: dict[str, Any]) -> None:
    """So that this side notices as well when the other is away."""
    for name, value in CLIENT_LOOKS.items():
        named.setdefault(name, value)


def _prepare(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SESSION)
    connection.commit()


def open_fleet_store(storage: str, state_directory: Path) -> FleetStore:
    """As `open_store`, of PostgreSQL, with what hosts need to share the work. Raises `StorageError`."""
    store = FleetStore(*open_database(storage, state_directory))
    try:
        with rights_explained(store.database), store.database.write() as connection:
            hold_off_starts(connection)
            make_fleet_tables(connection)
            make_engine_tables(connection)
            refuse_without_rights(store.database, connection)
    except BaseException:
        store.close()
        raise
    return store
