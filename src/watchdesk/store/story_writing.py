"""Puts new articles into stories, and keeps why they are there. `watchdesk.stories` decides."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, delete, insert, or_, select, update

from watchdesk.model import DAY_KEY, Ingested
from watchdesk.store.batches import AT_ONCE, batched
from watchdesk.store.index_steps import off_index
from watchdesk.store.member_rows import columns_of
from watchdesk.store.numbered import insert_numbered
from watchdesk.store.row_mapping import sections_of
from watchdesk.store.stories import current_story, within_stories
from watchdesk.store.story_window import StoryWindow
from watchdesk.store.tables import articles, stories, story_keys, story_members, story_merges
from watchdesk.store.upserts import upsert_all
from watchdesk.stories import Assigned, Assigning, Merged
from watchdesk.stories.members import member_of

_DAY = timedelta(days=1)


# Made once: that a statement is made each time costs more than the database's own work.
_FORGET_MEMBERS = delete(story_members).where(
    story_members.c.article_id.in_(bindparam("ids", expanding=True))
)
_DROP_STORIES = delete(stories).where(stories.c.id.in_(bindparam("ids", expanding=True)))
_STORIES_OF_KEYS = (
    select(story_keys.c.key, story_keys.c.seen_at, current_story().label("story"))
    .join(stories, story_keys.c.story_id == stories.c.id)
    .where(story_keys.c.key.in_(bindparam("keys", expanding=True)))
)
_THESE_STORIES: BindParameter[Sequence[int]] = bindparam("stories", expanding=True)
_SAID_IN = (
    select(current_story().label("story"), articles.c.content_hash)
    .join(stories, articles.c.story_id == stories.c.id)
    .where(
        or_(stories.c.id.in_(_THESE_STORIES), stories.c.merged_into.in_(_THESE_STORIES)),
        off_index(articles.c.source_id) == bindparam("source_id"),
    )
)


def put_into_stories(
    connection: Connection, story_window: StoryWindow, items: Sequence[Ingested], now: datetime
) -> Sequence[Assigned]:
    """Puts new articles of one source into stories, in order; those that are new stories are written.

    All keys that lead nowhere yet lead to the article's story from now on.
    """
    window = story_window.follow(connection, now)
    every = sorted({key for item in items for key in item.story_keys})
    known = _known(connection, every, now)
    unseen = [key for key in every if key not in known]
    said = _said_in(connection, sorted(set(known.values())), items[0].article.source_id)
    begun = _NewStories(connection, len(items), now)
    assigning = Assigning(window, known, said, begun.next, lambda number: _page_of(connection, number))
    assigned = []
    for item in items:
        assigned.append(assigning.assign(item))
        if member := assigned[-1].member:
            story_window.add(member)
    if assigning.merges:
        story_window.has_merged()
    begun.drop_rest()
    _write_merges(connection, assigning.merges, now)
    rows_of_unseen = [{"key": key, "story_id": known[key], "seen_at": now} for key in unseen]
    upsert_all(connection, story_keys, rows_of_unseen)
    return assigned


def write_members(
    connection: Connection,
    story_window: StoryWindow,
    items: Sequence[Ingested],
    assigned: Sequence[Assigned],
    article_ids: Sequence[int],
) -> None:
    """Keeps what decides of later articles, and why these are where they are."""
    for one, number in zip(assigned, article_ids, strict=True):
        if one.member:
            one.member.article_id = number  # before any row names it as the nearest
    # SQLite gives the number of an article that is gone to another one.
    story_window.forget(article_ids)
    connection.execute(_FORGET_MEMBERS, {"ids": list(article_ids)})
    rows = [
        _member_row(item, one) for item, one in zip(items, assigned, strict=True) if one.member is not None
    ]
    if not rows:
        return
    numbers = insert_numbered(connection, story_members, rows)
    members = [one.member for one in assigned if one.member]
    for member, number in zip(members, numbers, strict=True):
        member.number = number
    story_window.written(members)


def rewrite_member(
    connection: Connection, story_window: StoryWindow, article_id: int, item: Ingested, now: datetime
) -> None:
    """Lets later articles be compared with what a stored one says now; it stays in its story."""
    asked = select(story_members).where(story_members.c.article_id == article_id)
    before = connection.execute(asked).mappings().one_or_none()
    if item.features is None or before is None or before["every"] == 0:
        return
    window = story_window.follow(connection, now)
    member = member_of(item.article, item.features, window.frequencies)
    member.story, member.day = before["story_id"], before["day"]
    story_window.forget([article_id])
    row = {**before, **columns_of(member)}
    del row["id"]  # under a new number, every process reads it again
    # Deleted last: SQLite gives the number of the last row that is gone to the next one.
    old = story_members.c.id == before["id"]
    connection.execute(update(story_members).where(old).values(article_id=-article_id))
    connection.execute(insert(story_members), row)
    connection.execute(delete(story_members).where(old))


def _member_row(item: Ingested, assigned: Assigned) -> dict[str, Any]:
    member, shared = assigned.member, assigned.shared
    assert member is not None
    return {
        **columns_of(member),
        "article_id": member.article_id,
        "seen_at": item.article.first_seen,
        "happened_at": item.article.happened_at,
        "joined_by": str(assigned.joined_by),
        "similarity": assigned.similarity,
        "nearest": assigned.nearest.article_id if assigned.nearest else None,
        "carried_by": " ".join(assigned.terms),
        "sharing": str(shared.sharing) if shared else None,
        "shared_with": shared.other.article_id if shared else None,
        "containment": shared.containment if shared else None,
    }


def _known(connection: Connection, keys: Sequence[str], now: datetime) -> dict[str, int]:
    """By key, the story that it leads to by now."""
    known: dict[str, int] = {}
    for chunk in batched(keys, AT_ONCE):
        rows = connection.execute(_STORIES_OF_KEYS, {"keys": list(chunk)})
        known |= {row.key: int(row.story) for row in rows if _is_good(row, now)}
    return known


def _said_in(connection: Connection, story_ids: Sequence[int], source_id: str) -> dict[int, set[str]]:
    """By story: content hashes of one source's articles in it."""
    said: dict[int, set[str]] = {}
    for chunk in batched(story_ids, AT_ONCE):
        for row in connection.execute(_SAID_IN, {"stories": list(chunk), "source_id": source_id}):
            said.setdefault(row.story, set()).add(row.content_hash)
    return said


