"""Writes whole polls in one transaction: articles, stories, matches, their places in digests, states.

New articles take a few statements, however many there are.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, Select, bindparam, delete, func, select, update

from watchdesk.errors import LostShard, RefusedRow, StorageError
from watchdesk.logger import get_logger
from watchdesk.model import Article, Ingested, Known, PollPart, Recalled, SourceState, Stored, refusals
from watchdesk.store.batches import AT_ONCE, batched
from watchdesk.store.database import Database
from watchdesk.store.fence import Fenced
from watchdesk.store.matches import write_matches, write_new_matches
from watchdesk.store.member_rows import forget_words
from watchdesk.store.numbered import insert_numbered
from watchdesk.store.pages import PageRows, write_pages
from watchdesk.store.rewriting import rewrite
from watchdesk.store.row_mapping import article_of, article_row
from watchdesk.store.search_pending import write_pending
from watchdesk.store.sources import write_state
from watchdesk.store.stories import StoryRows
from watchdesk.store.story_lock import lock_stories
from watchdesk.store.tables import articles, entry_keys, matches, places
from watchdesk.store.upserts import upsert_all
from watchdesk.store.wordings import WordingRows, write_wordings

if TYPE_CHECKING:
    from watchdesk.store.story_window import StoryWindow

log = get_logger(__name__)

# Made once: that a list of keys is made a statement each time costs more than the database's own work.
_KNOWN = select(
    entry_keys.c.key, entry_keys.c.article_id, entry_keys.c.entry_hash, entry_keys.c.listed_at
).where(
    entry_keys.c.source_id == bindparam("source_id"), entry_keys.c.key.in_(bindparam("keys", expanding=True))
)

_VERSIONS = select(articles).where(articles.c.id.in_(bindparam("ids", expanding=True)))


class IngestRows(Fenced, PageRows, WordingRows, StoryRows):
    """The writing half of `ports.ArticleStore`."""

    _database: Database
    _stories: "Callable[[], StoryWindow]"

    def known(self, source_id: str, keys: Sequence[str]) -> Mapping[str, Known]:
        """Those of `keys` that the source's entries were stored under."""
        with self._database.read() as connection:
            return _known(connection, source_id, keys)

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
            if any(part.items for part in parts):
                window.lock(connection)
            self._fence(connection, {name for part in parts for name in _sources_of(part)})
            return [_write_part(connection, window, part) for part in parts]

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
        old = select(articles.c.id, articles.c.first_seen).where(articles.c.first_seen < before)
        chosen = old.where(_none_waits()).order_by(articles.c.id).limit(limit)
        with self._database.write() as connection:
            lock_stories(connection)
            rows = connection.execute(chosen).all()
            for some in batched([row.id for row in rows], AT_ONCE):
                forget_words(connection, some)
                connection.execute(delete(articles).where(articles.c.id.in_(some)))
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


def _sources_of(part: PollPart) -> Iterator[str]:
    yield from (item.article.source_id for item in part.items)
    yield from (again.source_id for again in part.recalled)
    if part.state is not None:
        yield part.state.source_id


def _write_part(connection: Connection, window: "StoryWindow", part: PollPart) -> Sequence[Stored]:
    if part.items and connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        source_id = part.items[0].article.source_id
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(source_id, 0))))
    stored: list[Stored] = []
    for batch in _without_shared_keys(part.items):
        stored += _ingest(connection, window, batch, part.now)
    _write_recalled(connection, part.recalled, part.now)
    if part.state is not None:
        write_state(connection, part.state)
    return stored


def _without_shared_keys(items: Sequence[Ingested]) -> Iterator[Sequence[Ingested]]:
    """The items in order, split where one has the key of an earlier one."""
    batch: list[Ingested] = []
    keys: set[str] = set()
    for item in items:
        if item.keys[0] in keys:
            yield batch
            batch, keys = [], set()
        batch.append(item)
        keys.add(item.keys[0])
    if batch:
        yield batch


def _known(connection: Connection, source_id: str, keys: Sequence[str]) -> dict[str, Known]:
    found: dict[str, Known] = {}
    for chunk in batched(keys, AT_ONCE):
        for key, *known in connection.execute(_KNOWN, {"source_id": source_id, "keys": list(chunk)}):
            found[key] = Known(*known)
    return found


