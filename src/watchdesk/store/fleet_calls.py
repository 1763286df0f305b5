"""Hosts of a fleet call each other by the database (NOTIFY), so that nobody waits for the next heartbeat.

A call may be lost, as while the server is away; each heartbeat looks all the same.
"""

import threading
from collections.abc import Collection
from contextlib import closing
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Connection, text

from watchdesk.errors import StorageError
from watchdesk.logger import get_logger
from watchdesk.store.server_address import set_for_session

if TYPE_CHECKING:
    import psycopg

log = get_logger(__name__)

SOON = 0.1
LATER = 1.0
"""Seconds between two looks without a call: while something is expected to change in this host, and else."""
_AGAIN = 5.0
"""Seconds after which a connection that was lost is made anew."""
_CALL = text("SELECT pg_notify('watchdesk_hosts', host) FROM unnest(CAST(:hosts AS text[])) AS host")


def call(connection: Connection, hosts: Collection[str]) -> None:
    """These hosts, by their ids, hear it once the transaction is over."""
    if hosts:
        connection.execute(_CALL, {"hosts": sorted(set(hosts))})


class Called(Protocol):
    """What is called, in a thread of its own. Both methods may raise `StorageError`."""

    @property
    def waits(self) -> bool:
        """Whether something is expected to change here, of which nobody calls."""

    def look(self) -> None:
        """Another host has called."""

    def look_again(self) -> None:
        """Nobody has, and it may have changed."""


class Calls:
    """Hears the calls for one host, from `start` to `close`, by a connection of its own."""

    def __init__(self, address: str, host: str, called: Called) -> None:
        self._address, self._host, self._called = address, host, called
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="calls of the fleet", daemon=True)

    def start(self) -> None:
        """Begins to listen."""
        self._thread.start()

    def close(self) -> None:
        """Listens no more."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(2 * LATER)

    def _run(self) -> None:
        import psycopg  # noqa: PLC0415 - only a desk on PostgreSQL has it

        while not self._closing.is_set():
            try:
                with closing(psycopg.connect(self._address, autocommit=True)) as connection:
                    connection.execute(set_for_session())
                    connection.execute("LISTEN watchdesk_hosts")
                    self._listen(connection)
            except psycopg.Error as error:
                log.debug("calls of other hosts are not heard", why=str(error))
                self._closing.wait(_AGAIN)

    def _listen(self, connection: "psycopg.Connection[object]") -> None:
        while not self._closing.is_set():
            waits = self._called.waits
            heard = [
                one.payload for one in connection.notifies(timeout=SOON if waits else LATER, stop_after=1)
            ]
            if self._host in heard or waits:
                try:
                    if self._host in heard:
                        self._called.look()
                    else:
                        self._called.look_again()
                except StorageError as error:
                    log.debug("a call of another host came to nothing", why=str(error))
                except Exception:  # whatever it is, the next call may be heard
                    log.exception("a call of another host failed by a mistake in it")
