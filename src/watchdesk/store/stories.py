"""Which story a stored article is in, and why. `story_writing` puts it there."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select

from watchdesk.model import JoinedBy, Membership, Merge, SharedText, Sharing
from watchdesk.store.batches import AT_ONCE, batched
from watchdesk.store.database import Database
from watchdesk.store.tables import articles, stories, story_members, story_merges


def current_story() -> ColumnElement[Any]:
    """The story that a row of `stories` is by now."""
    return func.coalesce(stories.c.merged_into, stories.c.id)


class StoryRows:
    """`ports.StoryStore`."""

    _database: Database

    def memberships(self, article_ids: Sequence[int]) -> dict[int, Membership]:
        """See `ports.StoryStore.memberships`."""
        with self._database.read() as connection:
            return memberships_of(connection, article_ids)

    def story_articles(self, story_id: int) -> Sequence[int]:
        """See `ports.StoryStore.story_articles`."""
        asked = select(articles.c.id).join(stories, articles.c.story_id == stories.c.id)
        asked = asked.where(within_stories([story_id])).order_by(articles.c.first_seen, articles.c.id)
        with self._database.read() as connection:
            return list(connection.execute(asked).scalars())

    def merges(self, story_id: int) -> Sequence[Merge]:
        """See `ports.StoryStore.merges`."""
        asked = select(story_merges).join(stories, story_merges.c.story_id == stories.c.id)
        asked = asked.where(stories.c.merged_into == story_id).order_by(story_merges.c.id)
        with self._database.read() as connection:
            return [
                Merge(row.story_id, row.merged_into, row.at, row.similarity, tuple(row.carried_by.split()))
                for row in connection.execute(asked)
            ]


def memberships_of(connection: Connection, article_ids: Sequence[int]) -> dict[int, Membership]:
    """By article id; those from before reasons were kept are left out."""
    found: dict[int, Membership] = {}
    merged = story_merges.c.similarity.label("merged")
    for chunk in batched(sorted(article_ids), AT_ONCE):
        asked = (
            select(story_members, stories.c.merged_into, merged)
            .join(stories, story_members.c.story_id == stories.c.id)
            .outerjoin(story_merges, story_merges.c.story_id == stories.c.id)
            .where(story_members.c.article_id.in_(chunk))
        )
        found |= {row.article_id: _membership(row) for row in connection.execute(asked)}
    return found


def _membership(row: Row[Any]) -> Membership:
    shared = SharedText(Sharing(row.sharing), row.shared_with, row.containment) if row.sharing else None
    return Membership(
        story_id=row.story_id if row.merged_into is None else row.merged_into,
        joined_by=JoinedBy(row.joined_by),
        similarity=row.similarity if row.merged is None else min(row.similarity, row.merged),
        nearest=row.nearest,
        terms=tuple(row.carried_by.split()),
        shared=shared,
        merged_from=None if row.merged_into is None else row.story_id,
    )


def within_stories(story_ids: Sequence[int]) -> ColumnElement[bool]:
    """Rows of `stories` that are these by now."""
    return or_(stories.c.id.in_(story_ids), stories.c.merged_into.in_(story_ids))
