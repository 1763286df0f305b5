"""Where a table or an index of an SQLite file lies, page by page, and damage in a page of a kind."""

import random
import sqlite3
import struct
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

PAGE = 4096
INTERIOR_INDEX, INTERIOR_TABLE, LEAF_INDEX, LEAF_TABLE = 2, 5, 10, 13


@dataclass
class Pages:
    """The pages of one b-tree, by number."""

    root: int
    interior: list[int] = field(default_factory=list)
    leaf: list[int] = field(default_factory=list)
    overflow: list[int] = field(default_factory=list)
    """The first of each chain."""


def pages_of(path: Path, name: str) -> Pages:
    """Those of a table or an index (Database File Format, section 1.6)."""
    with closing(sqlite3.connect(path)) as database:
        asked = "SELECT rootpage FROM sqlite_schema WHERE name = ?"
        (root,) = database.execute(asked, (name,)).fetchone()
    content, found = path.read_bytes(), Pages(root)
    todo = [root]
    while todo:
        number = todo.pop()
        page = content[(number - 1) * PAGE : number * PAGE]
        kind, cells = page[0], struct.unpack(">H", page[3:5])[0]
        is_interior = kind in {INTERIOR_INDEX, INTERIOR_TABLE}
        (found.interior if is_interior else found.leaf).append(number)
        start = 12 if is_interior else 8
        pointers = struct.unpack(f">{cells}H", page[start : start + 2 * cells])
        if is_interior:
            todo += [struct.unpack(">I", page[at : at + 4])[0] for at in pointers]
            todo.append(struct.unpack(">I", page[8:12])[0])
        found.overflow += [chain for at in pointers if (chain := _overflow(page, kind, at))]
    found.leaf.sort()
    return found


def _overflow(page: bytes, kind: int, at: int) -> int | None:
    """The first overflow page of a cell; None: it has none."""
    if kind == INTERIOR_TABLE:
        return None
    if kind == INTERIOR_INDEX:
        at += 4
    size, at = _varint(page, at)
    if kind == LEAF_TABLE:
        _, at = _varint(page, at)
    most = PAGE - 35 if kind == LEAF_TABLE else (PAGE - 12) * 64 // 255 - 23
    if size <= most:
        return None
    least = (PAGE - 12) * 32 // 255 - 23
    local = least + (size - least) % (PAGE - 4)
    end = at + (local if local <= most else least)
    return int(struct.unpack(">I", page[end : end + 4])[0])


def _varint(page: bytes, at: int) -> tuple[int, int]:
    value = 0
    for count in range(9):
        byte = page[at + count]
        if count == 8:
            return (value << 8) | byte, at + 9
        value = (value << 7) | (byte & 0x7F)
        if byte < 0x80:
            return value, at + count + 1
    raise AssertionError


