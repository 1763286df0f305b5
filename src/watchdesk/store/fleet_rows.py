"""What hosts of a fleet tell each other: who lives, who holds which shard, which source is due when.

All times are the database's. A shard's token goes up whenever it changes hands: what its holder of before
still writes is refused by that (`FleetStore`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, text

from watchdesk.store.batches import batched
from watchdesk.store.columns import EPOCH, MICROSECOND
from watchdesk.store.database import Database
from watchdesk.store.fleet_lives import HOLDER_LIVES, lives
from watchdesk.store.fleet_shards import SHARDS
from watchdesk.store.fleet_sites import AskedSite
from watchdesk.store.fleet_versions import Part, refuse_outdated

_LEAD = 20
"""Seconds for which a lead is taken."""
_LEAPT = 10
"""Seconds by which the server's clock may differ from what a host takes it to be, before it counts as having
leapt: as long as a host without heartbeats has stopped asking before others count it as dead.
"""
_LONGEST_REST = "1 hour"
"""No site rests as long: a shard that is to be left alone for longer was given back by a wrong clock."""
_SHORT_REST = "1 minute"
_PUT_BACK_TOGETHER = 64
"""Shards whose dues one transaction moves."""
_MOST_MISSED = 30
"""A source that so many looks found in no configuration is forgotten."""
_MOST_ELSEWHERE = 2
"""A source that so many looks have left to a host with another address for it is taken over by the next."""
_KNOWN_TOGETHER = 10_000
"""Sources that one transaction adds."""
_UNFINISHED = 2.0
"""Seconds for which a shard is left alone whose host stopped amid its polls."""
_TICK_LOCK = 0x7469636B
"""Key of the advisory lock for handing out."""

_IS_FREE = f"(s.free_at <= now() OR s.free_at > now() + interval '{_LONGEST_REST}')"
_NOW = "(extract(epoch FROM now()) * 1000000)::bigint"
"""As the store has moments: microseconds since 1970."""
_PAGES = (
    f"FROM pages_to_fetch AS p JOIN source_dues AS d ON d.source_id = p.source_id WHERE p.next_try <= {_NOW}"
)

_BEAT = text(
    "WITH before AS (SELECT beat FROM fleet_hosts WHERE id = :id) "
    "INSERT INTO fleet_hosts AS h (id, name, version, role, configuration, polls, pace, lateness_p50, "
    "lateness_p99, lapsed, engine, unreached, unreached_since) VALUES (:id, :name, :version, :role, "
    ":configuration, :polls, :pace, :lateness_p50, :lateness_p99, :lapsed, :engine, :unreached, "
    "CASE WHEN :unreached <> '' THEN now() END) ON CONFLICT (id) DO UPDATE SET beat = now(), "
    "configured = CASE WHEN h.configuration = excluded.configuration THEN h.configured ELSE now() END, "
    "configuration = excluded.configuration, polls = excluded.polls, pace = excluded.pace, "
    "lateness_p50 = excluded.lateness_p50, lateness_p99 = excluded.lateness_p99, lapsed = excluded.lapsed, "
    "unreached = excluded.unreached, unreached_since = CASE WHEN excluded.unreached <> '' "
    "THEN coalesce(h.unreached_since, now()) END "
    f"RETURNING clock_timestamp(), EXISTS (SELECT FROM fleet_hosts AS o WHERE o.id <> h.id "
    f"AND {lives('o.beat')} AND o.role IN ('all', 'poller') AND o.unreached = ''), "
    "h.beat, (SELECT b.beat FROM before AS b), "
    "(SELECT json_object_agg(s.shard, s.token) FROM fleet_shards AS s WHERE s.holder = :id)"
)
_LEAD_ENDS = f"now() + interval '{_LEAD} s'"
_LEAD_IS_WRONG = f"l.until > {_LEAD_ENDS} + interval '1 minute'"  # by a clock that was wrong
_MAY_LEAD = f"l.name = 'upkeep' AND (l.holder = :id OR l.until < now() OR {_LEAD_IS_WRONG})"
# Without a wait: a host to which the database answers slowly locks the row for long.
_LEADS = text(
    f"WITH taken AS (UPDATE fleet_lead AS l SET holder = :id, until = {_LEAD_ENDS} WHERE {_MAY_LEAD} AND "
    f"l.name IN (SELECT l.name FROM fleet_lead AS l WHERE {_MAY_LEAD} FOR UPDATE SKIP LOCKED) "
    "RETURNING true), "
    f"made AS (INSERT INTO fleet_lead (name, holder, until) SELECT 'upkeep', :id, {_LEAD_ENDS} "
    "WHERE NOT EXISTS (SELECT FROM fleet_lead AS l WHERE l.name = 'upkeep') "
    "ON CONFLICT DO NOTHING RETURNING true) "
    "SELECT * FROM taken UNION ALL SELECT * FROM made"
)
_DUE_SHARDS = text(
    f"SELECT s.shard FROM fleet_shards AS s WHERE {_IS_FREE} AND NOT {HOLDER_LIVES} AND ("
    "EXISTS (SELECT FROM source_dues AS d WHERE d.shard = s.shard AND d.due <= now()) "
    f"OR s.shard IN (SELECT d.shard {_PAGES})) "
    "AND NOT EXISTS (SELECT FROM procrastinate_jobs AS j WHERE j.queueing_lock = 'shard ' || s.shard "
    "AND j.status = 'todo') "
    "AND NOT EXISTS (SELECT FROM procrastinate_jobs AS j WHERE j.lock = 'shard ' || s.shard "
    "AND j.status = 'doing') "
    "ORDER BY (SELECT min(d.due) FROM source_dues AS d WHERE d.shard = s.shard)"
)
_TAKE = text(
    "UPDATE fleet_shards AS s SET token = token + 1, holder = :id "
    f"WHERE s.shard = :shard AND ({_IS_FREE} OR s.last_holder = :id) AND NOT {HOLDER_LIVES} "
    "AND (s.holder IS NULL OR (:inherits "
    f"AND coalesce(abs(extract(epoch FROM now() - CAST(:now AS timestamptz))), 0) < {_LEAPT})) "
    "RETURNING token"
)
# Of what is not due, only what is held is read, by an index of its own.
_DUE = text(
    "SELECT d.source_id, d.due, s.held_until FROM source_dues AS d "
    f"LEFT JOIN sources AS s ON s.source_id = d.source_id AND s.held_until > {_NOW} "
    "WHERE d.shard = :shard AND d.due <= now() "
    "UNION ALL SELECT d.source_id, NULL, d.held_until FROM source_dues AS d "
    f"WHERE d.shard = :shard AND d.held_until > {_NOW} AND (d.due > now() OR d.due IS NULL) ORDER BY due"
)
_BESIDE = text(
    f"SELECT ARRAY(SELECT DISTINCT p.source_id {_PAGES} AND d.shard = :shard) AS with_pages, "
    "(SELECT coalesce(json_agg(json_build_array("
    "f.site, f.host, f.granted, extract(epoch FROM f.until - now())::float)), '[]') "
    "FROM fleet_sites AS f WHERE f.shard = :shard AND f.until > now()) AS asked"
)
_SHARED = text(
    "SELECT shard, token, holder FROM fleet_shards WHERE shard = ANY(:shards) ORDER BY shard FOR SHARE"
)
_NOTE_DUES = text(
    "UPDATE source_dues AS d SET due = n.due, missed = 0, held_until = s.held_until "
    "FROM unnest(CAST(:ids AS text[]), CAST(:dues AS timestamptz[])) AS n (source_id, due) "
    f"LEFT JOIN sources AS s ON s.source_id = n.source_id AND s.held_until > {_NOW} "
    "WHERE d.source_id = n.source_id"
)
_FREE = text(
    "UPDATE fleet_shards AS s SET holder = NULL, last_holder = :id, "
    "free_at = now() + n.rest * interval '1 s' "
    "FROM unnest(CAST(:shards AS integer[]), CAST(:tokens AS bigint[]), CAST(:rests AS float[])) "
    "AS n (shard, token, rest) WHERE s.shard = n.shard AND s.token = n.token AND s.holder = :id"
)
_FREE_DOUBTFUL = text(
    "UPDATE fleet_shards SET holder = NULL, last_holder = :id, free_at = now() + interval '5 s' "
    "WHERE holder = :id AND shard = ANY(:shards)"
)
_LET_GO = text(
    "UPDATE fleet_shards SET holder = NULL, last_holder = :id, free_at = now() + :rest * interval '1 s' "
    "WHERE holder = :id"
)
_GIVEN = (
    "unnest(CAST(:ids AS text[]), CAST(:shards AS integer[]), CAST(:dues AS timestamptz[])) "
    "AS n (source_id, shard, due)"
)
_HELD = f"(SELECT s.held_until FROM sources AS s WHERE s.source_id = n.source_id AND s.held_until > {_NOW})"
_CHANGES = "d.shard <> {0}.shard OR d.due > {0}.due OR (d.due IS NULL) <> ({0}.due IS NULL)"
# Rows that stay as they are, which are nearly all, are read only: to meet them in the INSERT locks each.
_KNOW = text(
    f"INSERT INTO source_dues AS d (source_id, shard, due, held_until) SELECT n.*, {_HELD} FROM {_GIVEN} "
    "LEFT JOIN source_dues AS d ON d.source_id = n.source_id "
    f"WHERE d.source_id IS NULL OR {_CHANGES.format('n')} ON CONFLICT (source_id) DO UPDATE "
    "SET shard = excluded.shard, missed = 0, "
    "due = CASE WHEN excluded.due IS NULL THEN NULL ELSE least(d.due, excluded.due) END "
    f"WHERE {_CHANGES.format('excluded')}"
)
_KNOW_NEW = text(
    "INSERT INTO source_dues (source_id, shard, due, held_until) "
    f"SELECT n.source_id, n.shard, coalesce(n.due, now()), {_HELD} FROM {_GIVEN} "
    "WHERE NOT EXISTS (SELECT FROM source_dues AS d WHERE d.source_id = n.source_id) ON CONFLICT DO NOTHING"
)
_LATE = text(
    "SELECT count(*), coalesce(extract(epoch FROM max(now() - greatest(d.due, h.since))), 0) "
    "FROM fleet_hosts AS h JOIN fleet_shards AS s ON h.since < now() - :patience * interval '1 s' "
    "JOIN source_dues AS d ON d.shard = s.shard AND d.due < now() - :patience * interval '1 s' "
    "WHERE h.id = :id"
)
_IS_LEFT_OFTEN = f"d.missed >= {_MOST_ELSEWHERE}"
# What is due only by its pages stays as it is: its own poll, which is later, asks for them as well.
_LEAVE_TO_OTHERS = text(
    f"UPDATE source_dues AS d SET missed = CASE WHEN {_IS_LEFT_OFTEN} THEN 0 ELSE d.missed + 1 END, "
    f"shard = CASE WHEN {_IS_LEFT_OFTEN} THEN n.shard ELSE d.shard END, "
    f"due = CASE WHEN {_IS_LEFT_OFTEN} OR d.due > now() OR d.due IS NULL THEN d.due "
    "ELSE now() + :rest * interval '1 s' END "
    "FROM unnest(CAST(:ids AS text[]), CAST(:shards AS integer[])) AS n (source_id, shard) "
    "WHERE d.source_id = n.source_id AND d.shard = :given"
)
_MISS = text(
    "UPDATE source_dues SET missed = missed + 1, due = now() + interval '60 s' WHERE source_id = ANY(:ids)"
)
_FORGET = text(f"DELETE FROM source_dues WHERE source_id = ANY(:ids) AND missed > {_MOST_MISSED}")
_PUT_BACK = text(
    "UPDATE source_dues SET due = greatest(due - :seconds * interval '1 s', now()) "
    "WHERE shard = ANY(:shards) AND due > now()"
)
_END_RESTS = text(
    f"UPDATE fleet_shards SET free_at = now() + interval '{_SHORT_REST}' "
    f"WHERE free_at > now() + interval '{_SHORT_REST}'"
)
_LEAD_NO_MORE = text("DELETE FROM fleet_lead WHERE holder = :id")
_LEAVE = text("DELETE FROM fleet_hosts WHERE id = :id OR beat < now() - interval '1 day'")


@dataclass(frozen=True, slots=True)
class HostSaid:
    """What a host tells of itself with each heartbeat."""

    id: str
    name: str
    version: str
    configuration: str
    """A hash of what its files say."""
    polls: int
    role: str = "all"
    pace: float = 0.0
    """Polls a second lately."""
    lateness_p50: float | None = None
    lateness_p99: float | None = None
    """Seconds; None: nothing was polled lately."""
    lapsed: int = 0
    """Shards that it has lost."""
    engine: str = ""
    """The version of its job engine."""
    unreached: str = ""
    """Why it reaches none of the sites that it tried; empty: it does."""


class Beat(NamedTuple):
    """What a host hears when it has told of itself."""

    now: datetime
    leads: bool
    others_reach: bool
    """Another host lives that polls, and says of no trouble to reach the web."""
    noted: datetime
    """When the host has lived, as it stands in the database now."""
    before: datetime | None
    """What stood there before; None: nothing."""
    held: Mapping[int, int]
    """The tokens of the shards that the database has as the host's."""


