"""The tables of the job engine, Procrastinate: made from its own schema, and upgraded by its own migrations.

Beside its migrations named `pre` an engine of the version before can work. Those named `post` wait until
every host has the newer one (https://procrastinate.readthedocs.io, "Migrate the Procrastinate schema").
"""

from collections.abc import Iterable, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable

from sqlalchemy import Connection, text

from watchdesk.errors import UnusableStorage
from watchdesk.store.fleet_lives import lives
from watchdesk.store.fleet_versions import Part, Version, has_table, note_version, noted_version, refuse_older

_TABLE = "procrastinate_jobs"
_BEFORE = "fleet_engine"
"""The table that said which was the last migration, before `fleet_versions` did."""
_OTHERS = text(
    f"SELECT DISTINCT engine FROM fleet_hosts WHERE {lives('beat')} AND engine <> ''"  # noqa: S608 - a number of ours
)

_DROP_LEFTOVERS = """
DO $$
DECLARE each text;
BEGIN
    FOR each IN SELECT format('DROP TABLE IF EXISTS %s CASCADE', c.oid::regclass) FROM pg_class AS c
        WHERE c.relkind IN ('r', 'p') AND c.relname LIKE 'procrastinate\\_%'
        AND c.relnamespace::regnamespace::text = current_schema()
    LOOP EXECUTE each; END LOOP;
    FOR each IN SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', p.oid::regprocedure) FROM pg_proc AS p
        WHERE p.proname LIKE 'procrastinate\\_%' AND p.pronamespace::regnamespace::text = current_schema()
    LOOP EXECUTE each; END LOOP;
    FOR each IN SELECT format('DROP TYPE IF EXISTS %s CASCADE', t.oid::regtype) FROM pg_type AS t
        WHERE t.typname LIKE 'procrastinate\\_%' AND t.typnamespace::regnamespace::text = current_schema()
    LOOP EXECUTE each; END LOOP;
END $$
"""
"""Of tables that somebody has dropped: to make them anew, nothing of them may be there."""


class EngineSchema:
    """The schema that an installed engine brings: by default Procrastinate's."""

    def __init__(self, folder: Traversable | None = None) -> None:
        self._folder = folder or files("procrastinate") / "sql"
        named = (file.name for file in (self._folder / "migrations").iterdir())
        self.migrations: Sequence[str] = sorted(name for name in named if name.endswith(".sql"))

    @property
    def version(self) -> str:
        """Its last migration, by which engines are told apart."""
        return self.migrations[-1]

    def statements(self) -> str:
        """That make the tables as the last migration leaves them."""
        return (self._folder / "schema.sql").read_text("utf-8")

    def migration(self, name: str) -> str:
        """The statements of one."""
        return (self._folder / "migrations" / name).read_text("utf-8")

    def oldest(self, applied: str) -> str:
        """The first migration of the oldest engine that may work on tables up to the migration `applied`."""
        ended = [name for name in self.migrations if name <= applied and not _is_pre(name)]
        release = _release(ended[-1]) if ended else ""
        return next(name for name in self.migrations if _release(name) >= release)


def make_engine_tables(connection: Connection, schema: EngineSchema | None = None) -> None:
    """Makes or upgrades them; to be called while other starts wait, when there are the tables of the fleet.

    Raises `UnusableStorage`.
    """
    schema = schema or EngineSchema()
    found = noted_version(connection, Part.ENGINE) or _noted_before(connection)
    is_there = has_table(connection, _TABLE)
    if found and not is_there:  # somebody has dropped them
        refuse_older(Part.ENGINE, found, schema.version)
        found = None
    if found is None:
        if is_there:
            raise UnusableStorage(
                f"the database has the table {_TABLE} of another program that uses Procrastinate: give "
                "watchdesk a database of its own. Where it is watchdesk's own, and only fleet_versions was "
                f"dropped, drop {_TABLE} as well, and start again"
            )
        _run(connection, _DROP_LEFTOVERS)
        _run(connection, schema.statements())
        _note(connection, schema, schema.version)
        return
    refuse_older(Part.ENGINE, found, schema.version)
    if found.version >= schema.version:
        return
    others = [name for name in connection.execute(_OTHERS).scalars() if name < schema.version]
    wanted = [name for name in schema.migrations if name > found.version]
    applied = _beside(schema, wanted, others)
    for name in applied:
        _run(connection, schema.migration(name))
    if applied:
        _note(connection, schema, applied[-1])


def _beside(schema: EngineSchema, wanted: Sequence[str], others: Iterable[str]) -> Sequence[str]:
    """Those beside which the others' engines can work. Raises `UnusableStorage` where that is not enough."""
    eldest = min(others, default=schema.version)
    waits = next((n for n in wanted if not _is_pre(n) and schema.oldest(n) > eldest), None)
    if waits is None:
        return wanted
    if any(name > waits and _is_pre(name) for name in wanted):
        raise UnusableStorage(
            "another host works with a job engine that is older than the one before this watchdesk's: stop "
            "watchdesk there first, or upgrade all hosts to a version between the two"
        )
    return [name for name in wanted if name < waits]


def _noted_before(connection: Connection) -> Version | None:
    if not has_table(connection, _BEFORE):
        return None
    last = connection.execute(text(f"SELECT migration FROM {_BEFORE}")).scalar_one_or_none()  # noqa: S608 - ours
    return Version(last, last) if last else None


def _note(connection: Connection, schema: EngineSchema, last: str) -> None:
    note_version(connection, Part.ENGINE, Version(last, schema.oldest(last)))
    connection.execute(text(f"DROP TABLE IF EXISTS {_BEFORE}"))


def _is_pre(name: str) -> bool:
    return "_pre_" in name


def _release(name: str) -> str:
    """The version of the engine that brought a migration, such as 03.04.00."""
    return name.partition("_")[0]


def _run(connection: Connection, statements: str) -> None:
    """Many statements at once, which have signs that SQLAlchemy would take for parameters."""
    driver = connection.connection.driver_connection
    if driver is not None:
        driver.execute(statements)
