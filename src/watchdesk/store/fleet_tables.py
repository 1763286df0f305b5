"""The tables by which hosts share the work, on PostgreSQL alone. They can be made anew at any time.

They are made when the first host joins, beside those of the job engine, and are no part of backups or moves.
"""

from sqlalchemy import Connection, text

from watchdesk.store.fleet_shards import SHARDS

_LAST = "ix_source_dues_held"
"""What is made last: where it is there, all is."""
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
    # As `sources` has it, once the poll that says so is noted here: it counts for all of its host.
    "ALTER TABLE source_dues ADD COLUMN IF NOT EXISTS held_until bigint",
    "UPDATE source_dues AS d SET held_until = s.held_until FROM sources AS s "
    "WHERE s.source_id = d.source_id AND s.held_until > (extract(epoch FROM now()) * 1000000)::bigint",
    f"CREATE INDEX IF NOT EXISTS {_LAST} ON source_dues (shard) WHERE held_until IS NOT NULL",
)  # fmt: skip


def make_fleet_tables(connection: Connection) -> None:
    """Where they are not there yet; else no right to make any is needed. To be called while others wait."""
    if has_table(connection, _LAST):
        return
    for statement in _MADE:
        connection.execute(text(statement))


def has_table(connection: Connection, name: str) -> bool:
    """Whether there is one of this name, or an index."""
    found = connection.execute(text("SELECT to_regclass(:name)"), {"name": name}).scalar_one()
    return found is not None
