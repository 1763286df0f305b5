"""A whole poll in one transaction: articles, stories, matches, their places in digests, the state."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from watchdesk.model import Ingested, Known, Match, SourceState, Stored
from watchdesk.store.database import Database
from watchdesk.store.rows import article_row, match_row
from watchdesk.store.sources import upsert, write_state
from watchdesk.store.tables import articles, entry_keys, matches, places, stories, story_keys

AT_ONCE = 500
"""Keys asked for in one query: both databases take many more, at no gain."""


class IngestRows:
    """The writing half of `ports.ArticleStore`."""

    _database: Database

    def known(self, source_id: str, keys: Sequence[str]) -> Mapping[str, Known]:
        """Those of `keys` that the source's entries were stored under."""
        with self._database.read() as connection:
            return _known(connection, source_id, keys)

    def ingest(self, items: Sequence[Ingested], state: SourceState, now: datetime) -> Sequence[Stored]:
        """See `ports.ArticleStore.ingest`."""
        with self._database.write() as connection:
            stored = [_ingest(connection, item, now) for item in items]
            write_state(connection, state)
        return stored

    def prune(self, before: datetime, limit: int = 1000) -> int:
        """Removes articles first seen before; never one that waits for a digest."""
        waiting = (
            select(matches.c.article_id)
            .join(places, places.c.match_id == matches.c.id)
            .where(places.c.digest_id.is_(None))
        )
        old = (
            select(articles.c.id)
            .where(articles.c.first_seen < before, articles.c.id.not_in(waiting))
            .order_by(articles.c.first_seen)
            .limit(limit)
        )
        with self._database.write() as connection:
            return connection.execute(delete(articles).where(articles.c.id.in_(old))).rowcount


def _known(connection: Connection, source_id: str, keys: Sequence[str]) -> dict[str, Known]:
    found: dict[str, Known] = {}
    for start in range(0, len(keys), AT_ONCE):
        asked = select(entry_keys).where(
            entry_keys.c.source_id == source_id, entry_keys.c.key.in_(keys[start : start + AT_ONCE])
        )
        for row in connection.execute(asked):
            found[row.key] = Known(row.article_id, row.entry_hash)
    return found


def _ingest(connection: Connection, item: Ingested, now: datetime) -> Stored:
    """One article. What another poll stored meanwhile is known by its keys, and is not stored again."""
    known = _known(connection, item.article.source_id, item.keys)
    seen = next((known[key] for key in item.keys if key in known), None)
    if seen is None:
        article_id = _insert(connection, item)
    elif seen.entry_hash == item.entry_hash:
        return Stored(seen.article_id, new=False)
    else:
        article_id = seen.article_id
        if not _rewrite(connection, article_id, item):
            # It was pruned since: its keys answer for it, so that an old article does not come back.
            _write_keys(connection, item, article_id)
            return Stored(article_id, new=False)
    _write_keys(connection, item, article_id)
    matched = _write_matches(connection, item, article_id, now, revised=seen is not None)
    return Stored(article_id, new=seen is None, matched=matched)


def _insert(connection: Connection, item: Ingested) -> int:
    story_id = _story_of(connection, item.story_keys)
    row = {**article_row(item.article), "story_id": story_id}
    return int(connection.execute(insert(articles).values(row).returning(articles.c.id)).scalar_one())


def _rewrite(connection: Connection, article_id: int, item: Ingested) -> bool:
    """The newer version in place of the older, which was first seen when it was first seen."""
    row = article_row(item.article)
    del row["first_seen"]
    return connection.execute(update(articles).where(articles.c.id == article_id).values(row)).rowcount == 1


def _story_of(connection: Connection, keys: Sequence[str]) -> int:
    """The oldest story that has one of the keys, else a new one; all keys lead to it from now on."""
    asked = select(story_keys.c.key, story_keys.c.story_id).where(story_keys.c.key.in_(keys))
    known = {row.key: row.story_id for row in connection.execute(asked)}
    if known:
        story_id = min(known.values())
    else:
        story_id = connection.execute(insert(stories).returning(stories.c.id)).scalar_one()
    for key in keys:
        if key not in known:
            upsert(connection, story_keys, {"key": key, "story_id": story_id})
    return int(story_id)


def _write_keys(connection: Connection, item: Ingested, article_id: int) -> None:
    for key in item.keys:
        row = {"source_id": item.article.source_id, "key": key, "article_id": article_id}
        upsert(connection, entry_keys, {**row, "entry_hash": item.entry_hash})


def _write_matches(
    connection: Connection, item: Ingested, article_id: int, now: datetime, *, revised: bool
) -> tuple[str, ...]:
    """Matches of rules that had none for this article yet, each with its places; their rules' ids."""
    asked = select(matches.c.rule_id).where(matches.c.article_id == article_id)
    known = set(connection.execute(asked).scalars())
    fresh = [match for match in item.matches if match.rule not in known]
    for match in fresh:
        _write_match(connection, match, item, article_id, now, revised=revised)
    return tuple(match.rule for match in fresh)


def _write_match(
    connection: Connection, match: Match, item: Ingested, article_id: int, now: datetime, *, revised: bool
) -> None:
    row = {**match_row(match), "article_id": article_id, "matched_at": now, "revised": revised}
    match_id = connection.execute(insert(matches).values(row).returning(matches.c.id)).scalar_one()
    rows = [{"digest_name": name, "match_id": match_id} for name in item.digests.get(match.rule, ())]
    if rows:
        connection.execute(insert(places), rows)
