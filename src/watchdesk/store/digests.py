"""Queues of matches, and the digests that went out."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from watchdesk.errors import StorageError
from watchdesk.model import Delivery, DeliveryState, Digest, Release, Rendered, WaitingMatch, WentOut
from watchdesk.store.batches import AT_ONCE, batched
from watchdesk.store.database import Database
from watchdesk.store.digest_marks import mark, release
from watchdesk.store.outbox import delivery_of, delivery_row
from watchdesk.store.row_mapping import article_of, match_of
from watchdesk.store.stories import current_story, memberships_of
from watchdesk.store.tables import articles, deliveries, digests, matches, places, stories


class DigestRows:
    """`ports.DigestStore`."""

    _database: Database

    def waiting(self, digest_name: str) -> Sequence[WaitingMatch]:
        """Matches that wait for the digest, oldest first."""
        queued = (
            select(places.c.id.label("place_id"), matches)
            .join(matches, places.c.match_id == matches.c.id)
            .where(places.c.digest_name == digest_name, places.c.digest_id.is_(None))
            .order_by(matches.c.matched_at, places.c.id)
        )
        of_articles = (
            select(articles, current_story().label("story"))
            .join(stories, articles.c.story_id == stories.c.id)
            .where(
                articles.c.id.in_(
                    select(matches.c.article_id)
                    .join(places, places.c.match_id == matches.c.id)
                    .where(places.c.digest_name == digest_name, places.c.digest_id.is_(None))
                )
            )
        )
        with self._database.read() as connection:
            found = {row["id"]: row for row in connection.execute(of_articles).mappings()}
            rows = connection.execute(queued).mappings().all()
            why = memberships_of(connection, list(found))
        return [
            WaitingMatch(
                id=row["place_id"],
                rule_id=row["rule_id"],
                article=article_of(found[row["article_id"]]),
                story_id=found[row["article_id"]]["story"],
                match=match_of(row),
                matched_at=row["matched_at"],
                revised=row["revised"],
                membership=why.get(row["article_id"]),
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
            # Another digest of this name exists for the scheduled time, as after a clock went back.
            with self._database.write() as connection:
                mark(connection, digest.name, last_scheduled=scheduled)
            return False
        return True

    def release_matches(
        self, digest_name: str, rule_ids: Collection[str], before: datetime, now: datetime | None = None
    ) -> int:
        """See `ports.DigestStore.release_matches`."""
        late = select(matches.c.id).where(
            matches.c.id == places.c.match_id,
            matches.c.matched_at < before,
            matches.c.rule_id.in_(sorted(rule_ids)),
        )
        waiting = and_(places.c.digest_name == digest_name, places.c.digest_id.is_(None))
        chosen = and_(waiting, late.exists())
        with self._database.write() as connection:
            return release(connection, chosen, Release.NO_SPIKE, now or before)

    def went_out(self, digest_ids: Collection[str]) -> Mapping[str, WentOut]:
        """See `ports.DigestStore.went_out`."""
        found: dict[str, WentOut] = {}
        with self._database.read() as connection:
            for chunk in batched(sorted(digest_ids), AT_ONCE):
                sent: dict[str, list[Delivery]] = {}
                asked = select(deliveries, digests.c.subject).join(digests)
                asked = asked.where(deliveries.c.digest_id.in_(chunk)).order_by(deliveries.c.channel)
                for row in connection.execute(asked).mappings():
                    sent.setdefault(row["digest_id"], []).append(delivery_of(row))
                for made in connection.execute(select(digests).where(digests.c.id.in_(chunk))):
                    rendered = Rendered(made.subject, made.html, made.text, made.json)
                    own = tuple(sent.get(made.id, ()))
                    found[made.id] = WentOut(made.id, made.name, made.composed_at, rendered, own)
        return found

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
        with self._database.read() as connection:
            old = list(connection.execute(asked.order_by(digests.c.composed_at).limit(limit)).scalars())
        if old:
            with self._database.write() as connection:
                connection.execute(delete(deliveries).where(deliveries.c.digest_id.in_(old)))
                connection.execute(delete(digests).where(digests.c.id.in_(old)))
        return len(old)


class _OtherWasFirst(Exception):
    """Another process was first: rolls the transaction back."""


def _commit(
    connection: Connection,
    digest: Digest,
    rendered: Rendered,
    sent_to: Sequence[Delivery],
    place_ids: Sequence[int],
    scheduled: datetime | None,
) -> None:
    write_digest(connection, digest, rendered, sent_to, scheduled)
    marked = 0
    for start in range(0, len(place_ids), AT_ONCE):
        chosen = places.c.id.in_(place_ids[start : start + AT_ONCE])
        marking = update(places).where(chosen, places.c.digest_id.is_(None)).values(digest_id=digest.id)
        marked += connection.execute(marking).rowcount
    if marked != len(place_ids):
        raise _OtherWasFirst
    moments = {"last_composed": digest.composed_at}
    mark(connection, digest.name, **moments, **({"last_scheduled": scheduled} if scheduled else {}))


def write_digest(
    connection: Connection,
    digest: Digest,
    rendered: Rendered,
    sent_to: Sequence[Delivery],
    scheduled: datetime | None,
) -> None:
    """Writes a digest and its deliveries within a transaction."""
    connection.execute(
        insert(digests),
        {
            "id": digest.id,
            "name": digest.name,
            "composed_at": digest.composed_at,
            "scheduled": scheduled,
            "subject": rendered.subject,
            "html": rendered.html,
            "text": rendered.text,
            "json": rendered.json,
        },
    )
    if sent_to:
        connection.execute(insert(deliveries), [delivery_row(delivery) for delivery in sent_to])
