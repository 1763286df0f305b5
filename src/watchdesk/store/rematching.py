"""Reads stored articles to match rules against them again, a page at a time, with their matches."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true

from watchdesk.model import Article, Span
from watchdesk.model.backtest import Archived, Reach
from watchdesk.store.database import Database
from watchdesk.store.row_mapping import Row, article_of
from watchdesk.store.tables import articles, matches

PAGE = 500

_UNREAD = {"url_key": None, "removed": (), "content_hash": ""}
"""Columns that rules do not read. The clutter of an article may be longer than the article."""
_READ = [column for column in articles.c if column.name not in {*_UNREAD, "story_id"}]


class RematchingRows:
    """The part of `ports.ArticleStore` for backtests and for statistics of rules."""

    _database: Database

    def archived(
        self, since: datetime, reach: Reach, rule_ids: Collection[str] | None = None
    ) -> Iterator[Archived]:
        """See `ports.ArticleStore.archived`."""
        asked = select(*_READ).where(articles.c.first_seen >= since, _within(reach, rule_ids))
        for rows in pages(self._database, asked):
            matched = self._matched([row["id"] for row in rows], rule_ids)
            for row in rows:
                yield Archived(_article(row), matched.get(row["id"], {}))

    def archived_count(self, since: datetime, reach: Reach, rule_ids: Collection[str] | None = None) -> int:
        """How many articles `archived` would read."""
        fits = and_(articles.c.first_seen >= since, _within(reach, rule_ids))
        with self._database.read() as connection:
            return int(connection.execute(select(func.count(articles.c.id)).where(fits)).scalar_one())

    def matched_articles(self, since: datetime) -> Iterator[tuple[Article, Mapping[str, Sequence[Span]]]]:
        """See `ports.ArticleStore.matched_articles`."""
        asked = select(*_READ).where(articles.c.first_seen >= since, _matched_by(None))
        for rows in pages(self._database, asked):
            found = self._spans([row["id"] for row in rows])
            for row in rows:
                yield _article(row), found.get(row["id"], {})

    def last_matches(self) -> Mapping[str, datetime]:
        """By rule id, when each rule last matched."""
        asked = select(matches.c.rule_id, func.max(matches.c.matched_at).label("last"))
        with self._database.read() as connection:
            return {row.rule_id: row.last for row in connection.execute(asked.group_by(matches.c.rule_id))}

    def oldest_article(self, since: datetime) -> datetime | None:
        """When the oldest stored article of those first seen at or after `since` was first seen."""
        asked = select(func.min(articles.c.first_seen)).where(articles.c.first_seen >= since)
        with self._database.read() as connection:
            oldest: datetime | None = connection.execute(asked).scalar_one()
        return oldest

    def _matched(self, numbers: Sequence[int], rule_ids: Collection[str] | None) -> dict[int, dict[str, str]]:
        """Article id → rule id → the text of the snippet."""
        asked = select(matches.c.article_id, matches.c.rule_id, matches.c.snippet)
        asked = asked.where(matches.c.article_id.in_(numbers))
        if rule_ids is not None:
            asked = asked.where(matches.c.rule_id.in_(rule_ids))
        found: dict[int, dict[str, str]] = {}
        with self._database.read() as connection:
            for row in connection.execute(asked):
                found.setdefault(row.article_id, {})[row.rule_id] = row.snippet[0]
        return found

    def _spans(self, numbers: Sequence[int]) -> dict[int, dict[str, list[Span]]]:
        """Article id → rule id → where the match was found."""
        asked = select(matches.c.article_id, matches.c.rule_id, matches.c.spans)
        found: dict[int, dict[str, list[Span]]] = {}
        with self._database.read() as connection:
            for row in connection.execute(asked.where(matches.c.article_id.in_(numbers))):
                found.setdefault(row.article_id, {})[row.rule_id] = [Span(*span) for span in row.spans]
        return found


def pages(database: Database, asked: Select[Any], size: int = PAGE) -> Iterator[Sequence[Row]]:
    """The selected articles, newest first; no transaction stays open between two pages."""
    asked = asked.order_by(articles.c.first_seen.desc(), articles.c.id.desc()).limit(size)
    page = asked
    while True:
        with database.read() as connection:
            rows = connection.execute(page).mappings().all()
        if rows:
            yield rows
        if len(rows) < size:
            return
        seen, number = rows[-1]["first_seen"], rows[-1]["id"]
        older = or_(articles.c.first_seen < seen, articles.c.id < number)
        # Said once more without OR: so a database finds the place by its index.
        page = asked.where(articles.c.first_seen <= seen, older)


def _within(reach: Reach, rule_ids: Collection[str] | None) -> ColumnElement[bool]:
    """Articles that the rules can match now, or did match."""
    limits: list[ColumnElement[bool]] = []
    if reach.languages is not None:
        spoken = func.lower(articles.c.language)
        limits.append(
            or_(
                articles.c.language.is_(None),
                spoken.in_(["", *sorted(reach.languages)]),
                *(spoken.startswith(f"{language}-") for language in sorted(reach.languages)),
            )
        )
    if reach.sources is not None:
        limits.append(articles.c.source_id.in_(sorted(reach.sources)))
    if reach.never:
        limits.append(articles.c.source_id.not_in(sorted(reach.never)))
    return or_(and_(*limits), _matched_by(rule_ids)) if limits else true()


def _matched_by(rule_ids: Collection[str] | None) -> ColumnElement[bool]:
    stored = select(matches.c.id).where(matches.c.article_id == articles.c.id)
    if rule_ids is not None:
        stored = stored.where(matches.c.rule_id.in_(rule_ids))
    return stored.exists()


def _article(row: Row) -> Article:
    return article_of({**_UNREAD, **row})
