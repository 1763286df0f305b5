"""Which story an article belongs to: articles that share a key are one story."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, insert, select

from watchdesk.model import DAY_KEY
from watchdesk.store.batches import AT_ONCE, batched
from watchdesk.store.tables import stories, story_keys
from watchdesk.store.upserts import upsert_all

_DAY = timedelta(days=1)


def stories_of(connection: Connection, keys: Sequence[Sequence[str]], now: datetime) -> Sequence[int]:
    """For the keys of each article its story: the oldest that has one of them, else a new one.

    All its keys lead to that story from now on.
    """
    every = sorted({key for own in keys for key in own})
    known: dict[str, int] = {}
    for chunk in batched(every, AT_ONCE):
        rows = connection.execute(select(story_keys).where(story_keys.c.key.in_(chunk)))
        known |= {row.key: int(row.story_id) for row in rows if _is_good(row, now)}
    unseen = [key for key in every if key not in known]
    blank = iter(_new_stories(connection, sum(known.keys().isdisjoint(own) for own in keys), now))
    found: list[int] = []
    for own in keys:
        story = min((known[key] for key in own if key in known), default=None)
        story = next(blank) if story is None else story
        for key in own:
            known.setdefault(key, story)
        found.append(story)
    rows_of_unseen = [{"key": key, "story_id": known[key], "seen_at": now} for key in unseen]
    upsert_all(connection, story_keys, rows_of_unseen)
    return found


def _is_good(row: Row[tuple[object, ...]], now: datetime) -> bool:
    """Whether the key still says something: a title does for a day from when it was first seen."""
    if not row.key.startswith(DAY_KEY):
        return True
    return row.seen_at is not None and abs(now - row.seen_at) < _DAY


def _new_stories(connection: Connection, count: int, now: datetime) -> Sequence[int]:
    """As many as may be needed; articles that turn out to share a key leave some of them empty."""
    if not count:
        return ()
    begun = connection.execute(insert(stories).returning(stories.c.id), [{"began": now}] * count)
    return sorted(begun.scalars())
