"""What the user of `storage` may do on a PostgreSQL server, and what its owner types so that it may."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, text

from watchdesk.errors import MissingRight, StorageError, UnusableStorage
from watchdesk.store.database import Database
from watchdesk.store.tables import metadata

_RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE")
_OURS = (
    "c.relnamespace = current_schema()::regnamespace AND (c.relname = ANY(:tables) "
    r"OR c.relname = 'source_dues' OR c.relname LIKE 'fleet\_%' OR c.relname LIKE 'procrastinate\_%')"
)
_LACKING = text(
    "SELECT c.relname AS name, r.privilege, r.place "  # noqa: S608 - a condition of ours
    "FROM pg_class AS c, unnest(CAST(:rights AS text[])) WITH ORDINALITY AS r (privilege, place) "
    f"WHERE c.relkind IN ('r', 'p') AND {_OURS} AND NOT has_table_privilege(c.oid, r.privilege) "
    "UNION ALL SELECT c.relname, 'USAGE', 0 FROM pg_class AS c "
    f"WHERE CASE WHEN c.relkind = 'S' THEN {_OURS} AND NOT has_sequence_privilege(c.oid, 'USAGE') END "
    "ORDER BY name, place"
)
_WHO = text(
    "SELECT quote_ident(current_user) AS name, quote_ident(coalesce(current_schema(), 'public')) AS schema, "
    "coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_make_tables, "
    "(SELECT quote_ident(pg_get_userbyid(c.relowner)) FROM pg_class AS c "
    "WHERE c.oid = to_regclass('alembic_version')) AS owner"
)


def missing_rights(connection: Connection) -> Sequence[str]:
    """Rights that are missing on tables and sequences that are there, such as `INSERT on articles`."""
    tables = [table.name for table in metadata.sorted_tables]
    found = connection.execute(_LACKING, {"tables": tables, "rights": list(_RIGHTS)})
    return [f"{privilege} on {name}" for name, privilege, _ in found]


def may_make_tables(connection: Connection) -> bool:
    """Whether it may do so in its schema."""
    return bool(connection.execute(_WHO).one().may_make_tables)


def refuse_without_rights(database: Database, connection: Connection) -> None:
    """Raises `UnusableStorage` where a right on a table that is there is missing."""
    if missing_rights(connection):
        raise UnusableStorage(_what_to_type(database, connection))


@contextmanager
def rights_explained(database: Database) -> Iterator[None]:
    """While tables are made and changed: raises `UnusableStorage` in place of `MissingRight`."""
    try:
        yield
    except MissingRight as error:
        try:
            with database.read() as connection:
                said = _what_to_type(database, connection)
        except StorageError:
            said = str(error)
        raise UnusableStorage(said) from error


def _what_to_type(database: Database, connection: Connection) -> str:
    who = connection.execute(_WHO).one()
    if lacking := missing_rights(connection):
        named = ", ".join(lacking[:3]) + (" …" if len(lacking) > 3 else "")
        said = f"may not {named}"
        grants = [
            f"GRANT {', '.join(_RIGHTS)} ON ALL TABLES IN SCHEMA {who.schema} TO {who.name}",
            f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {who.schema} TO {who.name}",
        ]
    elif not who.may_make_tables:
        said = f"may make no tables in the schema {who.schema}"
        grants = [f"GRANT USAGE, CREATE ON SCHEMA {who.schema} TO {who.name}"]
    else:
        said = f"may not change the tables of {who.owner}"
        grants = [f"GRANT {who.owner} TO {who.name}"]
    typed = "; ".join(grants)
    return (
        f"the database {database.where}: its user {who.name} {said}. As the owner of the database: {typed};"
    )
