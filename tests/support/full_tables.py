"""Rows of every kind in every table, whatever they mean."""

import json
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from watchdesk.store import open_store
from watchdesk.store.database import Database, database_url
from watchdesk.store.table_rows import Chunk, Kind, Sums, Writer, columns_of_tables, sums_of
from watchdesk.store.tables import metadata

FEW = 3
LONG = "Zażółć gęślą jaźń \u2028 'quoted' \"twice\" \\ \n\t🛰 " * 40
"""Long enough to be packed."""


def filled(storage: str, directory: Path) -> Mapping[str, Mapping[str, object]]:
    """A database with rows in each table; their sums."""
    directory.mkdir(exist_ok=True)
    open_store(storage, directory).close()
    columns = columns_of_tables()
    writer = Writer(columns)
    with closing(Database(database_url(storage, directory))) as database:
        for table, named in columns.items():
            if table == "search_index":  # it has its row
                continue
            keys = {key.name for key in metadata.tables[table].primary_key.columns}
            rows = [[_value(table, name, kind, n, keys) for name, kind in named] for n in range(1, FEW + 1)]
            lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() for row in rows]
            with database.write() as connection:
                writer.write(connection, Chunk(table, lines))
    return sums(storage, directory).document


def sums(storage: str, directory: Path) -> Sums:
    """Of what a database holds, but what the program notes when it is opened."""
    with closing(Database(database_url(storage, directory))) as database, database.read() as connection:
        return sums_of(connection, columns_of_tables())


def _value(table: str, name: str, kind: Kind, number: int, keys: set[str]) -> Any:
    column = metadata.tables[table].columns[name]
    if column.nullable and number == FEW and name not in keys:
        return None
    if column.foreign_keys:
        target = next(iter(column.foreign_keys)).column
        return number if kind_is_number(target.type) else str(number)
    is_name = name in keys or name.endswith(("id", "key", "name"))
    values = {
        Kind.NUMBER: number + (1_700_000_000_000_000 if name.endswith("_at") else 0),
        Kind.REAL: number / 7,
        Kind.TRUTH: number % 2 == 0,
        Kind.TEXT: str(number) if is_name else f"{number} {LONG}",
        Kind.JSON: [["ü", LONG, number / 3, None, True], {"z": 1, "a": []}] if number > 1 else [],
        Kind.BYTES: "AAEC/w==",
    }
    return values[kind]


def kind_is_number(type_: Any) -> bool:
    return type_.python_type is int
