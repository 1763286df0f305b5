"""The tables by which hosts share the work, on PostgreSQL alone. Each start makes those that are missing.

They are made when the first host joins, beside those of the job engine, and are no part of backups or moves.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from watchdesk.store.fleet_shards import SHARDS
from watchdesk.store.fleet_versions import Part, Version, has_table, note_version, noted_version, refuse_older

_MADE = (
    """CREATE TABLE IF NOT EXISTS fleet_hosts (
        id text PRIMARY KEY,
        name text NOT NULL,
        version text NOT NULL,
        role text NOT NULL DEFAULT 'all',
        configuration text NOT NULL DEFAULT '',
        since timestamptz NOT NULL DEFAULT now(),
        beat timestamptz NOT NULL DEFAULT now(),
        polls bigint NOT NULL DEFAULT 0)""",
    # Each row is updated by every poll of its shard: room on its page keeps it there.
    """CREATE TABLE IF NOT EXISTS fleet_shards (
        shard integer PRIMARY KEY,
        token bigint NOT NULL DEFAULT 0,
        holder text,
        last_holder text,
        free_at timestamptz NOT NULL DEFAULT '-infinity') WITH (fillfactor = 50)""",
    """CREATE TABLE IF NOT EXISTS fleet_lead (
        name text PRIMARY KEY,
        holder text NOT NULL,
        until timestamptz NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS source_dues (
        source_id text PRIMARY KEY,
        shard integer NOT NULL,
        due timestamptz,
        missed integer NOT NULL DEFAULT 0)""",
    "CREATE INDEX IF NOT EXISTS ix_source_dues_shard_due ON source_dues (shard, due)",
    f"INSERT INTO fleet_shards (shard) SELECT generate_series(0, {SHARDS - 1}) ON CONFLICT DO NOTHING",
)  # fmt: skip

_HELD = (
    # As `sources` has it, once the poll that says so is noted here: it counts for all of its host.
    "ALTER TABLE source_dues ADD COLUMN IF NOT EXISTS held_until bigint",
    "UPDATE source_dues AS d SET held_until = s.held_until FROM sources AS s "
    "WHERE s.source_id = d.source_id AND s.held_until > (extract(epoch FROM now()) * 1000000)::bigint",
    "CREATE INDEX IF NOT EXISTS ix_source_dues_held ON source_dues (shard) WHERE held_until IS NOT NULL",
    # Procrastinate's version: a host that joins learns from it beside which engines it is to work.
    "ALTER TABLE fleet_hosts ADD COLUMN IF NOT EXISTS engine text NOT NULL DEFAULT ''",
)  # fmt: skip

_SEEN = (
    """ALTER TABLE fleet_hosts
        ADD COLUMN IF NOT EXISTS configured timestamptz NOT NULL DEFAULT now(),
        ADD COLUMN IF NOT EXISTS pace double precision NOT NULL DEFAULT 0,
        ADD COLUMN IF NOT EXISTS lateness_p50 double precision,
        ADD COLUMN IF NOT EXISTS lateness_p99 double precision,
        ADD COLUMN IF NOT EXISTS lapsed bigint NOT NULL DEFAULT 0""",
)

_REACH = (
    """ALTER TABLE fleet_hosts
        ADD COLUMN IF NOT EXISTS unreached text NOT NULL DEFAULT '',
        ADD COLUMN IF NOT EXISTS unreached_since timestamptz""",
)

_FOREIGN = (
    """CREATE TABLE IF NOT EXISTS fleet_sites (
        site text PRIMARY KEY,
        shard integer NOT NULL,
        host text NOT NULL,
        granted boolean NOT NULL,
        until timestamptz NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS ix_fleet_sites_shard ON fleet_sites (shard)",
)


_TABLES = ("fleet_hosts", "fleet_shards", "fleet_lead", "source_dues", "fleet_sites")
"""Those of all steps, any of which somebody may have dropped."""


@dataclass(frozen=True, slots=True)
class FleetSchema:
    """The tables as one watchdesk needs them."""

    steps: Sequence[Sequence[str]]
    """What makes them, and then what brings those of each version to the next one."""
    oldest: int
    """The version of the oldest tables whose watchdesk may write these: raised by what is not only added."""

    @property
    def version(self) -> str:
        """Of the tables."""
        return f"{len(self.steps):04}"


SCHEMA = FleetSchema((_MADE, _HELD, _SEEN, _FOREIGN, _REACH), oldest=2)


def make_fleet_tables(connection: Connection, schema: FleetSchema = SCHEMA) -> None:
    """Makes them, or brings them up to date; else no right to make any is needed.

    To be called while other starts wait.

    Raises `UnusableStorage` where a newer watchdesk has made them so that this one may not work on them.
    """
    found = noted_version(connection, Part.HOSTS)
    if found is None and has_table(connection, "source_dues"):  # from before versions were noted
        found = Version("0001", "0001")
    if found:
        refuse_older(Part.HOSTS, found, schema.version)
    is_whole = all(has_table(connection, name) for name in _TABLES)
    known = int(found.version) if found and is_whole else 0
    if known >= len(schema.steps):
        return
    for statement in (each for step in schema.steps[known:] for each in step):
        connection.execute(text(statement))
    note_version(connection, Part.HOSTS, Version(schema.version, f"{schema.oldest:04}"))
