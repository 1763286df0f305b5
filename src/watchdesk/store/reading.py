"""Reads the whole database for damage bit by bit: every row of every table, and every entry of each index.

Rows are read in the order of their numbers, some at a time, each time in a transaction of its own. An index
is read through one cursor, which is given up after a while, so that no view of the database is kept open for
long: while there is one, the write-ahead log cannot be emptied.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, ColumnElement, Integer, Table, Text, column, select, text, tuple_, type_coerce

from watchdesk.errors import DamagedStorage
from watchdesk.model import DeliveryState, PublishedKnown, Standing
from watchdesk.store.database import Database, damaged
from watchdesk.store.dictionaries import dictionaries
from watchdesk.store.glancing import read_only, tables_in
from watchdesk.store.index_reading import IndexCursor
from watchdesk.store.packing import AsStored, is_packed, unpacker
from watchdesk.store.tables import metadata

_FIRST_ROWS = 20
_MOST_ROWS = 2000
_FARTHEST = 1 << 48
_KNOWN: dict[tuple[str, str], type] = {
    ("articles", "published_known"): PublishedKnown,
    ("deliveries", "state"): DeliveryState,
    ("matches", "standing"): Standing,
}
"""Columns that hold one of a few words."""

Key = tuple[Any, ...]
NOBODYS = "values that nobody wrote"
"""As `Database` says it as well."""


@dataclass(frozen=True, slots=True)
class ReadingPlace:
    """How far a reading has come: what of the database is read next."""

    table: str
    index: str | None = None
    """An index of the table; None: its rows."""
    after: tuple[int | str, ...] | None = None
    """The key of the last row that was read."""


@dataclass(frozen=True, slots=True)
class DamagedPart:
    """What cannot be read."""

    part: str
    """`articles`, or `articles, index ix_articles_url`."""
    what: str


@dataclass(frozen=True, slots=True)
class ReadSome:
    """What one step has read."""

    size: int
    """Bytes, about."""
    damages: tuple[DamagedPart, ...] = ()


class Reading:
    """One reading of all. Not for several threads at once; close it at the end."""

    def __init__(self, database: Database, place: ReadingPlace | None = None) -> None:
        """`place`: where a reading that was broken off goes on."""
        self._database = database
        self._parts = list(_parts(database))
        self.place = place if place and (place.table, place.index) in self._parts else None
        if self.place is None and self._parts:
            self.place = ReadingPlace(*self._parts[0])
        self._rows = _FIRST_ROWS
        self._index: IndexCursor | None = None
        self._lost: set[str] = set()
        """What is said of dictionaries that are lost: one damage each, however many texts need it."""
        self._said: set[str] = set()

    def close(self) -> None:
        """Gives up what is open."""
        if self._index:
            self._index.close()
            self._index = None

    @property
    def is_done(self) -> bool:
        """Whether all has been read."""
        return self.place is None

    def step(self, most: int) -> ReadSome:
        """Reads about so many bytes. Raises `StorageError` where the database cannot be used at all."""
        place = self.place
        if place is None:
            return ReadSome(0)
        read = self._read_index(place, place.index, most) if place.index else self._read_rows(place, most)
        news, self._said = sorted(self._lost - self._said), set(self._lost)
        return ReadSome(read.size, (*read.damages, *(DamagedPart(dictionaries.name, what) for what in news)))

    def _read_rows(self, place: ReadingPlace, most: int) -> ReadSome:
        table = _Rows(self._database, metadata.tables[place.table], self._lost)
        try:
            read = table.after(place.after, self._rows)
        except DamagedStorage as damage:
            if damage.part is None:
                raise
            return self._pass_by(table, place)
        size = sum(row.size for row in read)
        if len(read) < self._rows:
            self._next_part(place)
        else:
            self.place = ReadingPlace(place.table, None, read[-1].key)
        self._rows = max(1, min(_MOST_ROWS, self._rows * most // max(1, size), 4 * self._rows))
        return ReadSome(size)

    def _pass_by(self, table: "_Rows", place: ReadingPlace) -> ReadSome:
        """Finds the rows that cannot be read, and goes on behind them."""
        last_good, why = table.last_before_damage(place.after, self._rows)
        first_good = table.first_behind(last_good) if why else None
        why = why or "they cannot be read"
        if first_good is None:
            self._next_part(place)
            rows = f"from {_behind(last_good)} on"
        else:
            self.place = ReadingPlace(place.table, None, first_good)
            first = _behind(last_good)
            rows = f"{first} to {first_good[0]}" if first != str(first_good[0]) else first
        return ReadSome(0, (DamagedPart(place.table, f"rows {rows}: {why}"),))

    def _read_index(self, place: ReadingPlace, name: str, most: int) -> ReadSome:
        part = f"{place.table}, index {name}"
        try:
            self._index = self._index or IndexCursor(self._database, place.table, name)
            size = self._index.step(most)
        except DamagedStorage as damage:
            if damage.part is None:
                raise
            self._next_part(place)
            return ReadSome(0, (DamagedPart(part, "entries cannot be read"),))
        if size is None:
            self._next_part(place)
        return ReadSome(size or 0)

    def _next_part(self, place: ReadingPlace) -> None:
        self.close()
        self._rows = _FIRST_ROWS
        following = self._parts.index((place.table, place.index)) + 1
        self.place = ReadingPlace(*self._parts[following]) if following < len(self._parts) else None


def _parts(database: Database) -> Iterator[tuple[str, str | None]]:
    """Tables and their indices, in their order; PostgreSQL reads an index only where it likes to."""
    file = database.open_file
    if file is None:
        yield from ((table.name, None) for table in metadata.sorted_tables)
        return
    connection = read_only(file.path)
    try:
        for table, has_rowid in tables_in(connection):
            if table not in metadata.tables or not has_rowid:
                continue
            yield table, None
            for _, name, _, _, is_partial in connection.execute(f'PRAGMA index_list("{table}")').fetchall():
                if not is_partial:
                    yield table, name.decode()
    finally:
        connection.close()


@dataclass(frozen=True, slots=True)
class _Row:
    key: Key
    size: int


class _Rows:
    """The rows of one table by their keys: SQLite's own numbers, or the primary key."""

    def __init__(self, database: Database, table: Table, lost: set[str]) -> None:
        """`lost`: takes what is said of dictionaries that are lost; texts that need one are passed by."""
        self._lost = lost
        self._database = database
        self._table = table
        self._keys: list[ColumnElement[Any]]
        if database.open_file:
            self._keys = [column("rowid", Integer)]
        else:
            self._keys = list(table.primary_key)
        dialect = database.engine.dialect
        self._packed = {each.name for each in table.columns if is_packed(each.type, dialect)}
        self._unpacked = unpacker(dialect)
        self._columns = [self._as_stored(each) for each in table.columns]

    def _as_stored(self, each: ColumnElement[Any]) -> ColumnElement[Any]:
        if each.key in self._packed:
            return type_coerce(each, AsStored())
        return type_coerce(each, Text) if isinstance(each.type, JSON) else each

    def after(self, key: Key | None, limit: int) -> Sequence[_Row]:
        """The next rows. Raises `DamagedStorage` where one cannot be read, or holds what nobody wrote."""
        asked = select(*self._keys, *self._columns).select_from(self._table)
        asked = asked.order_by(*self._keys).limit(limit)
        if key is not None and len(key) == 1:
            asked = asked.where(self._keys[0] > key[0])
        elif key is not None:
            asked = asked.where(tuple_(*self._keys) > tuple_(*key))
        with self._database.read() as connection:
            if connection.dialect.name == "postgresql":  # a damaged page costs its rows alone
                connection.execute(text("SET LOCAL enable_seqscan = off"))
                connection.execute(text("SET LOCAL enable_bitmapscan = off"))
            return [self._sized(row) for row in connection.execute(asked)]

    def last_before_damage(self, after: Key | None, limit: int) -> tuple[Key | None, str | None]:
        """The last key behind which nothing can be read, and why not; None where nothing is behind it."""
        why = None
        while limit >= 1:
            try:
                read = self.after(after, limit)
            except DamagedStorage as damage:
                why = NOBODYS if NOBODYS in damage.what else "they cannot be read"
                limit //= 2
                continue
            if not read:
                return after, None
            after = read[-1].key
        return after, why

    def first_behind(self, key: Key | None) -> Key | None:
        """The least key behind which a row can be read again; None where there is none."""
        start = key[0] if key else 0
        if len(self._keys) > 1 or not isinstance(start, int):
            return None
        low, step = start, 1
        while not self._reads(low + step):
            low, step = low + step, step * 2
            if step > _FARTHEST:
                return None
        high = low + step
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self._reads(middle) else (middle, high)
        return (high,)

    def _reads(self, number: int) -> bool:
        try:
            self.after((number,), 1)
        except DamagedStorage:
            return False
        return True

    def _sized(self, row: Any) -> _Row:
        """Raises `DamagedStorage` for values that nobody wrote."""
        try:
            return self._checked(row)
        except ValueError as error:
            where = self._database.where
            raise damaged(where, f"it holds {NOBODYS}", self._table.name) from error

    def _checked(self, row: Any) -> _Row:
        many, size = len(self._keys), 0
        for each, value in zip(self._table.columns, row[many:], strict=True):
            if value is None:
                if not each.nullable:
                    raise ValueError(f"{each.name} is missing")
                continue
            known = _KNOWN.get((self._table.name, each.name))
            if known:
                known(value)
            if each.name in self._packed:
                size += len(value)
                self._unpack(value, is_json=isinstance(each.type, JSON))
            elif isinstance(value, str):
                size += len(value)
                if isinstance(each.type, JSON):
                    json.loads(value)
            elif isinstance(value, bytes):
                size += len(value)
            else:
                size += 8 if isinstance(value, int | float) else len(str(value))
        return _Row(tuple(row[:many]), size)

    def _unpack(self, value: str | bytes, *, is_json: bool) -> None:
        """Nothing else finds a bit in what is packed that is not as it was written."""
        try:
            text = self._unpacked(value)
        except DamagedStorage as damage:
            if damage.part != dictionaries.name:
                raise
            self._lost.add(damage.what)
            return
        if is_json:
            json.loads(text)


def _behind(key: Key | None) -> str:
    """The first row that is behind this one, or may be."""
    if key is None:
        return "the first"
    return (
        str(key[0] + 1)
        if len(key) == 1 and isinstance(key[0], int)
        else "that after " + " ".join(map(str, key))
    )
