"""Hosts of a fleet at work by the clock, each a process of its own.

All is real but the web, which answers at once.

Each hands out what is due each second, takes shards as the job engine gives them to it, reads the states of
what is due, records what its polls brought, notes when all is due again, and gives the shard back, by the
statements of the service (`dispatch`, `write_behind` and `poll_workers.writer`).
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import processes

from fleet import desk
from fleet.news import Newsroom
from watchdesk.service.fleet.engine import Engine
from watchdesk.service.fleet.member import BEAT
from watchdesk.service.poll_workers.messages import Ingest
from watchdesk.service.poll_workers.writer import HandOver, Writer
from watchdesk.store.fleet_rows import HostSaid
from watchdesk.store.fleet_store import FleetStore, open_fleet_store

_AT_ONCE = 64
"""As `polling.concurrency`."""
_TICK = 1.0
_READ_TOGETHER = 64


@dataclass(frozen=True, slots=True)
class Job:
    """A shard that was polled."""

    at: float
    """By the monotonic clock, which is the same in all processes."""
    late: Sequence[float]
    """Of each poll: seconds."""
    news: int
    """Polls that brought any."""


@dataclass(slots=True)
class _Open:
    shard: int
    token: int
    due: Sequence[str]
    kept: Sequence[str]
    late: Sequence[float]
    ended: Future[None] = field(default_factory=Future)


class Host:
    """One of them, with threads of its own."""

    def __init__(self, name: str, storage: str, directory: Path, news: float) -> None:
        """`news`: the share of polls that bring any."""
        directory.mkdir()
        self._name, self._news = name, news
        self.done: list[Job] = []
        self._store: FleetStore = open_fleet_store(storage, directory)
        self._rows = self._store.fleet
        self._tokens: dict[int, int] = {}