def _is_good(row: Row[Any, Any, Any], now: datetime) -> bool:
    """Whether the key still holds: a title does for a day after it was first seen."""
    if not row.key.startswith(DAY_KEY):
        return True
    return row.seen_at is not None and abs(now - row.seen_at) < _DAY


def _page_of(connection: Connection, article_id: int) -> tuple[str, str] | None:
    """Title and paragraphs of a stored article; None: it is gone."""
    asked = select(articles.c.title, articles.c.sections).where(articles.c.id == article_id)
    row = connection.execute(asked).one_or_none()
    if row is None:
        return None
    text = "\n".join(paragraph for section in sections_of(row.sections) for paragraph in section.paragraphs)
    return row.title, text


class _NewStories:
    """Stories for up to so many articles, made in one statement once the first is needed."""

    def __init__(self, connection: Connection, most: int, now: datetime) -> None:
        self._connection, self._most, self._now = connection, most, now
        self._numbers: list[int] | None = None

    def next(self) -> int:
        """The number of a story that is empty yet; each is older than the next."""
        if self._numbers is None:
            rows = [{"began": self._now}] * self._most
            made = self._connection.execute(insert(stories).returning(stories.c.id), rows)
            self._numbers = sorted(made.scalars(), reverse=True)
        return self._numbers.pop()

    def drop_rest(self) -> None:
        """Removes those that were not needed."""
        if self._numbers:
            self._connection.execute(_DROP_STORIES, {"ids": self._numbers})


def _write_merges(connection: Connection, merges: Sequence[Merged], now: datetime) -> None:
    """Keeps each with its reason, and leads every story to the one that it is by now."""
    for merge in merges:
        row = {"story_id": merge.story, "merged_into": merge.into, "at": now}
        reason = {"similarity": merge.similarity, "carried_by": " ".join(merge.terms)}
        connection.execute(insert(story_merges), {**row, **reason})
        connection.execute(
            update(stories).where(within_stories([merge.story])).values(merged_into=merge.into)
        )
