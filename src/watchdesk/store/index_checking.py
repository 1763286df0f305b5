"""Whether the index has what it should: each article in a segment, pending or older; each part whole."""

from sqlalchemy import Connection, and_, func, or_, select

from watchdesk.errors import DamagedStorage
from watchdesk.store.search_index import SegmentState, index_state, unreadable
from watchdesk.store.tables import articles, search_parts, search_pending, search_segments

_BEFORE_ALL = (0, -1)
_AT_ONCE = 16
"""Parts that are read to see whether they can be."""
_LIVE = search_segments.c.state == SegmentState.LIVE


def lacking(connection: Connection) -> int:
    """How many articles no search can find, or segments that cannot be used; 0: none, as far as counts say.

    Segments still count articles that were pruned or rewritten, so that a few may be missed.
    """
    unindexed_to = index_state(connection).unindexed_to
    own = func.count().label("own")
    wanted = connection.scalar(select(own).select_from(articles).where(articles.c.id + 0 > unindexed_to)) or 0
    indexed = connection.scalar(select(func.sum(search_segments.c.documents)).where(_LIVE)) or 0
    pending = connection.scalar(select(func.count(search_pending.c.article_id.distinct()))) or 0
    missing = max(wanted - int(indexed) - pending, 0)
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
    return missing or connection.scalar(select(func.count()).where(_LIVE, hollow)) or 0


class PartsCheck:
    """Reads the parts of the index again and again, some at a time."""

    def __init__(self) -> None:
        self._last = _BEFORE_ALL

    def finds_damage(self, connection: Connection) -> bool:
        """Reads some parts more; whether one is not as it was written."""
        from watchdesk.encoding.zstd import zstd  # noqa: PLC0415 - for who reads segments

        segment, number = search_parts.c.segment_id, search_parts.c.number
        later = or_(segment > self._last[0], and_(segment == self._last[0], number > self._last[1]))
        asked = select(segment, number, search_parts.c.terms, search_parts.c.postings)
        asked = asked.join(search_segments).where(_LIVE, segment >= self._last[0], later)
        whole = select(search_segments.c.directory, search_segments.c.articles).where(_LIVE)
        heads = connection.execute(whole).all() if self._last == _BEFORE_ALL else []
        rows = connection.execute(asked.order_by(segment, number).limit(_AT_ONCE)).all()
        self._last = (rows[-1].segment_id, rows[-1].number) if len(rows) == _AT_ONCE else _BEFORE_ALL
        try:
            for frame in (
                *(each for head in heads for each in head),
                *(each for row in rows for each in row[2:]),
            ):
                zstd.decompress(frame)
        except zstd.ZstdError:
            return True
        return False


def unreadable_merge() -> tuple[type[Exception], ...]:
    """What a merge raises where a segment cannot be read; a damaged file is for who looks after that."""
    return tuple(one for one in unreadable() if one is not DamagedStorage)
