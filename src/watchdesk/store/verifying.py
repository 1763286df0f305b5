"""Verifies a whole database: its structure, its references, its counts, and what is read back from it.

Each question is asked in a transaction of its own, so that a service beside it goes on.
"""

import random
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import Table, func, select

from watchdesk.errors import DamagedStorage
from watchdesk.store.database import Database
from watchdesk.store.dictionaries import dictionaries, lost_copies
from watchdesk.store.glancing import FREE_PAGES, is_corrupt, read_only, tables_in, translated
from watchdesk.store.index_checking import IndexCheck, checked_index
from watchdesk.store.leftovers import Terms, left_behind
from watchdesk.store.reading import DamagedPart, Reading
from watchdesk.store.row_mapping import article_of, match_of
from watchdesk.store.tables import articles, digests, matches, metadata

_LINES = 100
"""Of what SQLite finds wrong."""
_SHOWN = 3
_FREE = ("Main freelist", "Freelist")
_LARGE = 4_000_000
"""Bytes read in one step."""


@dataclass(frozen=True, slots=True)
class Unreferenced:
    """Rows whose reference leads nowhere."""

    table: str
    column: str
    to: str
    rows: int


class Verifying:
    """One verification. Each method may take long, and may be run in a thread of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def size(self) -> int | None:
        """Bytes of the file; None on a server."""
        file = self._database.open_file
        return file.path.stat().st_size if file else None

    def structure(self) -> Sequence[DamagedPart]:
        """What is not as it has to be: pages, trees, indices. On a server, every row is read instead."""
        file = self._database.open_file
        if file is None:
            return [damage for _, found in self.everything() for damage in found]
        try:
            with closing(read_only(file.path)) as connection:
                lines = _checked(connection, f"PRAGMA integrity_check({_LINES})")
                if not lines:
                    return ()
                parts = list(_by_table(connection))
        except sqlite3.Error as error:
            raise translated(file.path, error) from error
        return parts or [DamagedPart("the file", "; ".join(lines[:_SHOWN]))]

    def references(self) -> Iterator[Unreferenced]:
        """Rows that refer to others which are not there."""
        for table in metadata.sorted_tables:
            for key in table.foreign_keys:
                other = key.column.table.alias()
                asked = (
                    select(func.count())
                    .select_from(table.outerjoin(other, key.parent == other.c[key.column.name]))
                    .where(key.parent.is_not(None), other.c[key.column.name].is_(None))
                )
                with self._database.read() as connection:
                    rows = connection.execute(asked).scalar_one()
                if rows:
                    yield Unreferenced(table.name, key.parent.name, key.column.table.name, rows)

    def dictionaries(self) -> Sequence[DamagedPart]:
        """Those without which compressed texts cannot be read; each has copies, of which one is enough."""
        with self._database.read() as connection:
            numbers = connection.scalars(select(dictionaries.c.number).distinct()).all()
        found: list[DamagedPart] = []
        for number in numbers:
            try:
                self._database.dictionaries.of(number)
            except DamagedStorage as damage:
                found.append(DamagedPart(dictionaries.name, damage.what))
        return found

    def lost_copies(self) -> Sequence[int]:
        """Numbers of the dictionaries of which a copy is lost, and another one whole."""
        with self._database.read() as connection:
            return tuple(lost_copies(connection))

    def index(self) -> IndexCheck:
        """How the index by which the archive is searched compares with the articles."""
        with self._database.read() as connection:
            return checked_index(connection)

    def counts(self) -> Mapping[str, int]:
        """Rows by table."""
        found: dict[str, int] = {}
        for table in metadata.sorted_tables:
            with self._database.read() as connection:
                found[table.name] = connection.execute(select(func.count()).select_from(table)).scalar_one()
        return found

    def leftovers(self, terms: Terms) -> Mapping[str, int]:
        """Rows of which nothing needs what they are about any more, by kind: upkeep removes them."""
        with self._database.read() as connection:
            return left_behind(connection, terms)

    def everything(self) -> Iterator[tuple[int, Sequence[DamagedPart]]]:
        """Reads every row and decodes it; for each step the bytes read, about, and what cannot be read."""
        with closing(Reading(self._database)) as reading:
            while not reading.is_done:
                read = reading.step(_LARGE)
                yield read.size, read.damages

    def sample(self, table: Table, many: int, rng: random.Random) -> tuple[int, Sequence[DamagedPart]]:
        """Reads so many rows back, chosen by chance: how many were read, and which could not be."""
        damages: dict[str, DamagedPart] = {}
        read: set[object] = set()
        for number in self._numbers(table, many, rng):
            try:
                read |= self._read_back(table, number)
            except DamagedStorage as damage:
                found = DamagedPart(table.name, f"near row {number}: {damage.what}")
                if damage.part == dictionaries.name:  # that is where it is, whoever needs it
                    found = DamagedPart(dictionaries.name, damage.what)
                damages.setdefault(damage.what, found)
        return len(read), tuple(damages.values())

    def _numbers(self, table: Table, many: int, rng: random.Random) -> Sequence[int]:
        if "id" not in table.c or table is digests:
            with self._database.read() as connection:
                count = connection.execute(select(func.count()).select_from(table)).scalar_one()
            return rng.sample(range(count), min(many, count))
        with self._database.read() as connection:
            few = connection.scalars(select(table.c.id).order_by(table.c.id).limit(many + 1)).all()
            if len(few) <= many:
                return few
            least, most = connection.execute(select(func.min(table.c.id), func.max(table.c.id))).one()
        return sorted(rng.sample(range(least, most + 1), min(many, most + 1 - least)))

    def _read_back(self, table: Table, number: int) -> set[object]:
        """Reads the row of this number, or the next one there is; its id, if there is one."""
        asked = select(table).limit(1)
        if table is digests:
            asked = asked.order_by(table.c.id).offset(number)
        else:
            asked = asked.where(table.c.id >= number).order_by(table.c.id)
        with self._database.read() as connection:
            row = connection.execute(asked).mappings().first()
            if row is None:
                return set()
            if table is articles:
                article_of(row)
            elif table is matches:
                match_of(row)
            return {row[table.c.id]}


SAMPLED = (articles, matches, digests)
"""The tables of which a sample is read back."""


def _checked(connection: sqlite3.Connection, pragma: str) -> Sequence[str]:
    """What it says is wrong."""
    try:
        rows = connection.execute(pragma).fetchall()
    except sqlite3.DatabaseError as error:
        if not is_corrupt(error):
            raise
        return [str(error)]
    said = [row[0].decode("utf-8", "replace") for row in rows]
    lines = [" ".join(line.split()) for text in said for line in text.splitlines()]
    return [line for line in lines if line not in {"ok", "*** in database main ***"}]


def _by_table(connection: sqlite3.Connection) -> Iterator[DamagedPart]:
    for table, _ in tables_in(connection):
        lines = _checked(connection, f'PRAGMA integrity_check("{table}")')
        free = [line for line in lines if line.startswith(_FREE)]
        for part, found in ((FREE_PAGES, free), (table, [x for x in lines if x not in free])):
            if found:
                more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
                yield DamagedPart(part, "; ".join(found[:_SHOWN]) + more)
