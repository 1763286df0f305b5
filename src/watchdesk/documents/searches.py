"""Searches the archive a page at a time, for people and programs who go on from there: bounded in time.

`watchdesk search` reads the same archive by the same port to its end.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from textwrap import shorten

from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from watchdesk.archive.condition import condition_of
from watchdesk.backtest import search
from watchdesk.documents.articles import FoundDocument, found_document
from watchdesk.documents.words import utc_text
from watchdesk.model import Article, Match, Snippet
from watchdesk.model.archive import ArchivePage, LookBack
from watchdesk.ports import Archive
from watchdesk.rules import Query

PATIENCE = 5.0
"""Seconds after which a search says how far back it came, and waits to be asked to go on."""
_AT_ONCE = 25
"""Articles between two looks at the clock."""
_LONGEST = 240
"""Characters that are shown of an article that was not searched for."""

Spot = tuple[datetime, int]
"""Where an article stands in the archive: when it was first seen, and its id."""


@dataclass(frozen=True, slots=True)
class Searched:
    """Some articles that a query found, the newest first."""

    found: Sequence[tuple[Article, Match]]
    next: Spot | None
    """Where to go on from; None: the archive has no more."""
    reached: datetime | None = None
    """How far back it came, where time was up before it had found as many as were wanted."""


class SearchDocument(TypedDict):
    """What `watchdesk search --json` prints, a page of it."""

    articles: list[FoundDocument]
    next: str | None
    """The `cursor` of what follows; null: there is no more."""
    searched_back_to: str | None
    """Set when time was up: the search goes on from there with `cursor`."""


def search_archive(
    archive: Archive,
    query: Query,
    limit: int,
    *,
    since: datetime | None = None,
    before: Spot | None = None,
    patience: float = PATIENCE,
) -> Searched:
    """The newest articles that match, at most `limit`. `patience`: seconds."""
    looking = LookBack(since, condition=condition_of(query.node), before=before)
    pages = _Bounded(archive.look_back(looking), time.monotonic() + patience)
    found: list[tuple[Article, Match]] = []
    for article, match in search(pages, query):
        if len(found) == limit:
            return Searched(found, _spot(found[-1][0]))
        found.append((article, match))
    if pages.last is not None:
        return Searched(found, _spot(pages.last), pages.last.first_seen)
    return Searched(found, None)


def newest_articles(
    archive: Archive, limit: int, *, since: datetime | None = None, before: Spot | None = None
) -> Searched:
    """The newest articles, whatever they say."""
    found: list[tuple[Article, Match]] = []
    for page in archive.look_back(LookBack(since, before=before)):
        for archived in page.articles:
            if len(found) == limit:
                return Searched(found, _spot(found[-1][0]))
            found.append((archived.article, _unasked(archived.article)))
    return Searched(found, None)


def _unasked(article: Article) -> Match:
    """What stands for a match where nothing was asked for: the beginning of the text."""
    return Match("", 0.0, (), Snippet(shorten(article.lead, _LONGEST, placeholder=" …")))


class _Bounded:
    """The pages of the archive until time is up."""

    def __init__(self, pages: Iterator[ArchivePage], until: float) -> None:
        self._pages = pages
        self._until = until
        self.last: Article | None = None
        """The last article that was given, where time was up; None: there are no more."""

    def __iter__(self) -> Iterator[ArchivePage]:
        for page in self._pages:
            for begin in range(0, len(page.articles), _AT_ONCE):
                articles = page.articles[begin : begin + _AT_ONCE]
                yield replace(page, articles=articles)
                if time.monotonic() > self._until:
                    self.last = articles[-1].article
                    return


def _spot(article: Article) -> Spot:
    return article.first_seen, article.id or 0


def search_document(searched: Searched, next_cursor: str | None) -> SearchDocument:
    """The document of a page."""
    return {
        "articles": [found_document(article, match) for article, match in searched.found],
        "next": next_cursor,
        "searched_back_to": utc_text(searched.reached),
    }