def _write(path: Path, offset: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(content)


def _noise(size: int) -> bytes:
    return random.Random(7).randbytes(size)


Damage = Callable[[Path], None]


def leaf(name: str, content: bytes | None = None, at: int = 0) -> Damage:
    """A leaf in the middle of a table or an index, overwritten from `at` on; by noise if left out."""

    def do(path: Path) -> None:
        leaves = pages_of(path, name).leaf
        number = leaves[len(leaves) // 2]
        _write(path, (number - 1) * PAGE + at, _noise(PAGE) if content is None else content)

    return do


def another_leaf(name: str) -> Damage:
    """In the place of a leaf, a copy of another one: well formed, and its rows are gone."""

    def do(path: Path) -> None:
        leaves = pages_of(path, name).leaf
        content = path.read_bytes()
        copied = content[(leaves[0] - 1) * PAGE : leaves[0] * PAGE]
        _write(path, (leaves[len(leaves) // 2] - 1) * PAGE, copied)

    return do


def interior(name: str) -> Damage:
    def do(path: Path) -> None:
        found = pages_of(path, name)
        number = next((n for n in found.interior if n != found.root), found.root)
        _write(path, (number - 1) * PAGE, _noise(PAGE))

    return do


def overflow(name: str) -> Damage:
    """One in the middle, zeroed."""

    def do(path: Path) -> None:
        chains = pages_of(path, name).overflow
        _write(path, (chains[len(chains) // 2] - 1) * PAGE, bytes(PAGE))

    return do


def freelist(path: Path) -> None:
    """The first page of the list of free pages, or the number of one where there is none."""
    content = path.read_bytes()
    (trunk,) = struct.unpack(">I", content[32:36])
    if trunk:
        _write(path, (trunk - 1) * PAGE, _noise(PAGE))
    else:
        _write(path, 32, struct.pack(">II", 3, 5))


def value(statement: str) -> Damage:
    """A value that nobody wrote, in a page that is well formed."""

    def do(path: Path) -> None:
        with closing(sqlite3.connect(path)) as database:
            changed = database.execute(statement).rowcount
            database.commit()
            assert changed == 1, f"{changed} rows: {statement}"
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    return do


def _middle(table: str, key: str = "id") -> str:
    return f"(SELECT {key} FROM {table} ORDER BY {key} LIMIT 1 OFFSET (SELECT count(*) / 2 FROM {table}))"


def _rows(table: str, changes: str, key: str = "id") -> Damage:
    return value(f"UPDATE {table} SET {changes} WHERE {key} = {_middle(table, key)}")


PAGE_DAMAGES: dict[str, Damage] = {
    "articles: a page": leaf("articles"),
    "articles: the kind of a page": leaf("articles", b"\0"),
    "articles: where rows lie in a page": leaf("articles", b"\xff" * 16, at=8),
    "articles: a page of the tree": interior("articles"),
    "articles: a long text": overflow("articles"),
    "articles: a text that is no JSON": _rows("articles", "sections = '[{\"heading\": nul'"),
    "articles: a time of no calendar": _rows("articles", "published_at = 9000000000000000000"),
    "articles: bytes for a text": _rows("articles", "title = CAST(x'ff41fe' AS TEXT)"),
    "articles: an index by time": leaf("ix_articles_first_seen_id"),
    "articles: an index by address": leaf("ix_articles_url_key"),
    "entry_keys: a page": leaf("entry_keys"),
    "stories: a page": leaf("stories"),
    "story_members: a page": leaf("story_members"),
    "matches: a page": leaf("matches"),
    "matches: spans that are no JSON": _rows("matches", "spans = '[['"),
    "matches: an index by rule": leaf("ix_matches_rule_id_happened_at"),
    "matches: the index by article": leaf("sqlite_autoindex_matches_1"),
    "places: a page": leaf("places"),
    "digests: a page": leaf("digests"),
    "digests: a long text": overflow("digests"),
    "deliveries: a page": leaf("deliveries"),
    "deliveries: a state that there is not": _rows("deliveries", "state = 'waitinh'"),
    "deliveries: an index by state": leaf("ix_deliveries_state_channel_due_at_id"),
    "sources: a page": leaf("sources"),
    "sources: troubles that are no JSON": _rows("sources", "trouble = '{'", "source_id"),
    "notes: a page": leaf("notes"),
    "the list of free pages": freelist,
}


def damages() -> Iterator[tuple[str, Damage]]:
    """All of them, with what each is."""
    yield from PAGE_DAMAGES.items()


_NUMBERS = {"id", "article_id", "match_id", "story_id"}
_BY_NAME = {"entry_keys": "key", "digests": "id", "deliveries": "id", "sources": "source_id", "notes": "name"}
"""Tables whose rows have names, and where these are."""
_GROWN = ("stories", "articles", "story_members", "matches", "places", *_BY_NAME)


def grow(path: Path, times: int) -> None:
    """Has every row so many times, so that each table and each index takes several pages."""
    with closing(sqlite3.connect(path)) as database:
        for table in _GROWN:
            columns = database.execute(f"PRAGMA table_info({table})").fetchall()
            for k in range(1, times):
                values = [_value(table, name, kind, k) for _, name, kind, *_ in columns]
                rows = f"SELECT {', '.join(values)} FROM {table} WHERE {_first(table)}"
                database.execute(f"INSERT INTO {table} {rows}")
        noted = "SELECT id, first_seen FROM articles WHERE id >= 100000"
        database.execute(f"INSERT INTO search_pending (article_id, first_seen) {noted}")
        database.commit()
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _value(table: str, name: str, kind: str, k: int) -> str:
    quoted = f'"{name}"'
    if name in _NUMBERS and kind in {"INTEGER", "BIGINT"}:
        return f"{quoted} + {k * 100000}"
    if name in {"digest_id", _BY_NAME.get(table)}:
        return f"{quoted} || '-{k}'"
    return f"{quoted} + {k}" if name == "scheduled" else quoted


def _first(table: str) -> str:
    """The rows that were there at first."""
    if key := _BY_NAME.get(table):
        return f"\"{key}\" NOT LIKE '%-_' AND \"{key}\" NOT LIKE '%-__'"
    return "id < 100000"
