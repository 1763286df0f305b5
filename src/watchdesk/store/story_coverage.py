"""What digests ask of stories: who tells each, which matches wait with which, and when each was told."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, func, insert, or_, select

from watchdesk.model import HOLDS_BACK, Coverage, Queued, Release, Spread, Telling
from watchdesk.store.batches import AT_ONCE, batched
from watchdesk.store.database import Database
from watchdesk.store.digest_marks import take_out
from watchdesk.store.index_steps import off_index
from watchdesk.store.stories import current_story, within_stories
from watchdesk.store.tables import (
    articles,
    digests,
    matches,
    places,
    released_places,
    stories,
    story_members,
    story_merges,
)


class CoverageRows:
    """The part of `ports.HistoryStore` that is about stories."""

    _database: Database

    def coverage(self, story_ids: Collection[int]) -> Mapping[int, Coverage]:
        """See `ports.HistoryStore.coverage`."""
        found: dict[int, list[Telling]] = {}
        story, seen = current_story(), func.min(articles.c.first_seen)
        with self._database.read() as connection:
            for chunk in batched(sorted(story_ids), AT_ONCE):
                asked = (
                    select(
                        story.label("story"),
                        articles.c.source_id,
                        seen.label("seen"),
                        _first(),
                        _last(),
                    )
                    .select_from(_with_reasons())
                    .where(within_stories(chunk), is_sure())
                    .group_by(story, articles.c.source_id)
                    .order_by(story, seen, articles.c.source_id)
                )
                for row in connection.execute(asked):
                    telling = Telling(row.source_id, row.seen, row.first, row.last)
                    found.setdefault(row.story, []).append(telling)
        return {number: Coverage(tuple(tellings)) for number, tellings in found.items()}

    def spread(self, story_id: int) -> Spread | None:
        """See `ports.HistoryStore.spread`."""
        asked = (
            select(func.count(articles.c.source_id.distinct()).label("sources"), _first(), _last())
            .select_from(_with_reasons())
            .where(within_stories([story_id]), is_sure())
        )
        with self._database.read() as connection:
            row = connection.execute(asked).one()
        return Spread(row.sources, row.first, row.last) if row.sources else None

    def queued(self, digest_name: str) -> Sequence[Queued]:
        """See `ports.DigestStore.queued`."""
        asked = (
            select(
                places.c.id,
                matches.c.rule_id,
                matches.c.article_id,
                current_story().label("story"),
                matches.c.matched_at,
                is_sure().label("is_sure"),
            )
            .select_from(
                _with_reasons()
                .join(matches, matches.c.article_id == articles.c.id)
                .join(places, places.c.match_id == matches.c.id)
            )
            .where(places.c.digest_name == digest_name, places.c.digest_id.is_(None))
            .order_by(matches.c.matched_at, places.c.id)
        )
        with self._database.read() as connection:
            rows = connection.execute(asked).all()
        return [
            Queued(row.id, row.rule_id, row.article_id, row.story, row.matched_at, bool(row.is_sure))
            for row in rows
        ]

    def surely_included(self, digest_name: str, story_ids: Collection[int]) -> Mapping[int, datetime]:
        """See `ports.HistoryStore.surely_included`."""
        found: dict[int, datetime] = {}
        story = current_story()
        with self._database.read() as connection:
            for chunk in batched(sorted(story_ids), AT_ONCE):
                asked = (
                    select(story.label("story"), func.max(digests.c.composed_at).label("last"))
                    .select_from(
                        _with_reasons()
                        .join(matches, matches.c.article_id == articles.c.id)
                        .join(places, places.c.match_id == matches.c.id)
                        .join(digests, places.c.digest_id == digests.c.id)
                    )
                    .where(off_index(places.c.digest_name) == digest_name, within_stories(chunk), is_sure())
                    .group_by(story)
                )
                found |= {row.story: row.last for row in connection.execute(asked)}
        return found

    def release_unwanted(
        self, digest_name: str, sources: Mapping[int, int], wanted: int, now: datetime
    ) -> int:
        """See `ports.DigestStore.release_unwanted`."""
        released = 0
        with self._database.write() as connection:
            for chunk in batched(sorted(sources), AT_ONCE):
                chosen = and_(places.c.digest_name == digest_name, places.c.id.in_(chunk))
                rows = [
                    {
                        "digest_name": digest_name,
                        "match_id": gone.match_id,
                        "reason": str(Release.NOT_WANTED),
                        "at": now,
                        "sources": sources[gone.id],
                        "sources_wanted": wanted,
                    }
                    for gone in take_out(connection, chosen)
                ]
                if rows:
                    connection.execute(insert(released_places), rows)
                released += len(rows)
        return released

    def not_wanted(self, digest_name: str, since: datetime) -> int:
        """See `ports.HistoryStore.not_wanted`."""
        asked = (
            select(func.count(matches.c.article_id.distinct()))
            .join(matches, released_places.c.match_id == matches.c.id)
            .where(
                released_places.c.digest_name == digest_name,
                released_places.c.at >= since,
                released_places.c.reason == str(Release.NOT_WANTED),
            )
        )
        with self._database.read() as connection:
            return int(connection.execute(asked).scalar_one())


def is_sure() -> ColumnElement[bool]:
    """Whether an article's membership may hold it back (`Membership.may_hold_back`)."""
    return and_(
        or_(story_members.c.similarity.is_(None), story_members.c.similarity >= HOLDS_BACK),
        or_(story_merges.c.similarity.is_(None), story_merges.c.similarity >= HOLDS_BACK),
    )


def _happened() -> ColumnElement[Any]:
    return func.coalesce(story_members.c.happened_at, articles.c.first_seen)


def _first() -> ColumnElement[Any]:
    return func.min(_happened(), type_=articles.c.first_seen.type).label("first")


def _last() -> ColumnElement[Any]:
    return func.max(_happened(), type_=articles.c.first_seen.type).label("last")


def _with_reasons() -> Any:
    """Articles with their stories and, where they were kept, the reasons."""
    joined: FromClause = articles.join(stories, articles.c.story_id == stories.c.id)
    joined = joined.outerjoin(story_members, story_members.c.article_id == articles.c.id)
    return joined.outerjoin(story_merges, story_merges.c.story_id == stories.c.id)
