"""Compresses texts that were stored before, and makes dictionaries for them: little by little, behind.

Only on SQLite. What is written now is compressed as it is written (`packing`).
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, bindparam, func, select, type_coerce, update

from watchdesk.errors import DamagedStorage
from watchdesk.logger import get_logger
from watchdesk.store.database import Database
from watchdesk.store.dictionaries import Kind, add_dictionary, dictionaries, lost_copies, mend_copies
from watchdesk.store.packing import LEVEL, PLAIN, SHORT, AsStored, Packer
from watchdesk.store.tables import articles, digests, notes
from watchdesk.store.upserts import upsert

log = get_logger(__name__)

SAMPLES = 600
"""Texts that a dictionary is made of: with more it is hardly better, and takes longer to make."""
SIZE = 64 * 1024
"""Bytes of a dictionary."""
_UNSEEN = 4
"""Every so many-th text is not given to it, but tells how good it is."""
_LONGEST_SAMPLE = 32 * 1024
_AMONG = 20_000
"""Articles, the newest, from all over which they are taken: a newsroom's night is not like its day."""
_FRAME = b"\x28\xb5\x2f\xfd"
"""How a zstd frame begins (RFC 8878)."""
_SEVERAL = 3
"""Texts by which it is believed that there was a dictionary of the number they name: one may be damaged."""
_GIVEN = "database.dictionaries"
"""A note: the greatest number that was given to a dictionary."""
TRY_AGAIN = timedelta(days=30)
"""After which another dictionary is tried."""
_PAYS = 0.95
"""It is kept if it makes texts smaller than this part of what they take with the one before."""


@dataclass(frozen=True, slots=True)
class _Packed:
    """A table with packed columns, and how much of it is done in a step."""

    table: Table
    columns: Sequence[str]
    rows: int


_TABLES: Mapping[Kind, _Packed] = {
    Kind.ARTICLES: _Packed(articles, ("sections", "removed"), 200),
    Kind.DIGESTS: _Packed(digests, ("html", "text", "json"), 20),
}


@dataclass(frozen=True, slots=True)
class _Progress:
    """How far the texts of a kind are compressed; a note of the database."""

    tried_at: datetime | None = None
    """When a dictionary was last made of them, or tried."""
    up_to: str | int | None = None
    """The id of the last row that is done."""
    done: bool = False
    """All rows from before the first dictionary are."""


class CompressingRows:
    """The part of the store that upkeep calls."""

    _database: Database

    def compress_texts(self, now: datetime) -> bool:
        """A step of the work, in some 50 ms; whether there is more to do at once. Raises `StorageError`."""
        if self._database.open_file is None:
            return False
        packer = Packer(self._database.dictionaries)
        if any(
            _made_dictionary(self._database, packer, kind, now) or _pack(self._database, packer, kind)
            for kind in Kind
        ):
            return True
        _mend(self._database)
        return False


def _made_dictionary(database: Database, packer: Packer, kind: Kind, now: datetime) -> bool:
    """Makes one where there is none yet, or a better one can be had; whether it tried."""
    with database.read() as connection:
        progress = _progress_of(connection, kind)
        if progress.tried_at and abs(now - progress.tried_at) < TRY_AGAIN:
            return False
        samples, in_use = _samples(connection, packer, kind)
        last = connection.execute(
            select(func.max(dictionaries.c.number)).where(dictionaries.c.kind == str(kind))
        ).scalar()
    if len(samples) < SAMPLES:
        return False
    try:
        before = None if last is None else database.dictionaries.of(last)
    except DamagedStorage as error:
        log.error("makes another dictionary", kind=str(kind), why=str(error))
        before = None
    content, part = _trained(samples, before)
    with database.write() as connection:
        number = None
        if part < _PAYS:
            number = add_dictionary(connection, kind, content, now, max(in_use, _given(connection)))
            if number is not None:
                upsert(connection, notes, {"name": _GIVEN, "value": str(number)})
        _note(connection, kind, replace(_progress_of(connection, kind), tried_at=now))
    database.dictionaries.look_again()
    if number is not None:
        log.info("made a dictionary to compress texts by", kind=str(kind), number=number)
    return True


def _mend(database: Database) -> None:
    """Writes a copy of a dictionary again that was lost; the other one is enough till then."""
    with database.read() as connection:
        if not lost_copies(connection):
            return
    with database.write() as connection:
        mended = mend_copies(connection)
    log.warning("wrote the lost copy of a dictionary again", numbers=list(mended))


