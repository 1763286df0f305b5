"""Rows of what decides of later articles: as they are written, read, and in the end emptied."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Column, ColumnElement, Connection, and_, bindparam, case, delete, insert, select

from watchdesk.store.batches import AT_ONCE, batched
from watchdesk.store.index_steps import off_index
from watchdesk.store.story_tables import is_kept_whole
from watchdesk.store.tables import story_members
from watchdesk.stories import Member
from watchdesk.stories.members import STORED_WEIGHTS, Terms, hashes_of, seconds
from watchdesk.stories.shingles import STORED
from watchdesk.stories.thresholds import COPY_WINDOW, EVENT_KEPT, MOST_ARTICLES

KEPT = COPY_WINDOW * 1.1
"""How long members are kept whole."""

_MOST_FORGOTTEN = 250
"""At once: some 15 ms."""

_NOT_COMPARED = {"title_terms": "", "lead_terms": "", "vector_terms": "", "vector_weights": b""}
"""Columns that nobody needs of a member that is only recognised in copies."""


def _told(column: Column[Any]) -> ColumnElement[Any]:
    """A column of members; empty for those for which nobody needs it."""
    if column.name not in _NOT_COMPARED:
        return column
    is_compared = story_members.c.seen_at >= bindparam("told_since", type_=story_members.c.seen_at.type)
    return case((is_compared, column), else_=_NOT_COMPARED[column.name]).label(column.name)


_IS_RECENT = and_(story_members.c.seen_at >= bindparam("since"), is_kept_whole())
_RECENT_MEMBERS = select(*map(_told, story_members.c)).where(
    story_members.c.id.in_(bindparam("ids", expanding=True))
)
_RECENT_NUMBERS = (
    select(story_members.c.id)
    .where(_IS_RECENT)
    .order_by(off_index(story_members.c.id).desc())
    .limit(MOST_ARTICLES)
)


def recent_members(connection: Connection, now: datetime) -> Iterator[Sequence[Member]]:
    """The members that count, in their order; some at a time, for all at once take hundreds of megabytes."""
    numbers = connection.execute(_RECENT_NUMBERS, {"since": now - KEPT}).scalars().all()[::-1]
    for some in batched(numbers, AT_ONCE):
        asked = {"told_since": now - EVENT_KEPT, "ids": list(some)}
        rows = connection.execute(_RECENT_MEMBERS.order_by(story_members.c.id), asked)
        yield [member_of_row(row) for row in rows]


def member_of_row(row: Any) -> Member:
    """A member as it was written."""
    return Member(
        source_id=row.source_id,
        seen=seconds(row.seen_at),
        happened=seconds(row.happened_at),
        told=Terms(*(tuple(said.split()) for said in (row.title_terms, row.lead_terms, row.vector_terms))),
        weights=np.frombuffer(row.vector_weights, dtype=STORED_WEIGHTS).astype(np.float32).tobytes(),
        words=row.words,
        every=row.every,
        shingles=hashes_of(row.shingles),
        facts=hashes_of(row.facts),
        story=row.story_id,
        article_id=row.article_id,
        number=row.id,
        day=row.day,
    )


def columns_of(member: Member) -> Mapping[str, Any]:
    """What decides, as it is written. All but the reason, and the moments, which a float does not hold."""
    return {
        "story_id": member.story,
        "source_id": member.source_id,
        "day": member.day,
        "title_terms": " ".join(member.title_terms),
        "lead_terms": " ".join(member.lead_terms),
        "vector_terms": " ".join(member.vector_terms),
        "vector_weights": member.vector_weights.astype(STORED_WEIGHTS).tobytes(),
        "words": member.words,
        "every": member.every,
        "shingles": member.shingles.astype(STORED).tobytes(),
        "facts": member.facts.astype(STORED).tobytes(),
    }


_OLD = (
    select(story_members.c.id)
    .where(story_members.c.seen_at < bindparam("before"), is_kept_whole())
    .order_by(story_members.c.seen_at)
    .limit(_MOST_FORGOTTEN)
)
_NOTHING = {**_NOT_COMPARED, "every": 0, "shingles": b"", "facts": b""}
"""What is kept of a member that is compared no more, beside the reason."""
_REASONS = [column for column in story_members.c if column.name not in _NOTHING]


def forget_old(connection: Connection, now: datetime) -> bool:
    """Keeps only the reason of some articles that are compared no more; whether there may be others.

    Pruning removes it with the article.
    """
    old = connection.execute(_OLD, {"before": now - KEPT}).scalars().all()
    _forget(connection, story_members.c.id, old)
    return len(old) == _MOST_FORGOTTEN


def forget_words(connection: Connection, article_ids: Sequence[int]) -> None:
    """Keeps only the reason of these articles, though they may still be compared: they are removed.

    Their rows stay, and with them their stories: a process that knows them goes on comparing with them.
    """
    _forget(connection, story_members.c.article_id, article_ids)


def _forget(connection: Connection, key: Column[Any], values: Sequence[int]) -> None:
    """Puts rows back without what is compared. SQLite joins pages that hold little when rows are deleted, but
    not when they are made smaller: each row would keep the page that it had filled.
    """
    chosen = and_(key.in_(values), is_kept_whole())
    rows = connection.execute(select(*_REASONS).where(chosen)).mappings().all()
    if rows:
        connection.execute(delete(story_members).where(chosen))
        connection.execute(insert(story_members), [{**row, **_NOTHING} for row in rows])
