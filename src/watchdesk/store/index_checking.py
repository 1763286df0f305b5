"""Whether the index has what it should: each article in a segment, pending or older; each part whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, and_, func, or_, select

from watchdesk.errors import DamagedStorage
from watchdesk.store.batches import AT_ONCE, batched
from watchdesk.store.index_state import SegmentState, index_state, live_segments
from watchdesk.store.index_steps import older_than
from watchdesk.store.search_index import unreadable
from watchdesk.store.tables import articles, search_parts, search_pending, search_segments

_BEFORE_ALL = (0, -1)
_PARTS = 16
"""Parts that are read at once to see whether they can be."""
_ARTICLES = 20_000
"""Articles that are looked for at once."""
_LIVE = search_segments.c.state == SegmentState.LIVE


def unusable_segments(connection: Connection) -> int:
    """How many segments are lost, altered or unlisted, or cannot be used by what their rows say; cheap."""
    manifest, live = index_state(connection).manifest, live_segments(connection)
    lost = [*manifest.lost(live), *manifest.unlisted(live)]
    has_parts = (
        select(search_parts.c.number).where(search_parts.c.segment_id == search_segments.c.id).exists()
    )
    hollow = or_(
        search_segments.c.directory.is_(None),
        search_segments.c.articles.is_(None),
        search_segments.c.newest_seen.is_(None),
        search_segments.c.newest_id.is_(None),
        search_segments.c.oldest_seen.is_(None),
        ~has_parts,
    )
    return len(lost) + (connection.scalar(select(func.count()).where(_LIVE, hollow)) or 0)


class Place(NamedTuple):
    """An article in the order of the archive."""

    first_seen: datetime
    article_id: int


class ArticlesCheck:
    """Looks for each article of the archive in the index, the newest first, some at a time."""

    def __init__(self) -> None:
        self._last: Place | None = None
        self.found = 0
        """Entries of articles that are there, since it last began."""

    @property
    def is_at_beginning(self) -> bool:
        """Whether all were looked for, or none yet."""
        return self._last is None

    def missing(self, connection: Connection) -> Sequence[Place]:
        """Looks for some more; those that no search finds by the index.

        An index of other terms is not used, and lacks nothing. Raises what `unreadable` names.
        """
        from watchdesk.archive.terms import terms_version  # noqa: PLC0415 - numpy is heavy

        state = index_state(connection)
        if state.terms_version != terms_version():
            self._last = None
            return ()
        if self._last is None:
            self.found = 0
        seen, number = articles.c.first_seen, articles.c.id
        asked = select(seen, number).order_by(seen.desc(), number.desc()).limit(_ARTICLES)
        if self._last:
            asked = asked.where(older_than(seen, number, self._last))
        places = [Place(*row) for row in connection.execute(asked)]
        self._last = places[-1] if len(places) == _ARTICLES else None
        known = self._indexed(connection, places) if places else set()
        wanted = [one for one in places if one.article_id not in known]
        return _missing(connection, [one for one in wanted if one.article_id > state.unindexed_to])

    def _indexed(self, connection: Connection, places: Sequence[Place]) -> set[int]:
        """The numbers of those that stand in a segment."""
        from watchdesk.archive.segments import Documents  # noqa: PLC0415 - numpy is heavy

        numbers = [one.article_id for one in places]
        in_time = (
            search_segments.c.newest_seen >= places[-1].first_seen,
            search_segments.c.oldest_seen <= places[0].first_seen,
        )
        known: set[int] = set()
        for stored in connection.scalars(select(search_segments.c.articles).where(_LIVE, *in_time)):
            found = Documents.unpacked(stored).among(numbers)
            self.found += len(found)
            known.update(found)
        return known


def _missing(connection: Connection, wanted: Sequence[Place]) -> Sequence[Place]:
    """Those of them that are not noted as pending. One whose row is lost is another damage."""
    if not wanted:
        return ()
    noted = set(connection.scalars(select(search_pending.c.article_id)))
    unnoted = [one for one in wanted if one.article_id not in noted]
    stored: set[int] = set()
    for some in batched([one.article_id for one in unnoted], AT_ONCE):
        stored.update(connection.scalars(select(articles.c.id).where(articles.c.id.in_(some))))
    return [one for one in unnoted if one.article_id in stored]


class PartsCheck:
    """Reads the parts of the index again and again, some at a time."""

    def __init__(self) -> None:
        self._last = _BEFORE_ALL

    @property
    def is_at_beginning(self) -> bool:
        """Whether all were read, or none yet."""
        return self._last == _BEFORE_ALL

    def finds_damage(self, connection: Connection) -> bool:
        """Reads some parts more; whether one is not as it was written."""
        from watchdesk.encoding.zstd import zstd  # noqa: PLC0415 - for who reads segments

        segment, number = search_parts.c.segment_id, search_parts.c.number
        later = or_(segment > self._last[0], and_(segment == self._last[0], number > self._last[1]))
        asked = select(segment, number, search_parts.c.terms, search_parts.c.postings)
        asked = asked.join(search_segments).where(_LIVE, segment >= self._last[0], later)
        try:
            if self.is_at_beginning and _lacks_parts(connection):
                return True
            rows = connection.execute(asked.order_by(segment, number).limit(_PARTS)).all()
            self._last = (rows[-1].segment_id, rows[-1].number) if len(rows) == _PARTS else _BEFORE_ALL
            for frame in (each for row in rows for each in row[2:]):
                zstd.decompress(frame)
        except zstd.ZstdError:
            return True
        return False


def _lacks_parts(connection: Connection) -> bool:
    """Whether a segment has other parts than its directory says, or cannot say which articles it has."""
    from watchdesk.encoding.zstd import zstd  # noqa: PLC0415 - for who reads segments

    of_segment = search_parts.c.segment_id == search_segments.c.id
    parts = select(func.count(search_parts.c.number)).where(of_segment).scalar_subquery()
    asked = select(search_segments.c.directory, search_segments.c.articles, parts.label("parts"))
    for row in connection.execute(asked.where(_LIVE)):
        zstd.decompress(row.articles)
        if zstd.decompress(row.directory).count(b"\n") != row.parts:
            return True
    return False


@dataclass(frozen=True, slots=True)
class IndexCheck:
    """How the index compares with the archive."""

    entries: int = 0
    """In segments; an article that was rewritten has several."""
    superfluous: int = 0
    """Those of articles that are not there any more, as they were removed: the next merge leaves them out."""
    pending: int = 0
    missing: int = 0
    """Articles that are in no segment, not pending, and not older than the index."""
    unfound: int = 0
    """Those of them that a search does not read without the index either."""
    lost: int = 0
    """Segments that are gone."""
    altered: int = 0
    """Segments that are not what the index says of them, or that it does not list."""
    is_outdated: bool = False
    """It was made with other terms: searches read every article until it is built anew."""
    is_lost: bool = False
    """What it says of itself is lost: the same."""
    is_unreadable: bool = False
    """A part is not as it was written: searches read every article."""

    @property
    def is_whole(self) -> bool:
        """Whether it has what it should."""
        return not (self.missing or self.lost or self.altered or self.is_lost or self.is_unreadable)


def checked_index(connection: Connection) -> IndexCheck:
    """Compares all of the index with all articles, within a transaction with one view."""
    from watchdesk.archive.terms import terms_version  # noqa: PLC0415 - numpy is heavy

    state, live = index_state(connection), live_segments(connection)
    lost = state.manifest.lost(live)
    altered = [*state.manifest.unlisted(live), *(one.id for one in lost if one.id in live)]
    is_outdated = not state.is_lost and bool(live) and state.terms_version != terms_version()
    pending = connection.scalar(select(func.count(search_pending.c.article_id.distinct()))) or 0
    missing: list[Place] = []
    parts, places = PartsCheck(), ArticlesCheck()
    try:
        is_unreadable = parts.finds_damage(connection)
        while not (is_unreadable or parts.is_at_beginning):
            is_unreadable = parts.finds_damage(connection)
        missing += places.missing(connection)
        while not places.is_at_beginning:
            missing += places.missing(connection)
    except unreadable_merge():
        is_unreadable = True
    unfound = [one for one in missing if one.article_id <= state.manifest.indexed_to]
    for gone in lost:
        unfound = [one for one in unfound if not gone.oldest_seen <= one.first_seen <= gone.newest_seen]
    entries = sum(one.documents for one in live.values())
    is_counted = not is_unreadable and state.terms_version == terms_version()
    return IndexCheck(
        entries,
        max(entries - places.found, 0) if is_counted else 0,
        pending,
        len(missing),
        0 if is_unreadable else len(unfound),
        len(lost) - sum(one.id in live for one in lost),
        0 if state.is_lost else len(altered),
        is_outdated,
        state.is_lost,
        is_unreadable,
    )


def unreadable_merge() -> tuple[type[Exception], ...]:
    """What a merge raises where a segment cannot be read; a damaged file is for who looks after that."""
    return tuple(one for one in unreadable() if one is not DamagedStorage)
