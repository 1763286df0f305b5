"""Which versions the tables of a fleet have, and which older programs may still work on them.

The database says so itself, so that a host of an older version learns it at its start, and while it runs.
`oldest_version` does the same for the tables of the desk.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, text

from watchdesk.errors import UnusableStorage
from watchdesk.store.oldest_version import OLDEST_NOTE
from watchdesk.store.opening import newest_revision

_MADE = text(
    "CREATE TABLE fleet_versions (part text PRIMARY KEY, version text NOT NULL, oldest text NOT NULL)"
)
_NOTED = text(
    "INSERT INTO fleet_versions (part, version, oldest) VALUES (:part, :version, :oldest) "
    "ON CONFLICT (part) DO UPDATE SET version = excluded.version, oldest = excluded.oldest"
)
_ONE = text("SELECT version, oldest FROM fleet_versions WHERE part = :part")
_ALL = text(
    "SELECT 'desk' AS part, a.version_num AS version, substr(n.value, length(a.version_num) + 2) AS oldest "
    "FROM alembic_version AS a LEFT JOIN notes AS n "
    "ON n.name = :note AND n.value LIKE a.version_num || ' %' "
    "UNION ALL SELECT part, version, oldest FROM fleet_versions"
)


class Part(StrEnum):
    """Tables that go together."""

    DESK = "desk"
    HOSTS = "hosts"
    ENGINE = "engine"


class Version(NamedTuple):
    """Of some tables."""

    version: str
    oldest: str
    """The oldest version whose programs may work on them."""


def has_table(connection: Connection, name: str) -> bool:
    """Whether there is one of this name."""
    found = connection.execute(text("SELECT to_regclass(:name)"), {"name": name}).scalar_one()
    return found is not None


def noted_version(connection: Connection, part: Part) -> Version | None:
    """What the database says of these tables; None where it says nothing."""
    if not has_table(connection, "fleet_versions"):
        return None
    row = connection.execute(_ONE, {"part": part}).one_or_none()
    return Version(*row) if row else None


def note_version(connection: Connection, part: Part, version: Version) -> None:
    """Of tables that are of this version now."""
    if not has_table(connection, "fleet_versions"):
        connection.execute(_MADE)
    connection.execute(_NOTED, {"part": part, **version._asdict()})


def refuse_older(part: Part, found: Version, own: str) -> None:
    """Raises `UnusableStorage` where a program that knows this version may not work on these tables."""
    if found.version > own and (not found.oldest or own < found.oldest):
        raise UnusableStorage(
            f"a newer watchdesk has changed the database ({_NAMED[part]} are of version {found.version}, "
            f"this watchdesk's of {own}): install that watchdesk on this host as well"
        )


def refuse_outdated(connection: Connection, own: Mapping[Part, str]) -> None:
    """The same of all tables, while a host runs. `own`: the versions that it knows, of those of a fleet."""
    known = {Part.DESK: newest_revision(), **own}
    for part, version, oldest in connection.execute(_ALL, {"note": OLDEST_NOTE}).all():
        if part in known:
            refuse_older(Part(part), Version(version, oldest or ""), known[Part(part)])


_NAMED = {
    Part.DESK: "its tables",
    Part.HOSTS: "those by which hosts share the work",
    Part.ENGINE: "those of the job engine",
}
