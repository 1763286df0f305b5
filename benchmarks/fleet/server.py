"""A throwaway PostgreSQL that keeps what it is told, and what work costs it."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import processes
import psycopg
from psycopg.rows import TupleRow

from support.postgresql import throwaway_cluster

SETTINGS = (
    "max_connections=200",
    "shared_buffers=2GB",
    "max_wal_size=8GB",
    "checkpoint_timeout=15min",
    "wal_compression=lz4",
    "shared_preload_libraries=pg_stat_statements",
    "pg_stat_statements.track=top",
    "pg_stat_statements.max=10000",
)
"""As an operator of many sources sets them; `fsync` is on."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of some work."""

    statements: float
    """Those that begin and end transactions among them."""
    wal: float
    """Bytes of the write-ahead log."""
    server: float
    """Milliseconds of CPU of the server's processes for clients."""
    client: float
    """Milliseconds of CPU of this process."""
    seconds: float
    """By the clock."""

    def __truediv__(self, parts: float) -> "Cost":
        return Cost(*(value / parts for value in astuple(self)))


class Meter:
    """Looks from another database, so that its own statements are not counted."""

    def __init__(self, storage: str) -> None:
        """`storage`: the database that is measured."""
        self._name = urlsplit(storage).path.removeprefix("/")
        self._own: psycopg.Connection[TupleRow] = psycopg.connect(
            storage.replace(f"/{self._name}?", "/postgres?"), autocommit=True
        )
        self._own.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        row = self._own.execute("SELECT pg_read_file('postmaster.pid')").fetchone()
        assert row is not None
        self._postmaster = int(row[0].split()[0])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._own.close()

    def of(self, work: Callable[[], object]) -> Cost:
        """What it costs once."""
        statements, wal = self._told()
        before = {process: processes.cpu(process) for process in self._backends()}
        client, began = time.process_time(), time.monotonic()
        work()
        seconds, client = time.monotonic() - began, time.process_time() - client
        server = sum(processes.cpu(one) - before.get(one, 0.0) for one in self._backends())
        statements_after, wal_after = self._told()
        return Cost(statements_after - statements, wal_after - wal, 1000 * server, 1000 * client, seconds)

    def of_all(self, work: Callable[[], object]) -> Cost:
        """The same, with what the server does behind: checkpoints, the log, its vacuum."""
        before = self._server()
        cost = self.of(work)
        return replace(cost, server=1000 * (self._server() - before))

    def _server(self) -> float:
        """Seconds of CPU of all its processes, also of those that have ended."""
        ended = sum(map(int, Path(f"/proc/{self._postmaster}/stat").read_text().split()[15:17]))
        return processes.cpu_with_all_below(self._postmaster) + ended / os.sysconf("SC_CLK_TCK")

    def _told(self) -> tuple[int, int]:
        asked = (
            "SELECT coalesce((SELECT sum(calls) FROM pg_stat_statements AS s JOIN pg_database AS d "
            "ON d.oid = s.dbid WHERE d.datname = %s), 0)::bigint, "
            "(pg_current_wal_insert_lsn() - '0/0')::bigint"
        )
        row = self._own.execute(asked, (self._name,)).fetchone()
        assert row is not None
        return row[0], row[1]

    def connections(self) -> int:
        """Of all clients."""
        return len(self._backends())

    def _backends(self) -> list[int]:
        asked = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"
        return [pid for (pid,) in self._own.execute(asked, (self._name,))]


@contextmanager
def running() -> Iterator[str]:
    """The address of an empty database."""
    with throwaway_cluster(SETTINGS) as cluster:
        yield cluster.new_database()