def _ingest(
    connection: Connection, window: "StoryWindow", items: Sequence[Ingested], now: datetime
) -> list[Stored]:
    """Writes articles of one source, no two of which share their first key."""
    known = _known(connection, items[0].article.source_id, [item.keys[0] for item in items])
    seen = [_stored_as(item, known.get(item.keys[0])) for item in items]
    fresh = [item for item, before in zip(items, seen, strict=True) if before is None]
    numbers = iter(_insert(connection, window, fresh, now))
    return [
        Stored(next(numbers), new=True, matched=tuple(match.rule for match in item.matches))
        if before is None
        else _again(connection, window, item, before, now)
        for item, before in zip(items, seen, strict=True)
    ]


def _stored_as(item: Ingested, known: Known | None) -> Known | None:
    """What an item is stored as already; None for a new article.

    Another poll may have stored it since it was looked up: then its key leads to an article that nobody
    has ruled out.
    """
    if known and known.article_id not in item.ruled_out:
        return known
    return Known(item.revises, "") if item.revises is not None else None


def _insert(
    connection: Connection, window: "StoryWindow", items: Sequence[Ingested], now: datetime
) -> Sequence[int]:
    """Writes new articles and all that belongs to them; returns their numbers, in order."""
    from watchdesk.store.story_writing import put_into_stories, write_members  # noqa: PLC0415 - numpy is heavy

    if not items:
        return ()
    assigned = put_into_stories(connection, window, items, now)
    rows = [
        {**article_row(item.article), "story_id": one.story, "line_hashes": item.line_hashes}
        for item, one in zip(items, assigned, strict=True)
    ]
    # What is remembered of an article that is gone goes by its number: no other one gets it.
    numbers = insert_numbered(connection, articles, rows, entry_keys.c.article_id)
    write_members(connection, window, items, assigned, numbers)
    write_pending(connection, [(n, i.article.first_seen) for n, i in zip(numbers, items, strict=True)])
    _write_keys(connection, items, numbers, now)
    if any(item.page for item in items):
        write_pages(connection, items, numbers)
    write_wordings(connection, [(n, i.wording) for n, i in zip(numbers, items, strict=True) if i.wording])
    write_matches(connection, items, numbers, now)
    return numbers


def _again(
    connection: Connection, window: "StoryWindow", item: Ingested, before: Known, now: datetime
) -> Stored:
    """Handles an entry that is stored already, also by another poll meanwhile."""
    if before.entry_hash == item.entry_hash:
        return Stored(before.article_id, new=False)
    _write_keys(connection, [item], [before.article_id], now)
    updated = rewrite(connection, before.article_id, item, now)
    if updated is None:
        # It was pruned since: its keys answer for it, so that an old article does not come back.
        return Stored(before.article_id, new=False)
    if updated:
        from watchdesk.store.story_writing import rewrite_member  # noqa: PLC0415 - numpy is heavy

        rewrite_member(connection, window, before.article_id, item, now)
    write_pages(connection, [item], [before.article_id])
    write_wordings(connection, [(before.article_id, item.wording)])
    matched = write_new_matches(connection, item, before.article_id, now)
    return Stored(before.article_id, new=False, updated=updated, matched=matched)


def _write_keys(
    connection: Connection, items: Sequence[Ingested], article_ids: Sequence[int], now: datetime
) -> None:
    """Where two items share a key, the later one gets it."""
    rows = {
        key: _key_row(item.article.source_id, key, Known(article_id, item.entry_hash), now)
        for item, article_id in zip(items, article_ids, strict=True)
        for key in item.keys
    }
    upsert_all(connection, entry_keys, list(rows.values()))


def _write_recalled(connection: Connection, recalled: Sequence[Recalled], now: datetime) -> None:
    rows = {key: _key_row(again.source_id, key, again.known, now) for again in recalled for key in again.keys}
    upsert_all(connection, entry_keys, list(rows.values()))
    numbers = sorted({again.known.article_id for again in recalled})
    for chunk in batched(numbers, AT_ONCE):
        connection.execute(update(entry_keys).where(entry_keys.c.article_id.in_(chunk)).values(listed_at=now))


def _key_row(source_id: str, key: str, known: Known, now: datetime) -> dict[str, object]:
    return {
        "source_id": source_id,
        "key": key,
        "article_id": known.article_id,
        "entry_hash": known.entry_hash,
        "listed_at": now,
    }
