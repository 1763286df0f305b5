"""Dictionaries for compressing texts, made of the desk's own. A row is never replaced: texts need it.

Each is kept twice with its hash, so that one damaged page does not cost all texts that were compressed by it.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    String,
    Table,
    bindparam,
    delete,
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
_COPIED = 2
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

    def __init__(
        self,
        connected: Callable[[], AbstractContextManager[Connection]],
        damaged: Callable[[str, str | None], DamagedStorage],
    ) -> None:
        """`damaged` makes an error of what is wrong, and of the table; None: that of the last statement."""
        self._connected = connected
        self.damaged = damaged
        self._read: dict[int, zstd.ZstdDict] = {}
        self._newest: dict[Kind, tuple[int | None, float]] = {}

    def newest(self, kind: Kind) -> int | None:
        """The one to compress by; None while there is none, or it cannot be read."""
        number, until = self._newest.get(kind, (None, 0.0))
        if time.monotonic() < until:
            return number
        try:
            with self._connected() as connection:
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

        with self._connected() as connection:
            copies = connection.execute(_COPIES, {"number": number}).all()
            whole = next((one.content for one in copies if sha256(one.content).digest() == one.hash), None)
            if whole is None:
                what = "is damaged" if copies else "is missing"
                said = f"dictionary {number}, without which texts of other tables cannot be read, {what}"
                raise self.damaged(said, dictionaries.name)
        self._read[number] = zstd.ZstdDict(whole)
        return self._read[number]


def add_dictionary(
    connection: Connection, kind: Kind, content: bytes, now: "datetime", in_use: int
) -> int | None:
    """Keeps a new one, in a transaction; its number, and None when all numbers are taken.

    A number is never given again, though its rows are lost: texts still refer to it. `in_use`: the greatest
    that is known to have been given, or was met in texts.
    """
    last = connection.execute(select(func.max(dictionaries.c.number))).scalar()
    number = max(FIRST - 1, last or 0, in_use) + 1
    if number > LAST:
        return None
    row: dict[str, Any] = {"number": number, "kind": str(kind), "made_at": now}
    row |= {"hash": sha256(content).digest(), "content": content}
    connection.execute(insert(dictionaries), [{**row, "copy": copy} for copy in range(_COPIED)])
    return number


def lost_copies(connection: Connection) -> Mapping[int, Sequence[dict[str, Any]]]:
    """Of dictionaries one copy of which is whole, the rows as the others have to be."""
    whole: dict[int, dict[int, Any]] = defaultdict(dict)
    for row in connection.execute(select(dictionaries)).mappings():
        if sha256(row["content"]).digest() == row["hash"]:
            whole[row["number"]][row["copy"]] = row
    return {
        number: [{**next(iter(rows.values())), "copy": copy} for copy in range(_COPIED) if copy not in rows]
        for number, rows in whole.items()
        if len(rows) < _COPIED
    }


def mend_copies(connection: Connection) -> Sequence[int]:
    """Writes lost copies again, in a transaction; of which dictionaries."""
    lost = lost_copies(connection)
    for row in (one for rows in lost.values() for one in rows):
        same = dictionaries.c.number == row["number"], dictionaries.c.copy == row["copy"]
        connection.execute(delete(dictionaries).where(*same))
        connection.execute(insert(dictionaries), row)
    return tuple(lost)
