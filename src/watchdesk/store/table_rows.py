"""Every row of a database as lines of JSON, the same on SQLite and PostgreSQL, and back into empty tables.

By these lines databases are copied, moved and compared. A line is a row, in the order of its table's columns:
what is packed is unpacked, moments are microseconds, bytes are base64.
"""

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Float,
    Integer,
    LargeBinary,
    Select,
    Table,
    TableClause,
    Text,
    column,
    delete,
    func,
    insert,
    select,
    table,
    text,
    tuple_,
    type_coerce,
)
from sqlalchemy.types import TypeEngine

from watchdesk.store.columns import Moment
from watchdesk.store.dictionaries import dictionaries
from watchdesk.store.tables import articles, entry_keys, metadata

CHUNK = 2_000_000
"""Bytes of lines that are held at once, about; a single row may be larger."""
_ROWS = 500
_SUM = 16
"""Bytes of the sum of a table."""
_MODULUS = 1 << 8 * _SUM


class Kind(StrEnum):
    """How a column's values are written."""

    NUMBER = "number"
    REAL = "real"
    TRUTH = "truth"
    TEXT = "text"
    JSON = "json"
    BYTES = "bytes"


_TYPES: Mapping[Kind, TypeEngine[Any]] = {
    Kind.NUMBER: BigInteger(),
    Kind.REAL: Float(),
    Kind.TRUTH: Boolean(),
    Kind.TEXT: Text(),
    Kind.JSON: JSON(none_as_null=True),
    Kind.BYTES: LargeBinary(),
}

Key = tuple[int | str, ...]
"""The primary key of a row, as it is stored."""

Columns = Mapping[str, Sequence[tuple[str, Kind]]]
"""By table: the names and kinds of its columns, in the order of the lines."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a table."""

    table: str
    lines: Sequence[bytes]


@dataclass
class Sum:
    """The number of a table's rows, and a sum of their hashes, which their order does not change."""

    rows: int = 0
    total: int = 0

    def add(self, lines: Iterable[bytes]) -> None:
        """Counts these rows."""
        for line in lines:
            self.rows += 1
            self.total += int.from_bytes(hashlib.blake2b(line, digest_size=_SUM).digest())

    def take_away(self, lines: Iterable[bytes]) -> None:
        """Counts these rows no more."""
        gone = Sum()
        gone.add(lines)
        self.rows -= gone.rows
        self.total -= gone.total

    @property
    def hash(self) -> str:
        """As text."""
        return (self.total % _MODULUS).to_bytes(_SUM).hex()


@dataclass
class Sums:
    """Of every table that was met."""

    by_table: dict[str, Sum] = field(default_factory=dict)

    def add(self, chunk: Chunk) -> None:
        """Counts the rows of a chunk."""
        self.by_table.setdefault(chunk.table, Sum()).add(chunk.lines)

    def take_away(self, chunk: Chunk) -> None:
        """Counts the rows of a chunk no more."""
        self.by_table.setdefault(chunk.table, Sum()).take_away(chunk.lines)

    @property
    def document(self) -> dict[str, dict[str, object]]:
        """By table, without those that are empty."""
        met = sorted(self.by_table.items())
        return {name: {"rows": one.rows, "hash": one.hash} for name, one in met if one.rows}


def ordered_tables() -> Sequence[Table]:
    """Each after those that it refers to. Dictionaries come first, for texts are packed by them."""
    rest = [one for one in metadata.sorted_tables if one is not dictionaries]
    return [dictionaries, *rest]


def columns_of_tables() -> Columns:
    """Of the tables of this version."""
    return {one.name: [(each.name, kind_of(each)) for each in one.columns] for one in ordered_tables()}


def kind_of(each: Column[Any]) -> Kind:
    """How its values are written."""
    kinds = (
        (Moment, Kind.NUMBER),
        (Boolean, Kind.TRUTH),
        (Float, Kind.REAL),
        (Integer, Kind.NUMBER),
        (LargeBinary, Kind.BYTES),
        (JSON, Kind.JSON),
    )
    return next((kind for type_, kind in kinds if isinstance(each.type, type_)), Kind.TEXT)


def read_rows(connection: Connection) -> Iterator[Chunk]:
    """Every row of every table, as one transaction sees them."""
    for one in ordered_tables():
        yield from _read(connection, one, _everything(one))


def read_rows_of(connection: Connection, one: Table, keys: Sequence[Key]) -> Iterator[Chunk]:
    """The rows of a table that have these keys; a key that no row has is left out."""
    for start in range(0, len(keys), _ROWS):
        yield from _read(connection, one, _everything(one).where(has_key(one, keys[start : start + _ROWS])))


def delete_rows_of(connection: Connection, one: Table, keys: Sequence[Key]) -> None:
    """Deletes the rows that have these keys."""
    for start in range(0, len(keys), _ROWS):
        connection.execute(delete(one).where(has_key(one, keys[start : start + _ROWS])))