def _samples(connection: Connection, packer: Packer, kind: Kind) -> tuple[Sequence[bytes], int]:
    """Texts of the kind, from all over the newest, and the greatest number of a dictionary among them.

    Fewer than `SAMPLES` where there are few rows that can be read.
    """
    table, columns = _TABLES[kind].table, _TABLES[kind].columns
    stored = [type_coerce(table.c[name], AsStored()) for name in columns]
    if kind is Kind.ARTICLES:
        newest = connection.execute(select(func.max(table.c.id))).scalar() or 0
        step = max(1, min(newest, _AMONG) // (SAMPLES * 3 // 2))
        chosen = table.c.id > newest - step * SAMPLES * 3 // 2, table.c.id % step == 0
        asked = select(*stored).where(*chosen)
    else:
        asked = select(*stored).order_by(table.c.composed_at.desc()).limit(SAMPLES)
    values = [value for row in connection.execute(asked) for value in row]
    numbers = Counter(value[0] for value in values if isinstance(value, bytes) and value[1:5] == _FRAME)
    in_use = max((number for number, times in numbers.items() if times >= _SEVERAL), default=0)
    texts = [text.encode() for value in values if (text := _read(packer, value)) is not None]
    return [text[:_LONGEST_SAMPLE] for text in texts if len(text) >= SHORT], in_use


def _read(packer: Packer, stored: str | bytes) -> str | None:
    """None: it is damaged. Who reads that row is told; the others are packed all the same."""
    try:
        return packer.unpacked(stored)
    except DamagedStorage as error:
        log.debug("a text cannot be compressed", why=str(error))
        return None


def _trained(samples: Sequence[bytes], before: Any) -> tuple[bytes, float]:
    """A dictionary, and what texts take with it, as a part of what they take with the one before."""
    from watchdesk.encoding.zstd import compressor, zstd  # noqa: PLC0415 - for processes that compress nothing

    seen = [text for place, text in enumerate(samples) if place % _UNSEEN]
    try:
        made = zstd.train_dict(seen, SIZE)
    except zstd.ZstdError as error:  # such as texts that have too little in common
        log.info("no dictionary can be made of the texts", why=str(error))
        return b"", 1.0
    sizes = []
    for one in (made, before):
        packer = compressor(LEVEL, one)  # one for all texts: a dictionary takes longer to load than a text
        sizes.append(sum(len(packer.compress(text, packer.FLUSH_FRAME)) for text in samples[::_UNSEEN]))
    return made.dict_content, sizes[0] / sizes[1]


def _pack(database: Database, packer: Packer, kind: Kind) -> bool:
    """Packs a few rows from before the first dictionary; whether there may be more."""
    if database.dictionaries.newest(kind) is None:
        return False
    packed = _TABLES[kind]
    number, stored = (
        packed.table.c.id,
        {name: type_coerce(packed.table.c[name], AsStored()) for name in packed.columns},
    )
    with database.read() as connection:
        progress = _progress_of(connection, kind)
        if progress.done:
            return False
        asked = select(number, *(column.label(name) for name, column in stored.items()))
        if progress.up_to is not None:
            asked = asked.where(number > progress.up_to)
        rows = connection.execute(asked.order_by(number).limit(packed.rows)).mappings().all()
    changes = {name: list[dict[str, Any]]() for name in packed.columns}
    for row in rows:
        for name in packed.columns:
            new = _repacked(packer, kind, row[name])
            if new != row[name]:
                changes[name].append({"number": row["id"], "old": row[name], "new": new})
    with database.write() as connection:
        for name, values in changes.items():
            if values:
                # Only as it was read: a row that was rewritten meanwhile is packed by who wrote it.
                same = number == bindparam("number"), stored[name] == bindparam("old", type_=AsStored())
                new_value = bindparam("new", type_=AsStored())
                connection.execute(update(packed.table).where(*same).values({name: new_value}), values)
        now_up_to = rows[-1]["id"] if rows else progress.up_to
        progress = replace(_progress_of(connection, kind), up_to=now_up_to, done=len(rows) < packed.rows)
        _note(connection, kind, progress)
    return not progress.done


def _repacked(packer: Packer, kind: Kind, stored: str | bytes) -> str | bytes:
    """With the dictionary; what has one already stays."""
    if isinstance(stored, bytes) and stored[:1] != bytes((PLAIN,)):
        return stored
    text = _read(packer, stored)
    return packer.packed(kind, text) if text is not None and len(text) >= SHORT else stored


def _given(connection: Connection) -> int:
    """The greatest number of a dictionary there ever was, as far as it was noted."""
    written = connection.execute(select(notes.c.value).where(notes.c.name == _GIVEN)).scalar() or ""
    return int(written) if written.isascii() and written.isdigit() and len(written) < 4 else 0


def _note_of(kind: Kind) -> str:
    return f"database.compressed:{kind}"


def _progress_of(connection: Connection, kind: Kind) -> _Progress:
    """As it was noted; from the beginning where that cannot be read."""
    written = connection.execute(select(notes.c.value).where(notes.c.name == _note_of(kind))).scalar()
    if written is None:
        return _Progress()
    try:
        tried, up_to, done = json.loads(written)
        return _Progress(datetime.fromisoformat(tried) if tried else None, up_to, done is True)
    except (ValueError, TypeError):
        return _Progress()


def _note(connection: Connection, kind: Kind, progress: _Progress) -> None:
    tried = progress.tried_at.isoformat() if progress.tried_at else None
    value = json.dumps([tried, progress.up_to, progress.done])
    upsert(connection, notes, {"name": _note_of(kind), "value": value})
