"""Writes what rules find in the archive long after it came: see `ports.ArticleStore.find_later`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from watchdesk.model import FoundLater, Release, Standing
from watchdesk.store.batches import AT_ONCE, batched
from watchdesk.store.database import Database
from watchdesk.store.numbered import insert_numbered
from watchdesk.store.row_mapping import Row, article_of, match_row
from watchdesk.store.tables import articles, matches, places, released_places


class FindingLaterRows:
    """The part of `ports.ArticleStore` that is for rules which look back."""

    _database: Database

    def find_later(self, found: Sequence[FoundLater], now: datetime) -> Sequence[FoundLater]:
        """See `ports.ArticleStore.find_later`."""
        with self._database.write() as connection:
            return [one for chunk in batched(found, AT_ONCE) for one in _write(connection, chunk, now)]


def _write(connection: Connection, found: Sequence[FoundLater], now: datetime) -> Sequence[FoundLater]:
    numbers = sorted({one.article_id for one in found})
    stored = _datable(connection, numbers)
    known = {tuple(row) for row in connection.execute(_known(numbers))}
    fresh = [
        one for one in found if one.article_id in stored and (one.article_id, one.match.rule) not in known
    ]
    if not fresh:
        return ()
    told = {tuple(row) for row in connection.execute(_told(numbers))}
    rows = [
        {
            **match_row(one.match),
            "article_id": one.article_id,
            "matched_at": now,
            "revised": False,
            "happened_at": stored[one.article_id],
            "standing": str(Standing.NEWS),
        }
        for one in fresh
    ]
    written = list(zip(insert_numbered(connection, matches, rows), fresh, strict=True))
    waiting = [
        {"digest_name": name, "match_id": number}
        for number, one in written
        for name in one.digests
        if (one.article_id, name) not in told
    ]
    if waiting:
        connection.execute(insert(places), waiting)
    released = list(_released(written, told, now))
    if released:
        connection.execute(insert(released_places), released)
    return fresh


def _datable(connection: Connection, numbers: Sequence[int]) -> Mapping[int, datetime]:
    """By article, when it happened, as far as anybody can know."""
    first = articles.alias()
    began = select(func.min(first.c.first_seen)).where(first.c.source_id == articles.c.source_id)
    asked = select(articles, began.correlate(articles).scalar_subquery().label("began"))
    rows: Sequence[Row] = connection.execute(asked.where(articles.c.id.in_(numbers))).mappings().all()
    dated = (row for row in rows if row["published_at"] or row["first_seen"] != row["began"])
    return {row["id"]: article_of(row).happened_at for row in dated}


def _known(numbers: Sequence[int]) -> Any:
    return select(matches.c.article_id, matches.c.rule_id).where(matches.c.article_id.in_(numbers))


def _told(numbers: Sequence[int]) -> Any:
    """The digests that held each article, whichever rule had found it."""
    held = select(matches.c.article_id, places.c.digest_name).join(places, places.c.match_id == matches.c.id)
    return held.where(matches.c.article_id.in_(numbers), places.c.digest_id.is_not(None))


def _released(
    written: Sequence[tuple[int, FoundLater]], told: set[tuple[Any, ...]], now: datetime
) -> Iterator[dict[str, Any]]:
    for number, one in written:
        reasons = dict.fromkeys(one.without, Release.LOOKED_BACK)
        reasons |= {name: Release.IN_IT_BEFORE for name in one.digests if (one.article_id, name) in told}
        for name, reason in reasons.items():
            yield {"digest_name": name, "match_id": number, "reason": str(reason), "at": now}
