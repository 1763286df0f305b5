"""Assigns articles to stories: articles of different sources that share a key are one story."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, insert, select

from watchdesk.model import DAY_KEY, Ingested
from watchdesk.store.batches import AT_ONCE, batched
from watchdesk.store.tables import articles, stories, story_keys
from watchdesk.store.upserts import upsert_all

_DAY = timedelta(days=1)


def stories_of(connection: Connection, items: Sequence[Ingested], now: datetime) -> Sequence[int]:
    """The story of each new article of one source: the one that its strongest key leads to, else a new
    one.

    A story in which this source already says something else is ruled out: what one source publishes
    separately is never a copy. All keys that lead nowhere yet lead to its story from now on.
    """
    every = sorted({key for item in items for key in item.story_keys})
    known: dict[str, int] = {}
    for chunk in batched(every, AT_ONCE):
        rows = connection.execute(select(story_keys).where(story_keys.c.key.in_(chunk)))
        known |= {row.key: int(row.story_id) for row in rows if _is_good(row, now)}
    unseen = [key for key in every if key not in known]
    said = _said_in(connection, sorted(set(known.values())), items[0].article.source_id)
    found: list[int] = []
    blank = 0
    for item in items:
        words = item.article.content_hash
        led_to = (known[key] for key in item.story_keys if key in known)
        story = next((number for number in led_to if said.setdefault(number, {words}) == {words}), None)
        if story is None:
            blank -= 1  # its number is not known yet
            story = blank
            said[story] = {words}
        for key in item.story_keys:
            known.setdefault(key, story)
        found.append(story)
    begun = dict(zip(range(-1, blank - 1, -1), _new_stories(connection, -blank, now), strict=True))
    rows_of_unseen = [
        {"key": key, "story_id": begun.get(known[key], known[key]), "seen_at": now} for key in unseen
    ]
    upsert_all(connection, story_keys, rows_of_unseen)
    return [begun.get(story, story) for story in found]


def _said_in(connection: Connection, story_ids: Sequence[int], source_id: str) -> dict[int, set[str]]:
    """By story: content hashes of one source's articles in it."""
    said: dict[int, set[str]] = {}
    for chunk in batched(story_ids, AT_ONCE):
        asked = select(articles.c.story_id, articles.c.content_hash).where(
            articles.c.story_id.in_(chunk), articles.c.source_id == source_id
        )
        for row in connection.execute(asked):
            said.setdefault(row.story_id, set()).add(row.content_hash)
    return said


def _is_good(row: Row[tuple[object, ...]], now: datetime) -> bool:
    """Whether the key still holds: a title does for a day after it was first seen."""
    if not row.key.startswith(DAY_KEY):
        return True
    return row.seen_at is not None and abs(now - row.seen_at) < _DAY


def _new_stories(connection: Connection, count: int, now: datetime) -> Sequence[int]:
    """Creates `count` stories; their numbers, in order."""
    if not count:
        return ()
    begun = connection.execute(insert(stories).returning(stories.c.id), [{"began": now}] * count)
    return sorted(begun.scalars())
