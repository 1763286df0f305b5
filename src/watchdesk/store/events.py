"""What was found and sent since somebody last looked, by numbers and times that are stored."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select

from watchdesk.model import Delivery
from watchdesk.model.archive import NumberedMatch
from watchdesk.store.batches import AT_ONCE, batched
from watchdesk.store.database import Database
from watchdesk.store.outbox import delivery_of
from watchdesk.store.rule_matches import numbered_matches
from watchdesk.store.tables import deliveries, digests, matches


class EventRows:
    """`ports.EventStore`."""

    _database: Database

    def last_match(self) -> int:
        """See `ports.EventStore.last_match`."""
        with self._database.read() as connection:
            return connection.execute(select(func.max(matches.c.id))).scalar() or 0

    def matches_after(self, number: int, limit: int) -> Sequence[NumberedMatch]:
        """See `ports.EventStore.matches_after`."""
        asked = select(matches).where(matches.c.id > number).order_by(matches.c.id.desc()).limit(limit)
        return list(reversed(numbered_matches(self._database, asked)))

    def sent_after(self, channels: Collection[str], moment: datetime, limit: int) -> Sequence[Delivery]:
        """See `ports.EventStore.sent_after`."""
        own = deliveries.c
        found: list[tuple[datetime, str]] = []
        with self._database.read() as connection:
            for channel in channels:  # each by the index that begins with it
                asked = select(own.sent_at, own.id).where(own.channel == channel, own.sent_at > moment)
                rows = connection.execute(asked.order_by(own.sent_at.desc()).limit(limit))
                found += [(row.sent_at, row.id) for row in rows]
            newest = [number for _, number in sorted(found)[-limit:]]
            sent: dict[str, Delivery] = {}
            for chunk in batched(newest, AT_ONCE):
                of_these = select(deliveries, digests.c.subject).join(digests).where(own.id.in_(chunk))
                sent |= {row["id"]: delivery_of(row) for row in connection.execute(of_these).mappings()}
        return [sent[number] for number in newest if number in sent]