@dataclass(frozen=True, slots=True)
class TakenShard:
    """A shard that is this host's now."""

    token: int
    due: Mapping[str, datetime]
    """By source id, the longest overdue first."""
    held: Mapping[str, datetime]
    """Sources whose hosts asked to be left alone: until when."""
    with_pages: Collection[str]
    """Sources of which articles' own pages are due as well."""
    asked: Sequence[AskedSite]
    """Its sites that other hosts ask, or that are to be left alone."""


class FleetRows:
    """Each method but `know` is one transaction. Raises `StorageError`."""

    def __init__(self, database: Database, versions: Mapping[Part, str] | None = None) -> None:
        """`versions`: those of a fleet's tables that this program knows; only who beats has to say."""
        self._database, self._versions = database, versions or {}

    def beat(self, said: HostSaid) -> Beat:
        """The host lives.

        Raises `UnusableStorage` where a newer watchdesk has changed the tables so that this one has to stop.
        """
        with self._database.write() as connection:
            refuse_outdated(connection, self._versions)
            now, others_reach, noted, before, held = connection.execute(_BEAT, asdict(said)).one()
            leads = connection.execute(_LEADS, {"id": said.id}).scalar_one_or_none()
        tokens = {int(shard): token for shard, token in (held or {}).items()}
        return Beat(now, bool(leads), others_reach, noted, before, tokens)

    def due_shards(self, connection: Connection) -> Sequence[int]:
        """Shards with something due that nobody has, unless another host is looking now."""
        taken = connection.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _TICK_LOCK})
        return list(connection.execute(_DUE_SHARDS).scalars()) if taken.scalar_one() else []

    def take(
        self, shard: int, host: str, now: datetime | None = None, *, inherits: bool = True
    ) -> TakenShard | None:
        """Takes a shard that nobody has who lives; None where somebody has it.

        `now`: the server's time as the host knows it. `inherits`: also what a host has that counts as dead;
        but not where the server's clock is far off `now`, since by that one everybody may count as dead.
        """
        values = {"shard": shard, "id": host, "now": now, "inherits": inherits}
        with self._database.write() as connection:
            token = connection.execute(_TAKE, values).scalar_one_or_none()
            if token is None:
                return None
            rows = connection.execute(_DUE, {"shard": shard}).all()
            beside = connection.execute(_BESIDE, {"shard": shard}).one()
        due = {row.source_id: row.due for row in rows if row.due is not None}
        held = {
            row.source_id: EPOCH + row.held_until * MICROSECOND for row in rows if row.held_until is not None
        }
        asked = [AskedSite(site, shard, *more) for site, *more in beside.asked]
        return TakenShard(token, due, held, beside.with_pages, asked)

    def note_dues(
        self, host: str, tokens: Mapping[int, int], dues: Mapping[int, Mapping[str, datetime | None]]
    ) -> Collection[int]:
        """Notes when sources are due next, by shard and id; answers with shards that are another's by now."""
        with self._database.write() as connection:
            lost = lost_shards(connection, host, tokens)
            kept = [of for shard, of in dues.items() if shard not in lost]
            noted = {name: due for of in kept for name, due in of.items()}
            if noted:
                connection.execute(_NOTE_DUES, {"ids": list(noted), "dues": list(noted.values())})
        return lost

    def free(self, host: str, tokens: Mapping[int, int], rests: Mapping[int, float]) -> None:
        """Gives shards back; others may take them after so many seconds."""
        values = {
            "id": host,
            "shards": list(tokens),
            "tokens": list(tokens.values()),
            "rests": [rests.get(shard, 0.0) for shard in tokens],
        }
        with self._database.write() as connection:
            connection.execute(_FREE, values)

    def free_doubtful(self, host: str, shards: Collection[int]) -> None:
        """Gives shards back if they are the host's: it could not hear whether they were."""
        with self._database.write() as connection:
            connection.execute(_FREE_DOUBTFUL, {"id": host, "shards": sorted(shards)})

    def let_go(self, host: str, rest: float) -> None:
        """Gives back all that the host has."""
        with self._database.write() as connection:
            connection.execute(_LET_GO, {"id": host, "rest": rest})

    def know(self, dues: Mapping[str, tuple[int, datetime | None]], *, only_new: bool = False) -> None:
        """Adds sources, with their shards, and brings forward what is due sooner than was noted.

        `only_new`: what is there stays as it is. Many are added in several transactions, so that nobody
        waits long for one.
        """
        for ids in batched(sorted(dues), _KNOWN_TOGETHER):
            values = {"ids": ids, "shards": [dues[i][0] for i in ids], "dues": [dues[i][1] for i in ids]}
            with self._database.write() as connection:
                connection.execute(_KNOW_NEW if only_new else _KNOW, values)

    def late(self, host: str, patience: timedelta) -> tuple[int, timedelta]:
        """How many sources have been due for so long, and for how long the first of them has.

        What was due before the host started counts from then: nobody may have been there to poll it.
        """
        with self._database.read() as connection:
            row = connection.execute(_LATE, {"id": host, "patience": patience.total_seconds()}).one()
        return row[0], timedelta(seconds=float(row[1]))

    def miss(self, source_ids: Sequence[str]) -> None:
        """Puts off sources that this host's configuration does not have: another's may."""
        with self._database.write() as connection:
            connection.execute(_MISS, {"ids": list(source_ids)})
            connection.execute(_FORGET, {"ids": list(source_ids)})

    def leave_to_others(self, given: int, shards: Mapping[str, int], rest: float) -> None:
        """Puts off sources of the shard `given` for so many seconds: they are of other shards by these files.

        Another host with other files may poll them where they are. If none has after some looks, they become
        of the shards that are named here. The caller holds the shard `given`, so that nobody polls them now.
        """
        values = {"ids": list(shards), "shards": list(shards.values()), "given": given, "rest": rest}
        with self._database.write() as connection:
            connection.execute(_LEAVE_TO_OTHERS, values)

    def put_back(self, by: timedelta) -> None:
        """Brings forward what is due, as the server's clock was put back by so much: what was noted by it
        would be due much too late, and shards would be left alone for as long.
        """
        with self._database.write() as connection:
            connection.execute(_END_RESTS)
        for shards in batched(range(SHARDS), _PUT_BACK_TOGETHER):
            with self._database.write() as connection:
                connection.execute(_PUT_BACK, {"seconds": by.total_seconds(), "shards": list(shards)})

    def leave(self, host: str) -> None:
        """The host has stopped."""
        with self._database.write() as connection:
            connection.execute(_LET_GO, {"id": host, "rest": _UNFINISHED})
            connection.execute(_LEAVE, {"id": host})
            connection.execute(_LEAD_NO_MORE, {"id": host})


def lost_shards(connection: Connection, host: str, tokens: Mapping[int, int]) -> Collection[int]:
    """Those that are not the host's under these tokens. The others cannot change hands before the transaction
    ends. A token alone says nothing: a database that has lost its last seconds gives it out again.
    """
    rows = connection.execute(_SHARED, {"shards": sorted(tokens)})
    now = {row.shard: row.token for row in rows if row.holder == host}
    return {shard for shard, token in tokens.items() if now.get(shard) != token}
