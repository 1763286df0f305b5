"""Removes what articles, sources and silences leave behind: walks through whole tables, a range at a time.

Each step is one short transaction. Where it has come to is kept in the database, so that whoever takes the
next step, in whatever process, goes on from there.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, and_, delete, select, tuple_, update

from watchdesk.store.database import Database
from watchdesk.store.leftovers import LEFTOVERS, Leftover, Terms
from watchdesk.store.story_lock import lock_stories
from watchdesk.store.tables import articles, entry_keys, notes
from watchdesk.store.upserts import upsert

EVERY = timedelta(days=1)
"""From the end of one walk to the beginning of the next."""
_NOTE = "database.sweep"
_LONGEST = 0.025
"""Seconds of a step, about: others wait that long to write."""
_LEAST, _MOST = 50, 2_000
"""Rows that a step may look at."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What one step did."""

    name: str
    """Of the kind that it was about."""
    removed: int
    more: bool
    """There is more to do at once."""


class Sweeping:
    """Any number of processes may take steps at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = 500

    def has_swept_since(self, moment: datetime) -> bool:
        """Whether a whole walk has begun since then, and ended."""
        with self._database.read() as connection:
            place = _Place.read(connection)
        return place.ended is not None and place.has_begun_since(moment)

    def step(self, terms: Terms, wanted_since: datetime | None = None) -> Swept:
        """Walks on by a range of rows; nothing is done until a day after the last walk.

        `wanted_since`: when much was left behind; a walk that has begun since then is made at once.
        """
        began = time.perf_counter()
        with self._database.write() as connection:
            place = _Place.read(connection)
            if place.ended and not place.is_due(terms.now, wanted_since):
                return Swept("", 0, more=False)
            if place.ended or place == _Place():
                place = _Place(began=terms.now)
            leftover = LEFTOVERS[place.kind]
            if leftover.is_of_stories:
                lock_stories(connection)
            last, removed = _sweep(connection, leftover, place.after, self._rows, terms)
            following = place.following(last, terms.now)
            following.write(connection)
        self._pace(time.perf_counter() - began)
        more = following.ended is None or following.is_due(terms.now, wanted_since)
        return Swept(leftover.name, removed, more)

    def _pace(self, seconds: float) -> None:
        if seconds > _LONGEST:
            self._rows = max(_LEAST, self._rows // 2)
        elif seconds < _LONGEST / 2:
            self._rows = min(_MOST, self._rows * 2)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk is."""

    kind: int = 0
    after: Any = None
    """The key of the last row that was looked at; None: at the beginning."""
    ended: datetime | None = None
    """When the last walk did, if none is under way."""
    began: datetime | None = None
    """When it did, or the last one; None: nobody knows."""

    @classmethod
    def read(cls, connection: Connection) -> "_Place":
        """From the beginning if nobody knows."""
        said = connection.execute(select(notes.c.value).where(notes.c.name == _NOTE)).scalar()
        try:
            found = json.loads(said or "{}")
            ended, began = (_moment(found.get(name)) for name in ("ended", "began"))
            return cls(int(found.get("kind", 0)) % len(LEFTOVERS), found.get("after"), ended, began)
        except (ValueError, TypeError, AttributeError):
            return cls()

    def write(self, connection: Connection) -> None:
        """Within the transaction that removes."""
        kept: dict[str, Any] = {"began": self.began.timestamp()} if self.began else {}
        kept |= {"ended": self.ended.timestamp()} if self.ended else {"kind": self.kind, "after": self.after}
        upsert(connection, notes, {"name": _NOTE, "value": json.dumps(kept)})

    def following(self, last: Any, now: datetime) -> "_Place":
        """After a step that came to the row `last`; None: to the end of its kind."""
        if last is not None:
            return _Place(self.kind, last, began=self.began)
        if self.kind + 1 < len(LEFTOVERS):
            return _Place(self.kind + 1, began=self.began)
        return _Place(ended=now, began=self.began)

    def has_begun_since(self, moment: datetime) -> bool:
        """Whether this walk, or the last one, has."""
        return self.began is not None and self.began >= moment

    def is_due(self, now: datetime, wanted_since: datetime | None) -> bool:
        """Whether the next walk is to begin, where the last one has ended."""
        if self.ended is None or not timedelta(0) <= now - self.ended < EVERY:
            return True
        return wanted_since is not None and wanted_since <= now and not self.has_begun_since(wanted_since)


def _moment(timestamp: float | None) -> datetime | None:
    return None if timestamp is None else datetime.fromtimestamp(timestamp, UTC)


def _sweep(
    connection: Connection, leftover: Leftover, after: Any, rows: int, terms: Terms
) -> tuple[Any, int]:
    """The key that it came to, if there are rows behind it, and how many it removed."""
    key = leftover.key
    asked = select(key).order_by(key).limit(rows)
    found = connection.execute(asked if after is None else asked.where(key > after)).scalars().all()
    if not found:
        return None, 0
    in_range = key <= found[-1] if after is None else and_(key > after, key <= found[-1])
    if key is entry_keys.c.article_id:
        _begin_to_count(connection, in_range, terms)
    fits = leftover.condition(terms)
    if leftover.of_removed_sources:
        removed_sources = _removed_sources(connection, leftover, in_range, terms)
        fits = and_(fits, leftover.table.c.source_id.in_(removed_sources))
        if not removed_sources:
            return (found[-1] if len(found) == rows else None), 0
    gone = connection.execute(
        delete(leftover.table).where(in_range, _free(connection, key, and_(in_range, fits)))
    ).rowcount
    return (found[-1] if len(found) == rows else None), gone


def _begin_to_count(connection: Connection, in_range: ColumnElement[bool], terms: Terms) -> None:
    """Nobody noted of keys of older databases when they were last listed: they are kept as if today."""
    stored = select(articles.c.id).where(articles.c.id == entry_keys.c.article_id)
    unknown = and_(in_range, entry_keys.c.listed_at.is_(None), ~stored.exists())
    free = _free(connection, entry_keys.c.article_id, unknown)
    connection.execute(update(entry_keys).where(in_range, free).values(listed_at=terms.now))


def _free(connection: Connection, key: Column[Any], fits: ColumnElement[bool]) -> ColumnElement[bool]:
    """Of the rows that fit, those that no other transaction has locked: it may wait for one of ours in turn.
    The next walk comes by again.
    """
    if connection.dialect.name == "sqlite":  # it has one writer
        return fits
    keys = list(key.table.primary_key)
    chosen = select(*keys).where(fits).with_for_update(skip_locked=True).correlate(None)
    return tuple_(*keys).in_(chosen)


def _removed_sources(
    connection: Connection, leftover: Leftover, in_range: ColumnElement[bool], terms: Terms
) -> Sequence[str]:
    asked = select(leftover.table.c.source_id).distinct().where(in_range)
    return sorted(set(connection.execute(asked).scalars()) - set(terms.configured))
