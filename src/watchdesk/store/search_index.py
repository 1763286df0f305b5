"""Finds the candidates of a condition in the index of the archive, newest first, a page at a time.

An article that the index does not have as it is now is a candidate of every condition. `index_building`
builds the index.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from heapq import nlargest
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, func, select
from sqlalchemy.exc import NoResultFound

from watchdesk.errors import DamagedStorage
from watchdesk.logger import get_logger
from watchdesk.model.archive import IndexCoverage
from watchdesk.store.columns import EPOCH, MICROSECOND
from watchdesk.store.database import Database, damaged
from watchdesk.store.index_state import NO_ARTICLE, ListedSegment, SegmentState, index_state, live_segments
from watchdesk.store.index_steps import older_than
from watchdesk.store.tables import articles, search_parts, search_pending, search_segments

if TYPE_CHECKING:
    from watchdesk.archive.segments import Document, Documents
    from watchdesk.model.conditions import Condition

log = get_logger(__name__)


class CandidateKey(NamedTuple):
    """An article that a query may match."""

    first_seen: datetime
    id: int
    indexed: bool
    """Whether the index found it; else the index does not have it as it is now."""


class SearchIndexRows:
    """The part of the store that knows the index."""

    _database: Database

    def candidates(
        self, condition: "Condition", since: datetime | None = None, until: datetime | None = None
    ) -> "CandidateSearch":
        """Finds what fulfils a condition and was first seen at or after `since` and before `until`."""
        return CandidateSearch(self._database.where, condition, since, until)

    def index_coverage(self) -> IndexCoverage:
        """How much of the archive the index has; cheap."""
        from watchdesk.archive.terms import terms_version  # noqa: PLC0415 - numpy is heavy

        with self._database.read() as connection:
            state = index_state(connection)
            pending = connection.scalar(select(func.count()).select_from(search_pending)) or 0
            indexed, lost, unindexed_to = 0, 0, state.unindexed_to
            if state.terms_version == terms_version():
                live = live_segments(connection)
                gone = state.manifest.lost(live)
                lost = sum(segment.documents for segment in gone)
                kept = live.keys() - {segment.id for segment in gone}
                indexed = sum(live[number].documents for number in kept)
            else:
                unindexed_to, pending = NO_ARTICLE, 0
            unindexed = 0
            if unindexed_to:
                first, last = connection.execute(
                    select(func.min(articles.c.id), func.max(articles.c.id))
                ).one()
                unindexed = max(min(last, unindexed_to) - first + 1, 0) if last else 0
        return IndexCoverage(indexed, pending, unindexed + lost)


class CandidateSearch:
    """Finds the candidates page by page; remembers what it found in segments, for these never change."""

    def __init__(
        self, where: str, condition: "Condition", since: datetime | None, until: datetime | None
    ) -> None:
        self._where = where
        self._condition = condition
        self._since, self._until = since, until
        self.is_unreadable = False
        """Whether a part of the index could not be read: from then on, each article is a candidate."""
        self._misses: set[int] = set()
        """Segments that are gone: each article that was in one is a candidate."""
        self._unnoted: Documents | None = None
        """Articles that are newer than all that the index has, and not noted as pending."""
        self._found: dict[int, Documents] = {}
        self._rest: tuple[int, Document] | None = None
        """A number, and the newest of the articles up to it that were never put into the index."""

    def page(
        self, connection: Connection, before: tuple[datetime, int] | None, limit: int
    ) -> Sequence[CandidateKey]:
        """Up to `limit` candidates older than `before`, by first seen and id, newest first.

        Fewer than `limit` only where there are no more. Some are of articles that were pruned since.
        `connection`: a transaction with one view; none need be open between two pages.
        """
        from watchdesk.archive.segments import Document  # noqa: PLC0415 - numpy is heavy
        from watchdesk.archive.terms import terms_version  # noqa: PLC0415 - numpy is heavy

        after = Document((before[0] - EPOCH) // MICROSECOND, before[1]) if before else None
        state = index_state(connection)
        is_current = not self.is_unreadable and state.terms_version == terms_version()
        found: dict[Document, bool] = {}
        for seen, number in connection.execute(self._pending(before, limit)):
            found[Document((seen - EPOCH) // MICROSECOND, number)] = False
        if is_current:
            try:
                lost = state.manifest.lost(live_segments(connection))
                self._add_indexed(connection, found, after, limit, {segment.id for segment in lost})
                self._add_lost(connection, found, before, limit, lost)
                self._add_unnoted(connection, found, after, limit, state.manifest.indexed_to)
            except unreadable() as error:
                log.warning("the search index cannot be read; articles are read one by one", why=str(error))
                self.is_unreadable, is_current = True, False
                found = {one: False for one, is_indexed in found.items() if not is_indexed}
        unindexed_to = state.unindexed_to if is_current else NO_ARTICLE
        known = self._rest[1] if self._rest and unindexed_to <= self._rest[0] else None
        if unindexed_to and not self._is_full(found, limit, known):
            self._add_rest(connection, found, before, unindexed_to, limit)
        return [
            CandidateKey(EPOCH + one.seen * MICROSECOND, one.article_id, found[one])
            for one in nlargest(limit, found)
        ]

    @staticmethod
    def _is_full(found: "Mapping[Document, bool]", limit: int, newest: "Document | None") -> bool:
        """Whether nothing as old as `newest` belongs to the page."""
        return newest is not None and len(found) >= limit and nlargest(limit, found)[-1] > newest

    def _add_indexed(
        self,
        connection: Connection,
        found: "dict[Document, bool]",
        after: "Document | None",
        limit: int,
        lost: Collection[int],
    ) -> None:
        from watchdesk.archive.segments import Document  # noqa: PLC0415 - numpy is heavy

        for row in connection.execute(_LIVE):
            # Its newest article is at this moment, with whichever number.
            newest = Document((row.newest_seen - EPOCH) // MICROSECOND, NO_ARTICLE)
            if self._is_full(found, limit, newest):
                return
            oldest = (row.oldest_seen - EPOCH) // MICROSECOND
            if (after and oldest > after.seen) or not self._meets(row.newest_seen, row.oldest_seen):
                continue
            if row.id in lost:
                continue
            if row.id not in self._found:
                self._found[row.id] = self._search(connection, row.id, row.documents)
            for one in self._found[row.id].older(after, limit):
                found.setdefault(one, True)

    def _add_lost(
        self,
        connection: Connection,
        found: "dict[Document, bool]",
        before: tuple[datetime, int] | None,
        limit: int,
        lost: Sequence[ListedSegment],
    ) -> None:
        """Adds the articles of the time of each segment that is gone, or not as it is listed."""
        from watchdesk.archive.segments import Document  # noqa: PLC0415 - numpy is heavy

        seen, number = articles.c.first_seen, articles.c.id
        for segment in lost:
            if self._is_full(found, limit, Document(segment.newest, NO_ARTICLE)):
                return
            if not self._meets(segment.newest_seen, segment.oldest_seen):
                continue
            if segment.id not in self._misses:
                self._misses.add(segment.id)
                log.warning("a part of the search index is gone or altered; its articles are read one by one")
            of_segment = seen >= segment.oldest_seen, seen <= segment.newest_seen
            asked = select(seen, number).where(*of_segment, *self._limits(seen, number, before))
            rows = connection.execute(asked.order_by(seen.desc(), number.desc()).limit(limit))
            for row in rows:
                found.setdefault(Document((row.first_seen - EPOCH) // MICROSECOND, row.id), False)

    def _add_unnoted(
        self,
        connection: Connection,
        found: "dict[Document, bool]",
        after: "Document | None",
        limit: int,
        indexed_to: int,
    ) -> None:
        """Adds articles that are in no segment yet, and whose note that they are pending is lost."""
        from watchdesk.archive.segments import Document, Documents  # noqa: PLC0415 - numpy is heavy

        if self._unnoted is None:
            noted = select(search_pending.c.article_id)
            asked = select(articles.c.first_seen, articles.c.id).where(
                articles.c.id > indexed_to, articles.c.id.not_in(noted)
            )
            rows = connection.execute(asked)
            unnoted = (Document((row.first_seen - EPOCH) // MICROSECOND, row.id) for row in rows)
            within = (self._microseconds(self._since), self._microseconds(self._until))
            self._unnoted = Documents.of(sorted(unnoted, reverse=True)).within(*within)
        for one in self._unnoted.older(after, limit):
            found.setdefault(one, False)

    @staticmethod
    def _microseconds(moment: datetime | None) -> int | None:
        return (moment - EPOCH) // MICROSECOND if moment else None

    def _meets(self, newest: datetime, oldest: datetime) -> bool:
        return (not self._since or newest >= self._since) and (not self._until or oldest < self._until)

    def _search(self, connection: Connection, segment_id: int, documents: int) -> "Documents":
        """All that fulfil the condition in one segment, within the dates."""
        from watchdesk.archive.lookup import Lookup  # noqa: PLC0415 - numpy is heavy
        from watchdesk.archive.segments import Directory, Documents  # noqa: PLC0415 - numpy is heavy

        asked = select(search_segments.c.directory, search_segments.c.articles)
        directory, stored = connection.execute(asked.where(search_segments.c.id == segment_id)).one()
        parts = StoredParts(
            connection, segment_id, damaged(self._where, "a part of the search index is missing")
        )
        lookup = Lookup(Directory.unpacked(directory), documents, parts)
        found = Documents.unpacked(stored).chosen(lookup.fulfilling(self._condition))
        return found.within(self._microseconds(self._since), self._microseconds(self._until))

    def _pending(self, before: tuple[datetime, int] | None, limit: int) -> Select[Any]:
        seen, number = search_pending.c.first_seen, search_pending.c.article_id
        asked = select(seen, number).distinct().where(*self._limits(seen, number, before))
        return asked.order_by(seen.desc(), number.desc()).limit(limit)

    def _add_rest(
        self,
        connection: Connection,
        found: "dict[Document, bool]",
        before: tuple[datetime, int] | None,
        unindexed_to: int,
        limit: int,
    ) -> None:
        """Adds articles that were never put into the index."""
        from watchdesk.archive.segments import Document  # noqa: PLC0415 - numpy is heavy

        seen, number = articles.c.first_seen, articles.c.id
        # A sum, so that no database goes by the numbers: both columns are in the index by first seen.
        asked = select(seen, number).where(number + 0 <= unindexed_to, *self._limits(seen, number, before))
        rows = connection.execute(asked.order_by(seen.desc(), number.desc()).limit(limit)).all()
        rest = [Document((row.first_seen - EPOCH) // MICROSECOND, row.id) for row in rows]
        self._rest = unindexed_to, rest[0] if rest else Document(0, 0)
        found.update(dict.fromkeys(rest, False))

    def _limits(
        self, seen: ColumnElement[Any], number: ColumnElement[Any], before: tuple[datetime, int] | None
    ) -> Sequence[ColumnElement[bool]]:
        limits: list[ColumnElement[bool]] = []
        if self._since:
            limits.append(seen >= self._since)
        if self._until:
            limits.append(seen < self._until)
        if before:
            limits.append(older_than(seen, number, before))
        return limits


def unreadable() -> tuple[type[Exception], ...]:
    """What is raised where a part of the index is damaged or missing."""
    from watchdesk.encoding.zstd import zstd  # noqa: PLC0415 - for who reads segments

    return (zstd.ZstdError, DamagedStorage, NoResultFound, ValueError, IndexError, KeyError, TypeError)


_LIVE = (
    select(
        search_segments.c.id,
        search_segments.c.documents,
        search_segments.c.newest_seen,
        search_segments.c.oldest_seen,
    )
    .where(search_segments.c.state == SegmentState.LIVE)
    .order_by(search_segments.c.newest_seen.desc(), search_segments.c.newest_id.desc())
)


class StoredParts:
    """The parts of a segment, within a transaction. Raises `missing` where one is not there."""

    def __init__(self, connection: Connection, segment_id: int, missing: Exception) -> None:
        self._connection = connection
        self._segment_id = segment_id
        self._missing = missing

    def terms(self, numbers: Sequence[int]) -> Mapping[int, bytes]:
        """Their terms alone."""
        rows = self._rows(numbers, search_parts.c.number, search_parts.c.terms)
        return dict(rows)

    def whole(self, numbers: Sequence[int]) -> Mapping[int, tuple[bytes, bytes]]:
        """Their terms and their postings."""
        rows = self._rows(numbers, search_parts.c.number, search_parts.c.terms, search_parts.c.postings)
        return {number: (terms, postings) for number, terms, postings in rows}

    def _rows(self, numbers: Sequence[int], *columns: ColumnElement[Any]) -> Sequence[Any]:
        asked = select(*columns).where(
            search_parts.c.segment_id == self._segment_id, search_parts.c.number.in_(list(numbers))
        )
        rows = self._connection.execute(asked).all()
        if len(rows) != len(numbers):
            raise self._missing
        return rows