def has_key(one: Table, keys: Sequence[Key]) -> ColumnElement[bool]:
    """Rows whose primary key is one of these."""
    columns = [type_coerce(key, _TYPES[kind_of(key)]) for key in one.primary_key.columns]
    return tuple_(*columns).in_(keys) if len(columns) > 1 else columns[0].in_([key for (key,) in keys])


def _read(connection: Connection, one: Table, asked: Select[Any]) -> Iterator[Chunk]:
    kinds = [kind_of(each) for each in one.columns]
    lines: list[bytes] = []
    size = 0
    with connection.execute(asked.execution_options(yield_per=_ROWS)) as found:
        for row in found:
            line = _line(row, kinds)
            lines.append(line)
            size += len(line)
            if size >= CHUNK:
                yield Chunk(one.name, lines)
                lines, size = [], 0
    if lines:
        yield Chunk(one.name, lines)


def _everything(one: Table) -> Select[Any]:
    plain = [type_coerce(c, BigInteger) if isinstance(c.type, Moment) else c for c in one.columns]
    asked = select(*plain)
    keys = list(one.primary_key.columns)
    # In the order of their numbers rows are written faster; texts are ordered otherwise on a server.
    return asked.order_by(*keys) if all(isinstance(key.type, Integer) for key in keys) else asked


def _line(row: Sequence[Any], kinds: Sequence[Kind]) -> bytes:
    values = [
        b64encode(value).decode() if kind is Kind.BYTES and value is not None else value
        for value, kind in zip(row, kinds, strict=True)
    ]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def sums_of(connection: Connection, columns: Columns) -> Sums:
    """Of what a database holds now, by the columns that its rows were written with."""
    sums = Sums()
    is_current = columns == columns_of_tables()
    for chunk in read_rows(connection) if is_current else read_older_rows(connection, columns):
        sums.add(chunk)
    return sums


def read_older_rows(connection: Connection, columns: Columns) -> Iterator[Chunk]:
    """Every row of the tables of an older version, as they stand there."""
    for name, named in columns.items():
        written = table(name, *(column(each, _TYPES[kind]) for each, kind in named))
        kinds = [kind for _, kind in named]
        with connection.execute(select(written).execution_options(yield_per=_ROWS)) as found:
            for row in found:
                yield Chunk(name, [_line(row, kinds)])


class Writer:
    """Writes rows into the empty tables of a database that has these columns.

    `packs`: whether they are the columns of this version, so that texts are packed as they are written.
    """

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._is_current = columns == columns_of_tables()
        self._tables = {name: self._written(name, named) for name, named in columns.items()}

    def _written(self, name: str, named: Sequence[tuple[str, Kind]]) -> TableClause:
        own: Mapping[str, Column[Any]] = dict(metadata.tables[name].columns) if self._is_current else {}
        types = [
            own[each].type if each in own and not isinstance(own[each].type, Moment) else _TYPES[kind]
            for each, kind in named
        ]
        return table(name, *(column(each, type_) for (each, _), type_ in zip(named, types, strict=True)))

    def write(self, connection: Connection, chunk: Chunk) -> None:
        """Inserts the rows. Raises `StorageError`, and `ValueError` for lines that are none."""
        named = self._columns[chunk.table]
        rows = [self._row(line, named) for line in chunk.lines]
        for start in range(0, len(rows), _ROWS):
            connection.execute(insert(self._tables[chunk.table]), rows[start : start + _ROWS])

    def _row(self, line: bytes, named: Sequence[tuple[str, Kind]]) -> dict[str, Any]:
        values = json.loads(line)
        return {
            name: b64decode(value) if kind is Kind.BYTES and value is not None else value
            for (name, kind), value in zip(named, values, strict=True)
        }


def numbers_given(connection: Connection) -> dict[str, int]:
    """By table that numbers its rows: the greatest number that was given, so that none is given again."""
    given: dict[str, int] = {}
    for one in _numbered():
        number = connection.execute(select(func.max(one.c.id))).scalar() or 0
        if one is articles:  # of those that are gone the numbers stay
            number = max(number, connection.execute(select(func.max(entry_keys.c.article_id))).scalar() or 0)
        if connection.dialect.name == "postgresql":
            sequence = connection.execute(_SEQUENCE, {"name": one.name}).scalar()
            last = connection.exec_driver_sql(f"SELECT last_value FROM {sequence}").scalar()  # noqa: S608 - ours
            number = max(number, last or 0)
        given[one.name] = int(number)
    return given


def go_on_numbering(connection: Connection, given: Mapping[str, int]) -> None:
    """Has a server number new rows after these. SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for name, number in given.items():
        if number > 0:
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :number)"),
                {"name": name, "number": number},
            )


_SEQUENCE = text("SELECT pg_get_serial_sequence(:name, 'id')")


def _numbered() -> Iterator[Table]:
    for one in ordered_tables():
        key = one.autoincrement_column
        if key is not None and key.name == "id":
            yield one
