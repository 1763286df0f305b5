"""Ways in which a SQLite database is damaged, each done to a file that nobody has open."""

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

PAGE = 4096
TABLES = ("articles", "matches", "stories", "places", "digests", "deliveries", "sources")
INDEX = "ix_matches_rule_id_happened_at"

Damage = Callable[[Path], None]


def _overwrite(path: Path, offset: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(content)


def _noise(size: int) -> bytes:
    return random.Random(7).randbytes(size)


def _cut(path: Path, size: int) -> None:
    with path.open("r+b") as file:
        file.truncate(size)


def _root_of(path: Path, name: str) -> int:
    with closing(sqlite3.connect(path)) as database:
        asked = "SELECT rootpage FROM sqlite_schema WHERE name = ?"
        return int(database.execute(asked, (name,)).fetchone()[0])


def root_of(name: str) -> Damage:
    """The root page of a table or an index."""
    return lambda path: _overwrite(path, (_root_of(path, name) - 1) * PAGE, _noise(PAGE))


def pages(path: Path) -> int:
    return path.stat().st_size // PAGE


DAMAGES: dict[str, Damage] = {
    "header": lambda path: _overwrite(path, 0, _noise(100)),
    "magic": lambda path: _overwrite(path, 0, _noise(16)),
    "page-size": lambda path: _overwrite(path, 16, b"\x03\x01"),
    "first-page-zeroed": lambda path: _overwrite(path, 0, bytes(PAGE)),
    "cut-to-nothing": lambda path: _cut(path, 0),
    "cut-to-half-a-page": lambda path: _cut(path, PAGE // 2),
    "cut-to-half": lambda path: _cut(path, pages(path) // 2 * PAGE),
    "cut-by-last-page": lambda path: _cut(path, (pages(path) - 1) * PAGE),
    "ten-pages": lambda path: _overwrite(path, pages(path) // 2 * PAGE, _noise(10 * PAGE)),
    "gone": lambda path: path.unlink(),
    "index": root_of(INDEX),
    **{table: root_of(table) for table in TABLES},
}


def settled(database: Path) -> None:
    """Moves the write-ahead log into the file, and ends it."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")


def copied(state: Path, to: Path) -> None:
    shutil.copytree(state, to)
