"""Queues of matches, and what went out."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from watchdesk.errors import StorageError
from watchdesk.model import Delivery, Digest, DigestMark, Rendered, WaitingMatch
from watchdesk.store.batches import AT_ONCE
from watchdesk.store.database import Database
from watchdesk.store.outbox import delivery_row
from watchdesk.store.rows import article_of, match_of
from watchdesk.store.tables import articles, deliveries, digest_marks, digests, matches, places


class DigestRows:
    """`ports.DigestStore`."""

    _database: Database

    def know_digests(self, names: Sequence[str], now: datetime) -> None:
        """Remembers digests not known before, with `now` as the start of their schedules."""
        asked = select(digest_marks.c.name)
        with self._database.read() as connection:
            unknown = set(names) - set(connection.execute(asked).scalars())
        if not unknown:
            return
        with self._database.write() as connection:
            known = set(connection.execute(asked).scalars())
            rows = [{"name": name, "known_since": now} for name in sorted(unknown - known)]
            if rows:
                connection.execute(insert(digest_marks), rows)

    def digest_marks(self) -> Mapping[str, DigestMark]:
        """By digest name."""
        waiting = (
            select(places.c.digest_name, matches.c.rule_id, func.count(), func.min(matches.c.matched_at))
            .join(matches, places.c.match_id == matches.c.id)
            .where(places.c.digest_id.is_(None))
            .group_by(places.c.digest_name, matches.c.rule_id)
        )
        queues: dict[str, list[tuple[str, int, datetime]]] = {}
        with self._database.read() as connection:
            for name, rule_id, count, oldest in connection.execute(waiting):
                queues.setdefault(name, []).append((rule_id, count, oldest))
            rows = connection.execute(select(digest_marks)).all()
        return {
            row.name: DigestMark(
                name=row.name,
                known_since=row.known_since,
                last_composed=row.last_composed,
                last_scheduled=row.last_scheduled,
                waiting=sum(count for _, count, _ in queues.get(row.name, [])),
                oldest_waiting=min((oldest for _, _, oldest in queues.get(row.name, [])), default=None),
                waiting_rules=frozenset(rule_id for rule_id, _, _ in queues.get(row.name, [])),
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
            # Another digest of this name stands for the scheduled time.
            if isinstance(error.__cause__, IntegrityError):
                return False
            raise
        return True


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
    mark: dict[str, datetime] = {"last_composed": digest.composed_at}
    if scheduled is not None:
        mark["last_scheduled"] = scheduled
    connection.execute(update(digest_marks).where(digest_marks.c.name == digest.name).values(mark))


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
