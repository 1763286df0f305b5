"""Which segments of the index are to be merged: those of one size, once there are enough of them."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, select, type_coerce

from watchdesk.archive.limits import MOST_DOCUMENTS
from watchdesk.store.index_state import SegmentState
from watchdesk.store.tables import articles, search_segments

FACTOR = 8
"""So many segments of one size are merged into one of the next."""

_SIZES = (64, 512, 3_500, 16_384)
"""Articles from which on a segment is of the next size. Those of the last are not merged."""


def to_be_merged(connection: Connection, most: int = MOST_DOCUMENTS) -> Sequence[int]:
    """The ids of segments that are to become one, of at most so many articles; empty where none are."""
    live = select(search_segments.c.id, search_segments.c.documents)
    live = live.where(search_segments.c.state == SegmentState.LIVE)
    sizes: dict[int, list[Any]] = {}
    for row in connection.execute(live.order_by(search_segments.c.newest_seen, search_segments.c.id)):
        sizes.setdefault(_size(row.documents), []).append(row)
    for size, rows in sorted(sizes.items()):
        if size == len(_SIZES) or len(rows) < FACTOR:
            continue
        chosen: list[int] = []
        documents = 0
        for row in rows[:FACTOR]:
            if documents + row.documents > MOST_DOCUMENTS:
                break
            documents += row.documents
            chosen.append(row.id)
        if len(chosen) > 1 and documents <= most:
            return chosen
    return ()


def half_empty(connection: Connection, most: int = MOST_DOCUMENTS) -> int | None:
    """The id of a segment, of at most so many articles, of which the older half was removed; None: there is
    none. Made anew without them, it begins with an article that is there.
    """
    oldest, newest, seen = (
        type_coerce(column, BigInteger)
        for column in (search_segments.c.oldest_seen, search_segments.c.newest_seen, articles.c.first_seen)
    )
    there = select(articles.c.id).where(seen >= oldest)
    chosen = select(search_segments.c.id).where(
        search_segments.c.state == SegmentState.LIVE,
        search_segments.c.documents <= most,
        ~there.where(seen <= oldest + (newest - oldest) // 2).exists(),
        there.where(seen <= newest).exists(),
    )
    return connection.scalar(chosen.order_by(search_segments.c.oldest_seen).limit(1))


def _size(documents: int) -> int:
    return bisect_right(_SIZES, documents)
