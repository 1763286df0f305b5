"""Rows of the index: articles as it reads them, and segments as it keeps them."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert, select

from watchdesk.model import Article
from watchdesk.store.batches import AT_ONCE, batched
from watchdesk.store.columns import EPOCH, MICROSECOND
from watchdesk.store.index_state import SegmentState, listed, relist
from watchdesk.store.row_mapping import sections_of
from watchdesk.store.tables import articles, search_parts, search_segments

if TYPE_CHECKING:
    from watchdesk.archive.segments import MadeSegment

_READ = select(
    articles.c.id,
    articles.c.source_id,
    articles.c.title,
    articles.c.sections,
    articles.c.language,
    articles.c.source_tags,
    articles.c.first_seen,
)
"""The columns from which terms are made."""


class OutpacedError(Exception):
    """Another process has done it, or has taken over."""


def read_articles(connection: Connection, numbers: Collection[int]) -> list[Article]:
    """Stored articles, as far as their terms are made of it; those that are gone are left out."""
    found: list[Article] = []
    for some in batched(sorted(numbers), AT_ONCE):
        found += map(_article, connection.execute(_READ.where(articles.c.id.in_(some))))
    return found


def articles_up_to(connection: Connection, number: int, limit: int) -> list[Article]:
    """The same of the articles with the greatest numbers up to one."""
    asked = _READ.where(articles.c.id <= number).order_by(articles.c.id.desc()).limit(limit)
    return list(map(_article, connection.execute(asked)))


def write_segment(connection: Connection, made: "MadeSegment | None") -> None:
    """Within a transaction that has written what the index says of itself: adds a whole segment."""
    if made is None:
        return
    columns = segment_row(made)
    new = insert(search_segments).values(state=SegmentState.LIVE, **columns)
    (segment,) = connection.execute(new).inserted_primary_key or (0,)
    relist(connection, [listed(segment, columns)], indexed_to=int(made.documents.ids.max()))
    rows = [
        {"segment_id": segment, "number": number, "terms": part.terms, "postings": part.postings}
        for number, part in enumerate(made.parts)
    ]
    connection.execute(insert(search_parts), rows)


def segment_row(made: "MadeSegment") -> dict[str, Any]:
    """The columns of a segment that say what is in it."""
    seen, ids = made.documents.seen.tolist(), made.documents.ids.tolist()
    return {
        "documents": len(ids),
        "newest_seen": EPOCH + seen[0] * MICROSECOND,
        "newest_id": ids[0],
        "oldest_seen": EPOCH + seen[-1] * MICROSECOND,
        "directory": made.directory.packed(),
        "articles": made.documents.packed(),
    }


def _article(row: Any) -> Article:
    return Article(
        id=row.id,
        source_id=row.source_id,
        title=row.title,
        sections=sections_of(row.sections),
        language=row.language,
        source_tags=frozenset(row.source_tags),
        first_seen=row.first_seen,
    )
