"""Queues of matches, and what went out."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from watchdesk.errors import StorageError
from watchdesk.model import Delivery, DeliveryState, Digest, DigestMark, Queue, Rendered, WaitingMatch
from watchdesk.store.batches import AT_ONCE
from watchdesk.store.database import Database
from watchdesk.store.outbox import delivery_row
from watchdesk.store.rows import article_of, match_of
from watchdesk.store.tables import articles, deliveries, digest_marks, digests, matches, places


class DigestRows:
    """`ports.DigestStore`."""

    _database: Database

    def know_digests(self, names: Sequence[str], now: datetime) -> None:
        """See `ports.DigestStore.know_digests`."""
        asked = select(digest_marks.c.name)
        ahead = asked.where(or_(*(column > now + _SKEW for column in _MOMENTS)))
        with self._database.read() as connection:
            unknown = set(names) - set(connection.execute(asked).scalars())
            wrong = set(connection.execute(ahead).scalars())
        if not unknown and not wrong:
            return
        with self._database.write() as connection:
            known = set(connection.execute(asked).scalars())
            rows = [{"name": name, "known_since": now} for name in sorted(unknown - known)]
            if rows:
                connection.execute(insert(digest_marks), rows)
            for name in sorted(wrong):
                _forget_future(connection, name, now)

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

    def waiting(self, digest_name: str) -> Sequence[WaitingMatch]:
        """Matches that wait for the digest, oldest first."""
        queued = (
            select(places.c.id.label("place_id"), matches)
            .join(matches, places.c.match_id == matches.c.id)
            .where(places.c.digest_name == digest_name, places.c.digest_id.is_(None))
            .order_by(matches.c.matched_at, places.c.id)
        )
        of_articles = select(articles).where(
            articles.c.id.in_(
                select(matches.c.article_id)
                .join(places, places.c.match_id == matches.c.id)
                .where(places.c.digest_name == digest_name, places.c.digest_id.is_(None))
            )
        )
        with self._database.read() as connection:
            found = {row["id"]: row for row in connection.execute(of_articles).mappings()}
            rows = connection.execute(queued).mappings().all()
        return [
            WaitingMatch(
                id=row["place_id"],
                rule_id=row["rule_id"],
                article=article_of(found[row["article_id"]]),
                story_id=found[row["article_id"]]["story_id"],
                match=match_of(row),
                matched_at=row["matched_at"],
                revised=row["revised"],
            )
            for row in rows
        ]

    def commit_digest(
        self,
        digest: Digest,
        rendered: Rendered,
        deliveries: Sequence[Delivery],
        places: Sequence[int],
        scheduled: datetime | None,
    ) -> bool:
        """See `ports.DigestStore.commit_digest`."""
        try:
            with self._database.write() as connection:
                _commit(connection, digest, rendered, deliveries, places, scheduled)
        except _OtherWasFirst:
            return False
        except StorageError as error:
            if not isinstance(error.__cause__, IntegrityError) or scheduled is None:
                raise
            # Another digest of this name stands for the scheduled time, as after a clock went back.
            with self._database.write() as connection:
                _mark(connection, digest.name, last_scheduled=scheduled)
            return False
        return True

    def let_go(self, digest_name: str, before: datetime) -> int:
        """See `ports.DigestStore.let_go`."""
        late = select(matches.c.id).where(matches.c.matched_at < before, matches.c.id == places.c.match_id)
        waiting = and_(places.c.digest_name == digest_name, places.c.digest_id.is_(None))
        with self._database.write() as connection:
            return connection.execute(delete(places).where(waiting, late.exists())).rowcount

    def prune_digests(self, before: datetime, limit: int = 100) -> int:
        """See `ports.DigestStore.prune_digests`."""
        held = select(places.c.digest_id).where(places.c.digest_id == digests.c.id)
        closed = (str(DeliveryState.SENT), str(DeliveryState.DROPPED))
        still_open = select(deliveries.c.id).where(
            deliveries.c.digest_id == digests.c.id, deliveries.c.state.not_in(closed)
        )
        asked = select(digests.c.id).where(
            digests.c.composed_at < before, ~held.exists(), ~still_open.exists()
        )
        with self._database.write() as connection:
            old = list(connection.execute(asked.limit(limit)).scalars())
            connection.execute(delete(deliveries).where(deliveries.c.digest_id.in_(old)))
            connection.execute(delete(digests).where(digests.c.id.in_(old)))
        return len(old)


_MOMENTS = (digest_marks.c.known_since, digest_marks.c.last_composed, digest_marks.c.last_scheduled)
_SKEW = timedelta(hours=1)
"""How far the clocks of two machines may be apart without either of them being wrong."""


class _OtherWasFirst(Exception):
    """Rolls the transaction back."""


def _commit(
    connection: Connection,
    digest: Digest,
    rendered: Rendered,
    sent_to: Sequence[Delivery],
    place_ids: Sequence[int],
    scheduled: datetime | None,
) -> None:
    write_digest(connection, digest, rendered, sent_to, scheduled)
    taken = 0
    for start in range(0, len(place_ids), AT_ONCE):
        chosen = places.c.id.in_(place_ids[start : start + AT_ONCE])
        marking = update(places).where(chosen, places.c.digest_id.is_(None)).values(digest_id=digest.id)
        taken += connection.execute(marking).rowcount
    if taken != len(place_ids):
        raise _OtherWasFirst
    moments = {"last_composed": digest.composed_at}
    _mark(connection, digest.name, **moments, **({"last_scheduled": scheduled} if scheduled else {}))


def _mark(connection: Connection, name: str, **moments: datetime | None) -> None:
    connection.execute(update(digest_marks).where(digest_marks.c.name == name).values(moments))


def _forget_future(connection: Connection, name: str, now: datetime) -> None:
    """What a clock wrote that was ahead by mistake; without it, nothing would be due until then."""
    own = select(func.max(digests.c.scheduled), func.max(digests.c.composed_at)).where(
        digests.c.name == name, digests.c.composed_at <= now
    )
    scheduled, composed = connection.execute(own).one()
    _mark(connection, name, last_scheduled=scheduled, last_composed=composed)
    since = update(digest_marks).where(digest_marks.c.name == name, digest_marks.c.known_since > now)
    connection.execute(since.values(known_since=now))


def write_digest(
    connection: Connection,
    digest: Digest,
    rendered: Rendered,
    sent_to: Sequence[Delivery],
    scheduled: datetime | None,
) -> None:
    """What goes out, and to whom, within a transaction."""
    connection.execute(
        insert(digests).values(
            id=digest.id,
            name=digest.name,
            composed_at=digest.composed_at,
            scheduled=scheduled,
            subject=rendered.subject,
            html=rendered.html,
            text=rendered.text,
            json=rendered.json,
        )
    )
    if sent_to:
        connection.execute(insert(deliveries), [delivery_row(delivery) for delivery in sent_to])
