"""Reads stored articles and their matches. `ingest` writes them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, islice, pairwise
from typing import Any

from sqlalchemy import Select, bindparam, case, func, or_, select

from watchdesk.model import Article, PublishedKnown, Release, Released, Standing, StoredMatch
from watchdesk.model.articles import happened_at
from watchdesk.store.database import Database
from watchdesk.store.index_steps import distinct_values, off_index
from watchdesk.store.looking_back import PAGE, LookingBackRows, key_of, page_of
from watchdesk.store.revisions import RevisionRows
from watchdesk.store.row_mapping import Row, article_of, match_of
from watchdesk.store.tables import articles, matches, places, released_places

_OLDEST = 1000
"""Articles whose numbers are compared: more than any that come with others in another order."""
_RECENT = (
    select(articles)
    .where(articles.c.source_id == bindparam("source_id"))
    .order_by(articles.c.first_seen.desc(), articles.c.id.desc())
    .limit(bindparam("most"))
)
_RECENT_LINES = _RECENT.with_only_columns(articles.c.url_key, articles.c.title, articles.c.line_hashes)


class ArticleRows(LookingBackRows, RevisionRows):
    """The reading half of `ports.ArticleStore`."""

    _database: Database

    def article(self, article_id: int) -> Article | None:
        """A stored article by its number."""
        with self._database.read() as connection:
            row = connection.execute(select(articles).where(articles.c.id == article_id)).mappings().first()
        return article_of(row) if row else None

    def newest_published(self, since: datetime, until: datetime) -> Mapping[str, datetime]:
        """By source, the latest time of publication that it gave exactly, of articles first seen then."""
        given = articles.c.published_known == PublishedKnown.EXACT, articles.c.published_at.is_not(None)
        source = off_index(articles.c.source_id)
        asked = select(source.label("source_id"), func.max(articles.c.published_at).label("newest"))
        asked = asked.where(articles.c.first_seen.between(since, until), *given).group_by(source)
        with self._database.read() as connection:
            return {row.source_id: row.newest for row in connection.execute(asked)}

    def least_number(self, since: datetime, until: datetime) -> int | None:
        """Of the oldest articles first seen from `since` to `until`; None: there are none.

        Numbers go up as articles come, whatever the clock: one with a greater number came later.
        """
        seen = select(articles.c.id).where(articles.c.first_seen.between(since, until))
        oldest = seen.order_by(articles.c.first_seen, articles.c.id).limit(_OLDEST).subquery()
        with self._database.read() as connection:
            return connection.execute(select(func.min(oldest.c.id))).scalar()

    def articles_by_url(self, url: str, url_key: str | None, limit: int) -> Sequence[Article]:
        """See `ports.ArticleStore.articles_by_url`."""
        fits = articles.c.url == url
        if url_key:
            fits = or_(fits, articles.c.url_key == url_key)
        fragment = url.partition("#")[2]
        same_place = articles.c.url.endswith(f"#{fragment}", autoescape=True)  # whatever the scheme or www
        exact_first = case((articles.c.url == url, 0), *([(same_place, 1)] if fragment else []), else_=2)
        newest_first = (articles.c.first_seen.desc(), articles.c.id.desc())
        asked = select(articles).where(fits).order_by(exact_first, *newest_first)
        with self._database.read() as connection:
            return [article_of(row) for row in connection.execute(asked.limit(limit)).mappings()]

    def articles(self, since: datetime | None = None, limit: int | None = None) -> Iterator[Article]:
        """Stored articles, newest first, a page at a time."""
        asked = select(articles)
        if since is not None:
            asked = asked.where(articles.c.first_seen >= since)
        rows = chain.from_iterable(_pages(self._database, asked))
        return (article_of(row) for row in islice(rows, limit))

    def recent_articles(self, source_id: str, limit: int) -> Sequence[Article]:
        """See `ports.PollStore.recent_articles`."""
        asked = {"source_id": source_id, "most": limit}
        with self._database.read() as connection:
            return [article_of(row) for row in connection.execute(_RECENT, asked).mappings()]

    def article_times(
        self, source_id: str, since: datetime, limit: int
    ) -> Sequence[tuple[datetime, datetime]]:
        """See `ports.ArticleStore.article_times`."""
        seen = articles.c.first_seen
        asked = (
            select(seen, articles.c.published_at, articles.c.published_known)
            .where(articles.c.source_id == source_id, seen >= since)
            .order_by(seen.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return [
                (first, happened_at(published, PublishedKnown(known), first))
                for first, published, known in connection.execute(asked)
            ]

    def recent_lines(self, source_id: str, limit: int) -> Sequence[tuple[str, bytes | None]]:
        """See `ports.PollStore.recent_lines`."""
        asked = {"source_id": source_id, "most": limit}
        with self._database.read() as connection:
            rows = connection.execute(_RECENT_LINES, asked)
            return [(url_key or title, lines) for url_key, title, lines in rows]

    def matches(self, article_id: int) -> Sequence[StoredMatch]:
        """Its stored matches, each with the digests that it went to or waits for."""
        asked = select(matches).where(matches.c.article_id == article_id).order_by(matches.c.id)
        placed = select(places).join(matches).where(matches.c.article_id == article_id)
        removed = select(released_places).join(matches).where(matches.c.article_id == article_id)
        with self._database.read() as connection:
            rows = connection.execute(asked).mappings().all()
            digests: dict[int, dict[str, str | None]] = {}
            for place in connection.execute(placed):
                digests.setdefault(place.match_id, {})[place.digest_name] = place.digest_id
            released: dict[int, dict[str, Released]] = {}
            for place in connection.execute(removed.order_by(released_places.c.id)):
                reason = Released(Release(place.reason), place.at, place.sources, place.sources_wanted)
                released.setdefault(place.match_id, {})[place.digest_name] = reason
        return [
            StoredMatch(
                article_id,
                match_of(row),
                row["matched_at"],
                digests.get(row["id"], {}),
                Standing(row["standing"]) if row["standing"] else None,
                released.get(row["id"], {}),
            )
            for row in rows
        ]

    def sources_at(self, site: str, since: datetime) -> Collection[str]:
        """See `ports.ArticleStore.sources_at`."""
        # Keys of addresses begin with the host, without www.
        there = or_(
            articles.c.url_key.startswith(f"{site}/", autoescape=True),
            articles.c.url_key.contains(f".{site}/", autoescape=True),
        )
        # First in the index of keys alone: to look at every article takes minutes where there are many.
        found = select(articles.c.id).where(there)
        asked = select(articles.c.source_id).where(articles.c.first_seen >= since, articles.c.id.in_(found))
        asked = asked.distinct()
        with self._database.read() as connection:
            return frozenset(connection.execute(asked).scalars())

    def article_counts(self, since: datetime) -> Mapping[str, int]:
        """See `ports.ArticleStore.article_counts`."""
        each = distinct_values(articles.c.source_id)
        new = select(func.count()).where(articles.c.source_id == each.c.value, articles.c.first_seen >= since)
        asked = select(each.c.value, new.correlate(each).scalar_subquery().label("new"))
        with self._database.read() as connection:
            rows = connection.execute(asked.where(each.c.value.is_not(None)))
            return {row.value: row.new for row in rows if row.new}

    def arrivals(self, source_id: str, since: datetime, limit: int) -> Sequence[datetime]:
        """See `ports.ArticleStore.arrivals`."""
        asked = select(articles.c.first_seen).where(
            articles.c.source_id == source_id, articles.c.first_seen >= since
        )
        with self._database.read() as connection:
            rows = connection.execute(asked.order_by(articles.c.first_seen.desc()).limit(limit))
            return [row.first_seen for row in rows][::-1]

    def article_count(self, since: datetime) -> int:
        """See `ports.Archive.article_count`."""
        asked = select(func.count()).select_from(articles).where(articles.c.first_seen >= since)
        with self._database.read() as connection:
            return int(connection.execute(asked).scalar_one())

    def article_counts_between(self, moments: Sequence[datetime]) -> Sequence[int]:
        """See `ports.ArticleStore.article_counts_between`."""
        seen, counts = articles.c.first_seen, select(func.count()).select_from(articles)
        with self._database.read() as connection:
            asked = (counts.where(seen >= start, seen < end) for start, end in pairwise(moments))
            return [int(connection.execute(one).scalar_one()) for one in asked]

    def languages(self, since: datetime) -> frozenset[str]:
        """See `ports.ArticleStore.languages`."""
        spoken, first_seen = articles.c.language, articles.c.first_seen
        found: set[str] = set()
        known = ""
        with self._database.read() as connection:
            # From one language to the next by the index: a few dozen steps, however many articles there are.
            while language := connection.scalar(select(func.min(spoken)).where(spoken > known)):
                if connection.scalar(select(func.max(first_seen)).where(spoken == language)) >= since:
                    found.add(language.partition("-")[0].lower())
                known = language
        return frozenset(found)


def _pages(database: Database, asked: Select[Any]) -> Iterator[Sequence[Row]]:
    """The selected articles, newest first; no transaction stays open between two pages."""
    last = None
    while True:
        with database.read() as connection:
            rows = connection.execute(page_of(asked, last, PAGE)).mappings().all()
        yield rows
        if len(rows) < PAGE:
            return
        last = key_of(rows[-1])
