"""Which story an article belongs to: articles that share a key are one story."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select

from watchdesk.store.batches import AT_ONCE, batched
from watchdesk.store.tables import stories, story_keys
from watchdesk.store.upserts import upsert_all


def stories_of(connection: Connection, keys: Sequence[Sequence[str]], now: datetime) -> Sequence[int]:
    """For the keys of each article its story: the oldest that has one of them, else a new one.

    All its keys lead to that story from now on.
    """
    every = sorted({key for own in keys for key in own})
    known: dict[str, int] = {}
    for chunk in batched(every, AT_ONCE):
        asked = select(story_keys.c.key, story_keys.c.story_id).where(story_keys.c.key.in_(chunk))
        known |= {row.key: int(row.story_id) for row in connection.execute(asked)}
    unseen = [key for key in every if key not in known]
    blank = iter(_new_stories(connection, sum(known.keys().isdisjoint(own) for own in keys), now))
    found: list[int] = []
    for own in keys:
        story = min((known[key] for key in own if key in known), default=None)
        story = next(blank) if story is None else story
        for key in own:
            known.setdefault(key, story)
        found.append(story)
    upsert_all(connection, story_keys, [{"key": key, "story_id": known[key]} for key in unseen])
    return found


def _new_stories(connection: Connection, count: int, now: datetime) -> Sequence[int]:
    """As many as may be needed; articles that turn out to share a key leave some of them empty."""
    if not count:
        return ()
    begun = connection.execute(insert(stories).returning(stories.c.id), [{"began": now}] * count)
    return sorted(begun.scalars())
