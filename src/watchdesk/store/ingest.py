"""Polls go into the store: several in one transaction, and each by itself where that is refused."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, Select, bindparam, delete, select

from watchdesk.errors import LostShard, RefusedRow, StorageError
from watchdesk.logger import get_logger
from watchdesk.model import Article, Ingested, Known, PollPart, Recalled, SourceState, Stored, refusals
from watchdesk.store.batches import AT_ONCE, batched
from watchdesk.store.database import Database
from watchdesk.store.fence import Fenced
from watchdesk.store.pages import PageRows
from watchdesk.store.poll_writing import known_keys, sources_of, write_polls
from watchdesk.store.row_mapping import article_of
from watchdesk.store.source_lock import lock_sources
from watchdesk.store.stories import StoryRows
from watchdesk.store.story_lock import lock_stories
from watchdesk.store.tables import articles, matches, places
from watchdesk.store.wordings import WordingRows

if TYPE_CHECKING:
    from watchdesk.store.story_window import StoryWindow

log = get_logger(__name__)

# Made once: that a list of numbers is made a statement each time costs more than the database's own work.
_VERSIONS = select(articles).where(articles.c.id.in_(bindparam("ids", expanding=True)))


class IngestRows(Fenced, PageRows, WordingRows, StoryRows):
    """The writing half of `ports.ArticleStore`."""

    _database: Database
    _stories: "Callable[[], StoryWindow]"

    def known(self, source_id: str, keys: Sequence[str]) -> Mapping[str, Known]:
        """Those of `keys` that the source's entries were stored under."""
        with self._database.read() as connection:
            return known_keys(connection, source_id, keys)

    def versions(self, article_ids: Sequence[int]) -> Mapping[int, Article]:
        """Stored articles by id, as they are now."""
        found: dict[int, Article] = {}
        with self._database.read() as connection:
            for chunk in batched(article_ids, AT_ONCE):
                rows = connection.execute(_VERSIONS, {"ids": list(chunk)}).mappings()
                found |= {row["id"]: article_of(row) for row in rows}
        return found

    def ingest(
        self,
        items: Sequence[Ingested],
        state: SourceState | None,
        now: datetime,
        recalled: Sequence[Recalled] = (),
    ) -> Sequence[Stored]:
        """See `ports.PollStore.ingest`."""
        part = PollPart(items, state, now, recalled)
        try:
            return self._together([part])[0]
        except RefusedRow as refused:
            log.error("rows are written one by one, for one of them is refused", why=str(refused))
            return self._one_by_one(part)

    def ingest_together(self, parts: Sequence[PollPart]) -> Sequence[Sequence[Stored] | StorageError]:
        """See `ports.ArticleStore.ingest_together`."""
        if len(parts) > 1:
            try:
                return self._together(parts)
            except RefusedRow as refused:
                log.error("polls are written one by one, for a row of one is refused", why=str(refused))
            except LostShard:
                pass  # one of them is: the others are written
            except StorageError as error:
                return [error] * len(parts)
        return [self._alone(part) for part in parts]

    def _alone(self, part: PollPart) -> Sequence[Stored] | StorageError:
        try:
            return self.ingest(part.items, part.state, part.now, part.recalled)
        except StorageError as error:
            return error

    def _together(self, parts: Sequence[PollPart]) -> Sequence[Sequence[Stored]]:
        window = self._stories()

        def write(connection: Connection) -> Sequence[Sequence[Stored]]:
            of_keys = [part for part in parts if part.items or part.recalled]
            lock_sources(connection, {name for part in of_keys for name in sources_of(part)})
            self._fence(connection, {name for part in parts for name in sources_of(part)})
            return write_polls(connection, window, parts)

        return window.transact(self._database, write)

    def _one_by_one(self, part: PollPart) -> Sequence[Stored]:
        """Writes each in a transaction of its own, so that a refused one costs no other."""
        stored: list[Stored] = []
        for item in part.items:
            try:
                stored += self._together([PollPart([item], None, part.now)])[0]
            except RefusedRow as refused:
                stored.append(Stored(0, new=False, refused=str(refused)))
        if part.state is not None:
            reasons = tuple(why for one in stored if (why := one.refused))
            state = replace(part.state, trouble=(*part.state.trouble, *refusals(reasons)))
            self._together([replace(part, items=(), state=state)])
        return stored

    def prune(self, before: datetime, limit: int = 1000, below: int | None = None) -> int:
        """Removes articles first seen before then, except those that wait for a digest.

        `below`: only those with a smaller number.
        """
        old = select(articles.c.id).where(articles.c.first_seen < before).order_by(articles.c.first_seen)
        return self._remove(old if below is None else old.where(articles.c.id < below), limit)

    def prune_oldest(self, before: datetime, limit: int) -> Sequence[datetime]:
        """See `ports.ArticleStore.prune_oldest`."""
        from watchdesk.store.member_rows import forget_words  # noqa: PLC0415 - numpy is heavy

        old = select(articles.c.id, articles.c.first_seen).where(articles.c.first_seen < before)
        chosen = old.where(_none_waits()).order_by(articles.c.id).limit(limit)
        with self._database.write() as connection:
            rows = connection.execute(chosen).all()
            parts = list(batched([row.id for row in rows], AT_ONCE))
            for some in parts:
                connection.execute(delete(articles).where(articles.c.id.in_(some)))
            lock_stories(connection)
            for some in parts:
                forget_words(connection, some)
        return [row.first_seen for row in rows]

    def _remove(self, old: Select[tuple[int]], limit: int) -> int:
        """Removes the first so many, except those that wait for a digest."""
        chosen = old.where(_none_waits()).limit(limit)
        with self._database.write() as connection:
            return connection.execute(delete(articles).where(articles.c.id.in_(chosen))).rowcount


def _none_waits() -> ColumnElement[bool]:
    """Whether an article waits for no digest."""
    waiting = (
        select(matches.c.id)
        .join(places, places.c.match_id == matches.c.id)
        .where(matches.c.article_id == articles.c.id, places.c.digest_id.is_(None))
    )
    return ~waiting.exists()
