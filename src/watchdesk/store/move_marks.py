"""Marks a database that has moved, or to which a move has not come to its end, so that one alone is written.

The mark is a table of its own, which no backup and no move takes along. Where a desk has left, triggers
refuse every change, so that neither an older watchdesk nor a process that had it open writes what is lost.
"""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import assert_never

from sqlalchemy import Column, Connection, MetaData, String, Table, insert, inspect, select, text

from watchdesk.errors import MovedStorage
from watchdesk.store.tables import metadata

MARK = Table(
    "move_mark",
    MetaData(),
    Column("kind", String, nullable=False),
    Column("place", String, nullable=False),
    Column("move", String, nullable=False),
)
"""One row where there is a mark; else the table is not there."""

SQLSTATE = "WDMVD"
"""Of the error with which a server's triggers refuse a change."""
_SAYS = "watchdesk moved this database to "
_CHANGES = ("INSERT", "UPDATE", "DELETE")
_FUNCTION, _TRIGGER = "watchdesk_moved", "moved_"


class MarkKind(StrEnum):
    """What a mark says."""

    LEFT = "left"
    """The desk has moved to the mark's place."""
    ARRIVING = "arriving"
    """It is to come from the mark's place, which is the one that counts until it is marked itself."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Of a move, on the database that it leaves or the one that it fills."""

    kind: MarkKind
    place: str
    """The other one, as `watchdesk move` takes it, without a password."""
    move: str
    """The same on both, and of no other move."""


def mark_of(connection: Connection) -> Mark | None:
    """What a database says of a move; None where it is an ordinary one."""
    if not inspect(connection).has_table(MARK.name):
        return None
    row = connection.execute(select(MARK)).one_or_none()
    return Mark(MarkKind(row.kind), row.place, row.move) if row else None


def set_mark(connection: Connection, mark: Mark) -> None:
    """Marks a database, which has no mark; of one that is left, every change is refused from now on.

    Whoever changes a server's rows meanwhile is waited for. Raises `StorageError`.
    """
    MARK.create(connection)
    row = {"kind": mark.kind.value, "place": mark.place, "move": mark.move}
    connection.execute(insert(MARK), row)
    if mark.kind is MarkKind.LEFT:
        for statement in _refusing(connection, mark.place):
            connection.exec_driver_sql(statement)


def remove_mark(connection: Connection) -> None:
    """The database is an ordinary one again."""
    for statement in _allowing(connection):
        connection.exec_driver_sql(statement)
    MARK.drop(connection)


def _refusing(connection: Connection, place: str) -> Sequence[str]:
    says = (_SAYS + place).replace("'", "''")
    if connection.dialect.name == "sqlite":
        return [
            f'CREATE TRIGGER "{_TRIGGER}{name}_{change}" BEFORE {change} ON "{name}" '
            f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
            for name in metadata.tables
            for change in _CHANGES
        ]
    raises = f"BEGIN RAISE EXCEPTION USING ERRCODE = '{SQLSTATE}', MESSAGE = '{says}'; END"
    # psycopg takes a percent sign for the place of a value.
    body = raises.replace("%", "%%").replace("'", "''")
    return [
        f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS '{body}'",
        *(
            f'CREATE TRIGGER {_FUNCTION} BEFORE {" OR ".join(_CHANGES)} ON "{name}" '
            f"FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
            for name in metadata.tables
        ),
    ]


def _allowing(connection: Connection) -> Sequence[str]:
    if connection.dialect.name == "sqlite":
        # By their names: the tables may be of another version than this one's.
        named = connection.execute(text("SELECT name FROM sqlite_schema WHERE type = 'trigger'")).scalars()
        return [f'DROP TRIGGER "{name}"' for name in named if name.startswith(_TRIGGER)]
    return [f"DROP FUNCTION IF EXISTS {_FUNCTION}() CASCADE"]


def refusal_in(said: str, where: str, here: str) -> MovedStorage | None:
    """What a trigger's message is to say to people; None of another message.

    `where`: the database in messages. `here`: as `watchdesk move` takes it.
    """
    found = re.search(f"{_SAYS}(.+)", said)
    return MovedStorage(left_sentence(where, here, found[1])) if found else None


def sentence_of(mark: Mark, where: str, here: str) -> str:
    """What a mark means, and what to do; `where` and `here` as for `refusal_in`."""
    match mark.kind:
        case MarkKind.LEFT:
            return left_sentence(where, here, mark.place)
        case MarkKind.ARRIVING:
            again = f"watchdesk move {shlex.quote(mark.place)} {shlex.quote(here)}"
            return (
                f"the move from {mark.place} to {where} was interrupted, and {where} is not used before it "
                f"has come to its end. Give the command again: {again}"
            )
        case _:
            assert_never(mark.kind)


def left_sentence(where: str, here: str, place: str) -> str:
    """Where the desk of a database is now, the way on and the way back."""
    return (
        f"the database {where} has moved to {place}, and is not written any more. To go on there, "
        f"{_way_on(place)}. To go on here, without what came since: watchdesk move --undo {shlex.quote(here)}"
    )


def _way_on(place: str) -> str:
    kind, _, file = place.partition(":")
    if kind != "sqlite":
        return f"write `storage: {place}` into watchdesk.yaml"
    return f"start watchdesk with `storage: sqlite` and --state {shlex.quote(str(Path(file).parent))}"
