"""Reads the archive back in time, a page at a time, with the matches that rules had; `ports.Archive`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, false, func, or_, select, true

from watchdesk.model import Article, Span
from watchdesk.model.archive import Archived, ArchivePage, LookBack, Reach
from watchdesk.store.database import Database
from watchdesk.store.row_mapping import Row, article_of
from watchdesk.store.tables import articles, matches

FIRST_PAGE = 50
"""Articles of the first page, so that it comes soon. Each page has twice as many as the one before, up to:"""
PAGE = 500

_UNREAD = {"url_key": None, "removed": (), "content_hash": ""}
"""Columns that rules do not read. The clutter of an article may be longer than the article."""
_READ = [column for column in articles.c if column.name not in {*_UNREAD, "story_id", "line_hashes"}]


class Key(NamedTuple):
    """The place of an article in the archive; the greatest is the newest."""

    first_seen: datetime
    article_id: int


class LookingBackRows:
    """`ports.Archive`, and what statistics of rules ask of all matches."""

    _database: Database

    def look_back(self, asked: LookBack) -> Iterator[ArchivePage]:
        """See `ports.Archive.look_back`."""
        wanted = select(*_READ).where(*_limits(asked))
        read, size, last = 0, FIRST_PAGE, None
        while True:
            with self._database.read() as connection:
                rows = connection.execute(page_of(wanted, last, size)).mappings().all()
                found = _matches(connection, [row["id"] for row in rows], asked)
            if rows:
                read += len(rows)
                yield ArchivePage([_archived(row, found) for row in rows], read, read)
            if len(rows) < size:
                return
            last, size = key_of(rows[-1]), min(2 * size, PAGE)

    def article_count(self, since: datetime) -> int:
        """See `ports.Archive.article_count`."""
        counted = select(func.count(articles.c.id)).where(articles.c.first_seen >= since)
        with self._database.read() as connection:
            return int(connection.execute(counted).scalar_one())

    def interrupt(self) -> None:
        """See `ports.Archive.interrupt`."""
        self._database.interrupt()

    def last_matches(self) -> Mapping[str, datetime]:
        """By rule id, when each rule last matched."""
        asked = select(matches.c.rule_id, func.max(matches.c.matched_at).label("last"))
        with self._database.read() as connection:
            return {row.rule_id: row.last for row in connection.execute(asked.group_by(matches.c.rule_id))}

    def oldest_article(self, since: datetime | None) -> datetime | None:
        """See `ports.Archive.oldest_article`."""
        asked = select(func.min(articles.c.first_seen))
        if since is not None:
            asked = asked.where(articles.c.first_seen >= since)
        with self._database.read() as connection:
            oldest: datetime | None = connection.execute(asked).scalar_one()
        return oldest


def page_of(wanted: Select[Any], last: Key | None, size: int) -> Select[Any]:
    """The next articles of a selection, newest first: those after the last one of the page before."""
    if last is not None:
        seen, number = last
        older = or_(articles.c.first_seen < seen, articles.c.id < number)
        # Said once more without OR: so a database finds the place by its index.
        wanted = wanted.where(articles.c.first_seen <= seen, older)
    return wanted.order_by(articles.c.first_seen.desc(), articles.c.id.desc()).limit(size)


def key_of(row: Row) -> Key:
    """The place of a row that was read."""
    return Key(row["first_seen"], row["id"])


def _limits(asked: LookBack) -> Iterator[ColumnElement[bool]]:
    if asked.since is not None:
        yield articles.c.first_seen >= asked.since
    yield or_(_within(asked.reach), _matched_by(asked))


def _within(reach: Reach) -> ColumnElement[bool]:
    """Articles that the rules can match now."""
    if reach.is_empty:
        return false()
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
    return and_(*limits) if limits else true()


def _matched_by(asked: LookBack) -> ColumnElement[bool]:
    """Articles that the rules matched when they came."""
    if asked.matched_by is not None and not asked.matched_by:
        return false()
    stored = select(matches.c.id).where(matches.c.article_id == articles.c.id)
    if asked.matched_by is not None:
        stored = stored.where(matches.c.rule_id.in_(sorted(asked.matched_by)))
    return stored.exists()


class _Found(NamedTuple):
    """The stored matches of an article, by rule id."""

    snippets: dict[str, str]
    spans: dict[str, list[Span]]


def _matches(connection: Connection, numbers: Sequence[int], asked: LookBack) -> Mapping[int, _Found]:
    """The matches that count, by article id."""
    if not numbers or (asked.matched_by is not None and not asked.matched_by):
        return {}
    columns = (matches.c.article_id, matches.c.rule_id, matches.c.snippet, matches.c.spans)
    stored = select(*columns).where(matches.c.article_id.in_(numbers))
    if asked.matched_by is not None:
        stored = stored.where(matches.c.rule_id.in_(sorted(asked.matched_by)))
    found: dict[int, _Found] = {}
    for row in connection.execute(stored):
        of_article = found.setdefault(row.article_id, _Found({}, {}))
        of_article.snippets[row.rule_id] = row.snippet[0]
        of_article.spans[row.rule_id] = [Span(*span) for span in row.spans]
    return found


def _archived(row: Row, found: Mapping[int, _Found]) -> Archived:
    article: Article = article_of({**_UNREAD, **row})
    matched = found.get(row["id"])
    return Archived(article, matched.snippets, matched.spans) if matched else Archived(article)
