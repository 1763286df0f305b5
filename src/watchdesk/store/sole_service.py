"""One service for each PostgreSQL database: a second one is refused, and names the first.

The service holds an advisory lock by a connection of its own, which PostgreSQL lets go of as soon as the
process has died, and a quarter of a minute after its machine has. SQLite's file stands in the state
directory, which is held by `service.lock`.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import URL

from watchdesk.errors import UnreachableStorage, UsageError
from watchdesk.logger import get_logger
from watchdesk.store.database import Database, database_url, shown_address
from watchdesk.store.server_address import CLIENT_LOOKS, server_address, set_for_session

if TYPE_CHECKING:
    import psycopg

log = get_logger(__name__)

_LOCK = 0x73657276
"""Key of PostgreSQL's advisory lock for the service of a database."""
LOOK = 1.0
"""Seconds between two looks at the connection by which the lock is held."""
PATIENCE = 25.0
"""Seconds that a start waits for a service that shows no sign of life: its machine may have died."""
_NAMED = "watchdesk run, process {process} on {host}"

_NAME = "SELECT set_config('application_name', %s, false)"
_TRY, _TRY_SHARED = "SELECT pg_try_advisory_lock(%s)", "SELECT pg_try_advisory_lock_shared(%s)"
_HOLDER = """
    SELECT a.application_name, a.state_change
    FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid
    WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0 AND l.objid = %s AND l.objsubid = 1
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class _Holder(NamedTuple):
    """Who has the lock, as PostgreSQL knows it."""

    name: str
    last_sign: object
    """When it last asked something, by the server's clock."""


class SoleService:
    """Keeps other services from the database of this one, from `take` to `close`."""

    def __init__(self, lost: Callable[[UsageError], object], *, shares: bool = False) -> None:
        """`lost` is called, in another thread, when another service has taken the database meanwhile.

        `shares`: other services that share it as well are let in.
        """
        self._lost, self._shares = lost, shares
        self._url: URL | None = None
        self._connection: psycopg.Connection[object] | None = None
        self._closing = threading.Event()
        self._watching: threading.Thread | None = None

    def take(self, storage: str, state_directory: Path) -> None:
        """Holds the database from now on; nothing to do for SQLite.

        Raises `UsageError` when another service has it, `UnreachableStorage` when its server does not answer.
        """
        url = database_url(storage, state_directory)
        if url == self._url or Database.is_sqlite(url):
            return
        self.close()
        self._closing.clear()
        connection = _connected(url)
        try:
            _take(connection, url, shares=self._shares)
        except BaseException:
            connection.close()
            raise
        self._url, self._connection = url, connection
        self._watching = threading.Thread(target=self._watch, name="hold of the database", daemon=True)
        self._watching.start()

    def close(self) -> None:
        """Lets go of it."""
        self._closing.set()
        if self._watching:
            self._watching.join()
        if self._connection:
            self._connection.close()
        self._url = self._connection = self._watching = None

    def _watch(self) -> None:
        """Shows that this service lives, and takes the lock again after the server was away."""
        while not self._closing.wait(LOOK):
            try:
                self._look()
            except UsageError as error:
                self._lost(error)
                return
            except UnreachableStorage as error:
                log.debug("the database cannot be held; it is tried again", why=str(error))

    def _look(self) -> None:
        if self._url is None or self._connection is None:
            return
        with _unreachable(self._url):
            if not self._connection.closed:
                with suppress(_away()):
                    self._connection.execute("SELECT 1")
                    return
                self._connection.close()
            connection = _connected(self._url)
            try:
                _take(connection, self._url, shares=self._shares)
            except BaseException:
                connection.close()
                raise
            self._connection = connection


def _take(connection: "psycopg.Connection[object]", url: URL, *, shares: bool) -> None:
    """Takes the lock; waits while who has it shows no sign of life. Raises `UsageError` where it does."""
    end, first = time.monotonic() + PATIENCE, None
    with _unreachable(url):
        while True:
            if connection.execute(_TRY_SHARED if shares else _TRY, [_LOCK]).fetchone() == (True,):
                return
            row = connection.execute(_HOLDER, [_LOCK]).fetchone()
            holder = _Holder(*row) if isinstance(row, tuple) else None
            lives = holder is not None and first is not None and holder != first
            if lives or time.monotonic() > end:
                raise UsageError(_refusal(url, holder))
            first = first or holder
            time.sleep(LOOK / 4)


def _refusal(url: URL, holder: _Holder | None) -> str:
    who = holder.name if holder and holder.name else "watchdesk run"
    return (
        f"another watchdesk ({who}) works on the database {shown_address(url)}: stop it first, or "
        "give this one a database of its own under `storage` in watchdesk.yaml. Hosts share the work where "
        "each of them has the extra: pip install 'watchdesk[fleet]'"
    )


def _connected(url: URL) -> "psycopg.Connection[object]":
    import psycopg  # noqa: PLC0415 - only a desk on PostgreSQL has it

    named = _NAMED.format(process=os.getpid(), host=os.uname().nodename)
    options = {**CLIENT_LOOKS, **url.query}
    address = server_address(url.set(query=options))
    with _unreachable(url):
        connection = psycopg.connect(address, autocommit=True)
        # The server gives up a machine that died: by keepalives, each five seconds, of which two may be lost.
        connection.execute(set_for_session())
        connection.execute(_NAME, [named])
    return connection


def _away() -> type[Exception]:
    import psycopg  # noqa: PLC0415 - as above

    return psycopg.OperationalError


@contextmanager
def _unreachable(url: URL) -> Iterator[None]:
    try:
        yield
    except _away() as error:
        said = (str(error).strip().splitlines() or [""])[0]
        raise UnreachableStorage(f"the database {shown_address(url)} cannot be used: {said}") from error
