"""Builds the index of the archive in small steps, each of which may be the last.

A batch of articles becomes a segment in one transaction, with which the notes go that they are pending.
Segments of one size are merged into a larger one (`index_merging`). Whatever ends in between, every article
is in a live segment or noted as not being in one; what is left over of a segment in the making is deleted.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, func, select, update

from watchdesk.archive.limits import MOST_DOCUMENTS
from watchdesk.store.database import Database
from watchdesk.store.index_checking import (
    ArticlesCheck,
    PartsCheck,
    unreadable_merge,
    unusable_segments,
)
from watchdesk.store.index_lease import IndexLease
from watchdesk.store.index_rows import OutpacedError, articles_up_to, read_articles, write_segment
from watchdesk.store.index_state import (
    IndexState,
    Manifest,
    SegmentState,
    index_state,
    relist,
)
from watchdesk.store.search_pending import write_pending
from watchdesk.store.segment_sizes import half_empty, to_be_merged
from watchdesk.store.tables import articles, search_index, search_parts, search_pending, search_segments

if TYPE_CHECKING:
    from watchdesk.archive.bulk_terms import BulkReader
    from watchdesk.archive.segments import Making
    from watchdesk.store.index_merging import Merge

BATCH = 512
"""Articles that become a segment at once, at most."""

LEAST = 64
"""Articles for which a segment is made at once; fewer wait for others, but not for long."""

LONGEST_WAIT = timedelta(minutes=10)

_MOST_DELETED = 50
"""Parts deleted in one transaction."""


_MOST_AT_ONCE = 4_000
_QUICK = 8_192
"""Articles up to which a merge takes no second."""

_KEPT_CHUNKS, _KEPT_OF_MORE = 90_000, 60_000
"""What a reader may know and be kept while nothing is to be done, some 37 MB; and what is kept of more."""

_PASSING = 30.0
"""Seconds after which a builder has time."""


@dataclass(slots=True)
class _Older:
    """A segment in the making of articles that were never put into the index."""

    unindexed_to: int
    """What the index said when it was begun."""
    left_to: int
    """What it is to say when it is done."""
    making: "Making"


class IndexBuilder:
    """Builds the index of one database; of several builders one works at a time."""

    def __init__(self, database: Database, *, in_passing: bool = True) -> None:
        """`in_passing`: maybe for a second only; for a while it begins nothing that takes long."""
        self._database = database
        self._has_time_from = time.monotonic() + (_PASSING if in_passing else 0)
        self._lease = IndexLease(database, self._forget)
        self._merge: Merge | None = None
        self._made_reader: BulkReader | None = None
        self._older: _Older | None = None
        self._parts_check = PartsCheck()
        self._articles_check = ArticlesCheck()
        self._is_checked = False
        """Whether the segments were found to be there since it began."""
        self._at_once = BATCH
        """Older articles that become a segment at once; the longer it works, the more."""

    def step(self, now: datetime) -> bool:
        """Does one thing that is to be done; whether there may be more to do at once.

        Raises `StorageError`. What was begun is done anew then, by this builder or another.
        """
        try:
            to_do = self._to_do(now)
            if to_do is None:
                self._let_go()
                return False
            if not self._lease.hold(now):
                return False
            to_do()
        except OutpacedError:
            self._lease.forget()
            self._forget()
            return False
        except BaseException:
            self._lease.forget()
            self._forget()
            raise
        return True

    def _to_do(self, now: datetime) -> Callable[[], object] | None:  # noqa: PLR0911  one answer a kind of work
        """What is to be done first; None where nothing is."""
        from watchdesk.archive.terms import terms_version  # noqa: PLC0415 - what folds words is heavy

        with self._database.read() as connection:
            state = index_state(connection)
            if state.terms_version != terms_version():
                return self._begin_anew
            if not self._is_checked:
                if unusable_segments(connection):
                    return self._begin_anew
                self._is_checked = True
            waiting = connection.execute(_WAITING).one()
            long_waiting = waiting.oldest is not None and waiting.oldest < now - LONGEST_WAIT
            if waiting.articles >= LEAST or long_waiting:
                return self._index_pending
            if self._merge is not None:
                return self._go_on_merging
            if connection.scalar(_LEFT_OVER) is not None:
                return self._delete_gone
            merged = to_be_merged(connection, _QUICK)
            if not merged and state.unindexed_to:
                return partial(self._index_older, state)
            has_time = time.monotonic() >= self._has_time_from
            if not merged and has_time:
                merged = to_be_merged(connection)
            if merged:
                return partial(self._begin_merge, merged)
            dead = connection.scalars(select(search_segments.c.id).where(_DEAD)).all()
            if dead:
                return partial(self._drop, dead)
            sparse = half_empty(connection, MOST_DOCUMENTS if has_time else _QUICK)
            if sparse is not None:
                return partial(self._begin_merge, (sparse,))
            return self._mend(connection)

    def _mend(self, connection: Connection) -> Callable[[], object] | None:
        """Looks at some of the index, while nothing else is to be done: what is to be done about it."""
        if unusable_segments(connection) or self._parts_check.finds_damage(connection):
            return self._begin_anew
        if time.monotonic() < self._has_time_from:
            return None
        try:
            missing = self._articles_check.missing(connection)
        except unreadable_merge():
            return self._begin_anew
        return partial(self._note, missing) if missing else None

    def _note(self, missing: Sequence[tuple[datetime, int]]) -> None:
        """Notes articles as pending that are not in the index; twice where another has: that does no harm."""
        with self._database.write() as connection:
            self._lease.confirm(connection)
            write_pending(connection, [(number, seen) for seen, number in missing])

    def _forget(self) -> None:
        """Gives up what was begun."""
        self._merge = self._older = None

    def _let_go(self) -> None:
        """Leaves the work to whoever comes next."""
        if self._made_reader is not None and self._made_reader.chunks > _KEPT_CHUNKS:
            if self._older is None:
                self._made_reader.keep(_KEPT_OF_MORE)
            else:
                self._made_reader = None
        self._lease.let_go()

    def _begin_anew(self) -> None:
        """Drops all segments, made with other terms or damaged; all articles are to be indexed again."""
        from watchdesk.archive.terms import terms_version  # noqa: PLC0415 - what folds words is heavy

        with self._database.write() as connection:
            newest = connection.scalar(select(func.max(articles.c.id))) or 0
            connection.execute(update(search_segments).values(state=SegmentState.GONE))
            connection.execute(delete(search_pending).where(search_pending.c.article_id <= newest))
            said = {"terms_version": terms_version(), "unindexed_to": newest}
            self._lease.confirm(connection, {**said, "manifest": Manifest(newest).packed()})

    def _index_pending(self) -> None:
        """Makes a segment of the articles that have waited longest."""
        with self._database.read() as connection:
            rows = connection.execute(_PENDING).all()
            found = read_articles(connection, {row.article_id for row in rows})
        numbers = [row.id for row in rows]
        making = self._making()
        if found:
            making.add(found)
        made = making.made() if found else None
        with self._database.write() as connection:
            self._lease.confirm(connection)
            deleted = delete(search_pending).where(search_pending.c.id.in_(numbers))
            if connection.execute(deleted).rowcount != len(numbers):
                raise OutpacedError
            write_segment(connection, made)

    def _index_older(self, state: IndexState) -> None:
        """Reads some of the newest articles that were never put into the index; makes a segment of many."""
        if self._older is None or self._older.unindexed_to != state.unindexed_to:
            self._older = None
            self._older = _Older(state.unindexed_to, state.unindexed_to, self._making())
        with self._database.read() as connection:
            found = articles_up_to(connection, self._older.left_to, BATCH)
        if found:
            self._older.making.add(found)
            self._older.left_to = min(article.id for article in found if article.id is not None) - 1
        if len(found) < BATCH:
            self._older.left_to = 0
        elif len(self._older.making) < self._at_once:
            return
        older, self._older = self._older, None
        made = older.making.made() if len(older.making) else None
        with self._database.write() as connection:
            known = search_index.c.unindexed_to == state.unindexed_to
            self._lease.confirm(connection, {"unindexed_to": older.left_to}, known)
            write_segment(connection, made)
        self._at_once = min(2 * self._at_once, _MOST_AT_ONCE)

    def _making(self) -> "Making":
        from watchdesk.archive.bulk_terms import BulkReader  # noqa: PLC0415 - numpy is heavy
        from watchdesk.archive.segments import Making  # noqa: PLC0415 - numpy is heavy

        self._made_reader = self._made_reader or BulkReader()
        if self._older is None:
            self._made_reader.spare()
        return Making(self._made_reader)

    def _begin_merge(self, segments: Sequence[int]) -> None:
        from watchdesk.store.index_merging import Merge  # noqa: PLC0415 - numpy is heavy

        try:
            self._merge = Merge(self._database, segments)
        except unreadable_merge():
            self._begin_anew()

    def _go_on_merging(self) -> None:
        try:
            if self._merge is None or not self._merge.step():  # another has taken over and let go meanwhile
                return
        except unreadable_merge():
            self._merge = None
            self._begin_anew()
            return
        with self._database.write() as connection:
            self._lease.confirm(connection)
            self._merge.finish(connection)
        self._merge = None

    def _delete_gone(self) -> None:
        """Deletes some of what is left of a segment that is not used, replaced or never finished."""
        with self._database.write() as connection:
            self._lease.confirm(connection)
            segment = connection.scalar(_LEFT_OVER)
            of_it = search_parts.c.segment_id == segment
            some = connection.scalars(select(search_parts.c.number).where(of_it).limit(_MOST_DELETED)).all()
            if some:
                connection.execute(delete(search_parts).where(of_it, search_parts.c.number.in_(some)))
            else:
                connection.execute(delete(search_segments).where(search_segments.c.id == segment))

    def _drop(self, segments: Sequence[int]) -> None:
        """Gives up segments whose articles were all pruned."""
        with self._database.write() as connection:
            self._lease.confirm(connection)
            dead = search_segments.c.id.in_(segments), _DEAD
            dropped = connection.scalars(select(search_segments.c.id).where(*dead)).all()
            gone = update(search_segments).where(search_segments.c.id.in_(dropped))
            connection.execute(gone.values(state=SegmentState.GONE))
            relist(connection, dropped=dropped)


_WAITING = select(
    func.count().label("articles"), func.min(search_pending.c.first_seen).label("oldest")
).select_from(search_pending)
_LEFT_OVER = select(search_segments.c.id).where(search_segments.c.state != SegmentState.LIVE).limit(1)
_DEAD = (search_segments.c.state == SegmentState.LIVE) & ~(
    select(articles.c.id)
    .where(
        articles.c.first_seen >= search_segments.c.oldest_seen,
        articles.c.first_seen <= search_segments.c.newest_seen,
    )
    .exists()
)
_PENDING = select(search_pending.c.id, search_pending.c.article_id).order_by(search_pending.c.id).limit(BATCH)
