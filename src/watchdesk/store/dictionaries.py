"""Dictionaries for compressing texts, made of the desk's own. A row is never replaced: texts need it.

Each is kept twice with its hash, so that one damaged page does not cost all texts that were compressed by it.
"""

import time
from collections.abc import Callable
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    String,
    Table,
    bindparam,
    func,
    insert,
    select,
)
from sqlalchemy.exc import DBAPIError

from watchdesk.errors import DamagedStorage
from watchdesk.logger import get_logger
from watchdesk.store.columns import Moment, metadata

if TYPE_CHECKING:
    from datetime import datetime

    from watchdesk.encoding.zstd import zstd

log = get_logger(__name__)

FIRST, LAST = 2, 255
"""Numbers of dictionaries: a stored text names its own in one byte, and 1 is for none."""
_LOOK = 300.0
"""Seconds after which a process looks again whether there is a newer one."""


class Kind(StrEnum):
    """Texts that are alike share a dictionary."""

    ARTICLES = "articles"
    DIGESTS = "digests"


dictionaries = Table(
    "dictionaries",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("copy", Integer, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("hash", LargeBinary, nullable=False),  # SHA-256 of the content
    Column("content", LargeBinary, nullable=False),
)

_NEWEST = select(func.max(dictionaries.c.number)).where(dictionaries.c.kind == bindparam("kind"))
_COPIES = (
    select(dictionaries.c.hash, dictionaries.c.content)
    .where(dictionaries.c.number == bindparam("number"))
    .order_by(dictionaries.c.copy)
)


class Dictionaries:
    """The dictionaries of one database, each read once. Safe to use from many threads.

    They are read on a connection of its own: a transaction may have begun before one was made that it needs.
    """

    def __init__(self, engine: Engine, damaged: Callable[[str], DamagedStorage]) -> None:
        """`damaged` makes an error of what is wrong."""
        self._engine = engine
        self.damaged = damaged
        self._read: dict[int, zstd.ZstdDict] = {}
        self._newest: dict[Kind, tuple[int | None, float]] = {}

    def newest(self, kind: Kind) -> int | None:
        """The one to compress by; None while there is none, or it cannot be read."""
        number, until = self._newest.get(kind, (None, 0.0))
        if time.monotonic() < until:
            return number
        try:
            with self._engine.connect() as connection:
                number = connection.execute(_NEWEST, {"kind": str(kind)}).scalar()
            if number is not None:
                self.of(number)
        except (DBAPIError, DamagedStorage) as error:
            # What is written meanwhile only takes more room.
            log.error("texts are compressed without their dictionary", kind=str(kind), why=str(error))
            number = None
        self._newest[kind] = number, time.monotonic() + _LOOK
        return number

    def look_again(self) -> None:
        """Forgets which are the newest, for one was made."""
        self._newest.clear()

    def of(self, number: int) -> "zstd.ZstdDict":
        """Raises `DamagedStorage` where it is gone or no copy is as it was written."""
        if found := self._read.get(number):
            return found
        from watchdesk.encoding.zstd import zstd  # noqa: PLC0415 - for commands that read no text

        with self._engine.connect() as connection:
            copies = connection.execute(_COPIES, {"number": number}).all()
        for copy in copies:
            if sha256(copy.content).digest() == copy.hash:
                self._read[number] = zstd.ZstdDict(copy.content)
                return self._read[number]
        what = "is damaged" if copies else "is missing"
        raise self.damaged(f"dictionary {number}, without which texts in it cannot be read, {what}")


def add_dictionary(connection: Connection, kind: Kind, content: bytes, now: "datetime") -> int | None:
    """Keeps a new one, in a transaction; its number, and None when all numbers are taken."""
    last = connection.execute(select(func.max(dictionaries.c.number))).scalar()
    number = FIRST if last is None else last + 1
    if number > LAST:
        return None
    row: dict[str, Any] = {"number": number, "kind": str(kind), "made_at": now}
    row |= {"hash": sha256(content).digest(), "content": content}
    connection.execute(insert(dictionaries), [{**row, "copy": copy} for copy in range(2)])
    return number
