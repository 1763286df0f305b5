"""What is remembered of each digest between its issues, and what waits for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, select, update

from watchdesk.model import DigestMark, Queue, Release
from watchdesk.store.clocks import SKEW
from watchdesk.store.database import Database
from watchdesk.store.tables import digest_marks, digests, matches, places, released_places
from watchdesk.store.upserts import insert_missing

AWAY = timedelta(hours=1)
"""For so long a digest may be in no configuration, or not in that of each host, and keep its schedule."""


class DigestMarkRows:
    """The part of `ports.DigestStore` that says when digests are due."""

    _database: Database

    def know_digests(self, names: Sequence[str], now: datetime) -> None:
        """See `ports.DigestStore.know_digests`."""
        with self._database.read() as connection:
            rows_there = connection.execute(select(digest_marks)).all()
        known = {row.name: row.gone_since for row in rows_there}
        wrong = {row.name for row in rows_there if _is_ahead(row, now)}
        new = set(names) - known.keys()
        back = {name: since for name in names if (since := known.get(name))}
        gone = {name for name, since in known.items() if name not in names and since is None}
        if not (new or back or gone or wrong):
            return
        with self._database.write() as connection:
            rows = [{"name": name, "known_since": now} for name in new]
            insert_missing(connection, digest_marks, rows)
            for name in sorted(wrong):
                _forget_future(connection, name, now)
            for name in sorted(back):
                begins = _anew(now) if now - back[name] >= AWAY else {}
                mark(connection, name, gone_since=None, **begins)
            for name in sorted(gone):
                mark(connection, name, gone_since=now)

    def digest_marks(self) -> Mapping[str, DigestMark]:
        """By digest name."""
        waiting = (
            select(places.c.digest_name, matches.c.rule_id, func.count(), func.min(matches.c.matched_at))
            .join(matches, places.c.match_id == matches.c.id)
            # By name as well, for the index: what went out long ago is most of what there is.
            .where(places.c.digest_name.in_(select(digest_marks.c.name)), places.c.digest_id.is_(None))
            .group_by(places.c.digest_name, matches.c.rule_id)
        )
        queues: dict[str, dict[str, Queue]] = {}
        with self._database.read() as connection:
            for name, rule_id, count, oldest in connection.execute(waiting):
                queues.setdefault(name, {})[rule_id] = Queue(count, oldest)
            rows = connection.execute(select(digest_marks)).all()
        return {
            row.name: DigestMark(
                name=row.name,
                known_since=row.known_since,
                last_composed=row.last_composed,
                last_scheduled=row.last_scheduled,
                queues=queues.get(row.name, {}),
            )
            for row in rows
        }

    def forget_digests(self, before: datetime, now: datetime | None = None) -> int:
        """See `ports.DigestStore.forget_digests`."""
        gone = select(digest_marks.c.name).where(digest_marks.c.gone_since < before)
        with self._database.read() as connection:
            names = list(connection.execute(gone).scalars())
        if names:
            with self._database.write() as connection:
                waiting = and_(places.c.digest_name.in_(names), places.c.digest_id.is_(None))
                release(connection, waiting, Release.DIGEST_GONE, now or before)
                connection.execute(delete(digest_marks).where(digest_marks.c.name.in_(names)))
        return len(names)


def _anew(now: datetime) -> dict[str, datetime | None]:
    """Of a schedule that begins again: nobody waited for what it missed."""
    return {"known_since": now, "last_scheduled": None}


def mark(connection: Connection, name: str, **moments: datetime | None) -> None:
    """Notes times of a digest."""
    connection.execute(update(digest_marks).where(digest_marks.c.name == name).values(moments))


def release(connection: Connection, chosen: ColumnElement[bool], reason: Release, now: datetime) -> int:
    """Takes matches out of a digest's queue and keeps the reason; returns how many."""
    rows = [
        {"digest_name": gone.digest_name, "match_id": gone.match_id, "reason": str(reason), "at": now}
        for gone in take_out(connection, chosen)
    ]
    if rows:
        connection.execute(insert(released_places), rows)
    return len(rows)


def take_out(connection: Connection, chosen: ColumnElement[bool]) -> Sequence[Row[Any, Any, Any]]:
    """Deletes places that wait, and answers with the id, digest and match of each; oldest first.

    Only the deletion itself knows which they are: what was read before it, another session on PostgreSQL may
    have put into a digest meanwhile, or released.
    """
    gone = delete(places).where(chosen, places.c.digest_id.is_(None))
    rows = connection.execute(gone.returning(places.c.id, places.c.digest_name, places.c.match_id)).all()
    return sorted(rows, key=lambda row: row.id)


def _is_ahead(row: Row[tuple[object, ...]], now: datetime) -> bool:
    """Whether it was written while a clock was ahead."""
    moments = (row.known_since, row.last_composed, row.last_scheduled)
    return any(moment is not None and moment > now + SKEW for moment in moments)


def _forget_future(connection: Connection, name: str, now: datetime) -> None:
    """Undoes what was written while a clock was ahead; otherwise nothing would be due until then."""
    ours = digests.c.name == name
    # Nearer windows may have been served before a clock was put back: rather one digest late than two.
    far = digests.c.scheduled > now + timedelta(days=1)
    connection.execute(update(digests).where(ours, far).values(scheduled=None))
    own = select(func.max(digests.c.scheduled), func.max(digests.c.composed_at)).where(
        ours, digests.c.composed_at <= now
    )
    scheduled, composed = connection.execute(own).one()
    mark(connection, name, last_scheduled=scheduled, last_composed=composed)
    since = update(digest_marks).where(digest_marks.c.name == name, digest_marks.c.known_since > now)
    connection.execute(since.values(known_since=now))
