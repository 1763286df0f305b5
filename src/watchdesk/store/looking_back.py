"""Reads the archive back in time, a page at a time, with the matches that rules had; `ports.Archive`."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, false, func, or_, select, true

from watchdesk.model import Article, Span
from watchdesk.model.archive import Archived, ArchivePage, LookBack, Reach
from watchdesk.model.conditions import Condition
from watchdesk.store.database import Database
from watchdesk.store.index_steps import distinct_values, off_index, older_than
from watchdesk.store.row_mapping import Row, article_of
from watchdesk.store.search_index import CandidateKey, CandidateSearch
from watchdesk.store.tables import articles, matches

FIRST_PAGE = 50
"""Articles of the first page, so that it comes soon. Each page has twice as many as the one before, up to:"""
PAGE = 500

UNREAD = {"url_key": None, "removed": (), "content_hash": ""}
"""Columns that rules do not read. The clutter of an article may be longer than the article."""
READ = [column for column in articles.c if column.name not in {*UNREAD, "story_id", "line_hashes"}]


class Key(NamedTuple):
    """The place of an article in the archive; the greatest is the newest."""

    first_seen: datetime
    article_id: int


class LookingBackRows:
    """`ports.Archive`, and what statistics of rules ask of all matches."""

    _database: Database

    def look_back(self, asked: LookBack) -> Iterator[ArchivePage]:
        """See `ports.Archive.look_back`."""
        if asked.condition is None or asked.reach.is_empty:
            reader: _Scan | _Candidates = _Scan(asked)
        else:
            reader = _Candidates(asked, asked.condition, self._database.where)
        read, scanned, size, is_last = 0, 0, FIRST_PAGE, False
        while not is_last:
            with self._database.read() as connection:
                rows, unindexed, is_last, unseen = reader.next_page(connection, size)
                found = _matches(connection, [row["id"] for row in rows], asked)
            read, scanned = read + len(rows), scanned + unindexed
            if rows:
                yield ArchivePage([_archived(row, found) for row in rows], read, scanned)
            if unseen:
                with self._database.read() as connection:
                    connection.execute(_by_time(unseen)).all()
            size = min(2 * size, PAGE)

    def interrupt(self) -> None:
        """See `ports.Archive.interrupt`."""
        self._database.interrupt()

    def last_matches(self) -> Mapping[str, datetime]:
        """By rule id, when each rule last matched."""
        rules = distinct_values(matches.c.rule_id)
        last = select(func.max(matches.c.matched_at)).where(matches.c.rule_id == rules.c.value)
        asked = select(rules.c.value, last.correlate(rules).scalar_subquery().label("last"))
        with self._database.read() as connection:
            rows = connection.execute(asked.where(rules.c.value.is_not(None)))
            return {row.value: row.last for row in rows}

    def oldest_article(self, since: datetime | None) -> datetime | None:
        """See `ports.Archive.oldest_article`."""
        asked = select(func.min(articles.c.first_seen))
        if since is not None:
            asked = asked.where(articles.c.first_seen >= since)
        with self._database.read() as connection:
            oldest: datetime | None = connection.execute(asked).scalar_one()
        return oldest


class _Page(NamedTuple):
    """What was read in one transaction."""

    rows: Sequence[Row]
    unindexed: int
    """How many of them the index did not find."""
    is_last: bool
    unseen: Sequence[Key] = ()
    """Those that were to be among them, and are out of reach, pruned, or in a page that is damaged."""


class _Scan:
    """Reads every article asked for."""

    def __init__(self, asked: LookBack) -> None:
        self._wanted = select(*READ).where(*_limits(asked))
        self._last = Key(*asked.before) if asked.before else None

    def next_page(self, connection: Connection, size: int) -> _Page:
        """The newest of those that were not read yet."""
        rows = connection.execute(page_of(self._wanted, self._last, size)).mappings().all()
        if rows:
            self._last = key_of(rows[-1])
        return _Page(rows, len(rows), len(rows) < size)


class _Candidates:
    """Reads what the index finds, or does not have, and what has a stored match."""

    def __init__(self, asked: LookBack, condition: Condition, where: str) -> None:
        search = CandidateSearch(where, condition, asked.since, None)
        self._streams = [_Stream(search.page, asked.before)]
        if asked.counts_matches:
            self._streams.append(_Stream(partial(_matched_keys, asked), asked.before))
        self._wanted = select(*READ).where(*_limits(asked))

    def next_page(self, connection: Connection, size: int) -> _Page:
        """The newest that were not read yet; fewer than `size` where some are gone or out of reach."""
        keys: dict[int, CandidateKey] = {}
        while len(keys) < size:
            heads = [stream.head(connection, size) for stream in self._streams]
            newest = max((head for head in heads if head), default=None)
            if newest is None:
                break
            for stream, head in zip(self._streams, heads, strict=True):
                if head and head[:2] == newest[:2]:
                    stream.drop()
            keys[newest.id] = newest
        of_page = self._wanted.where(articles.c.id.in_(keys))
        rows = {row["id"]: row for row in connection.execute(of_page).mappings()}
        found = [rows[number] for number in keys if number in rows]
        unindexed = sum(not keys[row["id"]].indexed for row in found)
        unseen = [Key(*key[:2]) for number, key in keys.items() if number not in rows]
        return _Page(found, unindexed, len(keys) < size, unseen)


class _Stream:
    """Keys of articles, newest first, read as they are needed."""

    def __init__(
        self,
        page: Callable[[Connection, Key | None, int], Sequence[CandidateKey]],
        before: tuple[datetime, int] | None,
    ) -> None:
        self._page = page
        self._ahead: deque[CandidateKey] = deque()
        self._last = Key(*before) if before else None
        self._is_over = False

    def head(self, connection: Connection, size: int) -> CandidateKey | None:
        """The newest key that was not dropped; None where there are no more."""
        if not self._ahead and not self._is_over:
            page = self._page(connection, self._last, size)
            self._is_over = len(page) < size
            self._ahead.extend(page)
            self._last = Key(*page[-1][:2]) if page else self._last
        return self._ahead[0] if self._ahead else None

    def drop(self) -> None:
        """Goes on to the next key."""
        self._ahead.popleft()


def _matched_keys(
    asked: LookBack, connection: Connection, last: Key | None, size: int
) -> Sequence[CandidateKey]:
    """The articles with stored matches that count."""
    wanted = select(articles.c.first_seen, articles.c.id).where(_matched_by(asked))
    if asked.since is not None:
        wanted = wanted.where(articles.c.first_seen >= asked.since)
    rows = connection.execute(page_of(wanted, last, size))
    return [CandidateKey(seen, number, indexed=True) for seen, number in rows]


def _by_time(keys: Sequence[Key]) -> Select[Any]:
    """The articles by the index of their times.

    What leads from there to a row that is not in the table is damage, of which a look for its number says
    nothing.
    """
    seen, number = articles.c.first_seen, articles.c.id
    moments, numbers = {key.first_seen for key in keys}, [key.article_id for key in keys]
    wanted = select(number, articles.c.source_id)
    return wanted.where(seen.in_(sorted(moments)), off_index(number).in_(numbers))


def page_of(wanted: Select[Any], last: Key | None, size: int) -> Select[Any]:
    """The next articles of a selection, newest first: those after the last one of the page before."""
    if last is not None:
        wanted = wanted.where(older_than(articles.c.first_seen, articles.c.id, last))
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
    if not asked.counts_matches:
        return false()
    return _that_count(select(matches.c.id).where(matches.c.article_id == articles.c.id), asked).exists()


def _that_count(stored: Select[Any], asked: LookBack) -> Select[Any]:
    """Of some matches those of the rules that count."""
    if asked.matched_by is None:
        return stored
    return stored.where(matches.c.rule_id.in_(sorted(asked.matched_by)))


class _Found(NamedTuple):
    """The stored matches of an article, by rule id."""

    snippets: dict[str, str]
    spans: dict[str, list[Span]]


def _matches(connection: Connection, numbers: Sequence[int], asked: LookBack) -> Mapping[int, _Found]:
    """The matches that count, by article id."""
    if not numbers or not asked.counts_matches:
        return {}
    columns = (matches.c.article_id, matches.c.rule_id, matches.c.snippet, matches.c.spans)
    stored = select(*columns).where(matches.c.article_id.in_(numbers))
    found: dict[int, _Found] = {}
    for row in connection.execute(_that_count(stored, asked)):
        of_article = found.setdefault(row.article_id, _Found({}, {}))
        of_article.snippets[row.rule_id] = row.snippet[0]
        of_article.spans[row.rule_id] = [Span(*span) for span in row.spans]
    return found


def _archived(row: Row, found: Mapping[int, _Found]) -> Archived:
    article: Article = article_of({**UNREAD, **row})
    matched = found.get(row["id"])
    return Archived(article, matched.snippets, matched.spans) if matched else Archived(article)
