"""Sites that a host asks whose shards others may poll: each is one host's for a moment.

A redirect or an article leads to them. Where a host polls the shard, it lets go of the site first.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from watchdesk.store.database import Database
from watchdesk.store.fleet_calls import call
from watchdesk.store.fleet_lives import DEAD, HOLDER_LIVES

# Who takes a shard meanwhile waits for this, and reads of the site then.
_CLAIM = text(
    "WITH wanted AS (SELECT * FROM unnest(CAST(:sites AS text[]), CAST(:shards AS integer[]), "
    "CAST(:polled AS boolean[])) AS w (site, shard, polled)), "
    "locked AS (SELECT shard, holder, last_holder, free_at FROM fleet_shards "
    "WHERE shard = ANY(CAST(:shards AS integer[])) ORDER BY shard FOR SHARE), "
    "judged AS (SELECT w.site, w.shard, coalesce(NOT w.polled OR s.holder = :id OR "
    f"(NOT {HOLDER_LIVES} AND (s.free_at <= now() OR s.last_holder = :id)), false) AS is_free "
    "FROM wanted AS w JOIN locked AS s USING (shard)) "
    "INSERT INTO fleet_sites AS f (site, shard, host, granted, until) "
    f"SELECT site, shard, :id, is_free, now() + interval '{DEAD} s' FROM judged ORDER BY site "
    "ON CONFLICT (site) DO UPDATE SET host = excluded.host, until = excluded.until, "
    "granted = excluded.granted OR (f.granted AND f.host = excluded.host AND f.until > now()) "
    "WHERE f.until <= now() OR f.host = excluded.host RETURNING site, granted"
)
_HOLDERS = text("SELECT DISTINCT holder FROM fleet_shards WHERE shard = ANY(:shards) AND holder IS NOT NULL")
_KEEP = text(
    "UPDATE fleet_sites AS f SET until = now() + n.seconds * interval '1 s', "
    "host = CASE WHEN n.is_over THEN '' ELSE f.host END "
    "FROM unnest(CAST(:sites AS text[]), CAST(:seconds AS float[]), CAST(:over AS boolean[])) "
    "AS n (site, seconds, is_over) WHERE f.site = n.site AND f.host = :id AND f.granted RETURNING f.site"
)
_GRANT = text(
    "UPDATE fleet_sites AS f SET granted = true WHERE f.site = ANY(:sites) AND f.until > now() "
    "AND EXISTS (SELECT FROM fleet_shards AS s WHERE s.shard = f.shard AND s.holder = :id) RETURNING f.host"
)
_REST = text(
    "INSERT INTO fleet_sites AS f (site, shard, host, granted, until) "
    "SELECT i, s, '', true, u FROM unnest(CAST(:sites AS text[]), CAST(:shards AS integer[]), "
    "CAST(:untils AS timestamptz[])) AS n (i, s, u) ORDER BY i ON CONFLICT (site) DO UPDATE "
    "SET host = '', granted = true, until = greatest(f.until, excluded.until)"
)
_ASKED = text(
    "SELECT site, shard, host, granted, extract(epoch FROM until - now()) AS seconds FROM fleet_sites "
    "WHERE until > now() AND (shard = ANY(:shards) OR site = ANY(:sites))"
)
_FORGET = text("DELETE FROM fleet_sites WHERE until < now() - interval '1 minute'")


@dataclass(frozen=True, slots=True)
class AskedSite:
    """A site that a host asks, or that asked a host to leave it alone."""

    site: str
    shard: int
    host: str
    """Empty: it is nobody's, while it rests or has asked to be left alone."""
    granted: bool
    """Whether the host may ask it; else whoever polls its shard lets go of it first."""
    seconds: float
    """How long that is so."""

    @property
    def is_rest(self) -> bool:
        """Whether nobody may ask it."""
        return not self.host


class SiteRows:
    """Each method is one transaction. Raises `StorageError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, host: str, sites: Mapping[str, int], polled: Collection[str]) -> Mapping[str, bool]:
        """Asks for sites, with their shards; whether each may be asked at once. Those that are another's, or
        are to be left alone, are left out.

        `polled`: those that have sources, which whoever holds the shard may be asking; then it is called.
        """
        names = sorted(sites)
        values = {
            "id": host,
            "sites": names,
            "shards": [sites[name] for name in names],
            "polled": [name in polled for name in names],
        }
        with self._database.write() as connection:
            granted = {row.site: row.granted for row in connection.execute(_CLAIM, values)}
            if waits := [sites[site] for site, may_ask in granted.items() if not may_ask]:
                call(connection, list(connection.execute(_HOLDERS, {"shards": waits}).scalars()))
        return granted

    def keep(self, host: str, used: Collection[str], rests: Mapping[str, float]) -> Collection[str]:
        """Keeps sites that it uses, and gives up others, each with the seconds for which nobody asks it.

        Those of both that it still had.
        """
        names = sorted({*used, *rests})
        values = {
            "id": host,
            "sites": names,
            "seconds": [rests.get(name, float(DEAD)) for name in names],
            "over": [name in rests for name in names],
        }
        with self._database.write() as connection:
            return set(connection.execute(_KEEP, values).scalars())

    def grant(self, host: str, sites: Collection[str]) -> None:
        """Lets those ask who wait for it, where this host holds the shard, and calls them."""
        with self._database.write() as connection:
            waited = connection.execute(_GRANT, {"id": host, "sites": sorted(sites)}).scalars()
            call(connection, list(waited))

    def leave_alone(self, untils: Mapping[str, tuple[int, datetime]]) -> None:
        """These sites, with their shards, asked to be left alone until then."""
        names = sorted(untils)
        values = {
            "sites": names,
            "shards": [untils[name][0] for name in names],
            "untils": [untils[name][1] for name in names],
        }
        with self._database.write() as connection:
            connection.execute(_REST, values)

    def asked(self, shards: Collection[int], sites: Collection[str]) -> Sequence[AskedSite]:
        """Those of these shards, and these sites, that are asked or to be left alone now."""
        with self._database.read() as connection:
            rows = connection.execute(_ASKED, {"shards": sorted(shards), "sites": sorted(sites)})
            return [AskedSite(r.site, r.shard, r.host, r.granted, float(r.seconds)) for r in rows]

    def forget(self) -> None:
        """Those that are over."""
        with self._database.write() as connection:
            connection.execute(_FORGET)
