"""The text of an article's own page, beside or in place of what its feed gives of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

from watchdesk import articles
from watchdesk.articles import Identified
from watchdesk.errors import UnreadableInput
from watchdesk.model import (
    Article,
    Failed,
    Fetched,
    FetchOutcome,
    Held,
    Known,
    Source,
    Throttled,
    without_body,
)
from watchdesk.pipeline.plan import Plan

MOST_TRIES = 3
"""Polls at which a page is asked for whose server is in trouble."""
_UNFINISHED = "?"
"""A version that begins with this and a digit was tried so often, and is not known to be whole."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """An entry that is not stored in this form yet."""

    entry: Identified
    article: Article
    """Made of the entry alone."""
    known: Known | None = None
    """What it is stored under, as another version; it may have been pruned since."""
    before: Article | None = None
    """What is stored of it."""
    gap_since: datetime | None = None
    """It was read from an older page, for a gap that began then."""


@dataclass(frozen=True, slots=True)
class OwnPage:
    """What came of asking for an article's page."""

    article: Article
    version: str
    """Of the entry; marked while its page is to be asked for again at the next poll."""
    trouble: str | None = None


def read_own_page(plan: Plan, source: Source, fresh: Fresh, now: datetime) -> OwnPage:
    """The article with the text of its own page; without it, and why, where that cannot be had."""
    article, version = fresh.article, fresh.entry.entry_hash
    if article.url is None:
        return OwnPage(article, version)
    outcome = plan.fetcher.page(article.url, source)
    if not isinstance(outcome, Fetched):
        told = f"the page {article.url} could not be read: {without_body(outcome)}"
        return OwnPage(_as_before(fresh), _version(fresh, outcome), told)
    try:
        page = plan.read.page(outcome, source, now)
    except UnreadableInput as unreadable:
        return OwnPage(_as_before(fresh), version, f"the page {article.url} could not be read: {unreadable}")
    return OwnPage(articles.with_page(article, page), version)


def is_unfinished(version: str) -> bool:
    """Whether the page of an entry is to be asked for again."""
    return version.startswith(_UNFINISHED)


def _version(fresh: Fresh, outcome: FetchOutcome) -> str:
    """The entry's version, marked where its server may answer better at the next poll."""
    version, known = fresh.entry.entry_hash, fresh.known
    match outcome:
        case Held():
            counted = 0
        case Throttled() | Failed(status=None):
            counted = 1
        case Failed(status=int(status)) if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            counted = 1
        case _:
            return version
    again = known is not None and is_unfinished(known.entry_hash) and known.entry_hash[2:] == version
    tries = counted + (int(known.entry_hash[1]) if known and again else 0)
    return version if tries >= MOST_TRIES else f"{_UNFINISHED}{tries}{version}"


def _as_before(fresh: Fresh) -> Article:
    """With the text that is stored, where it is fuller than the entry: its page was read then."""
    before, article = fresh.before, fresh.article
    if before is None or len(before.text) <= len(article.text):
        return article
    return articles.sealed(replace(article, sections=before.sections, removed=before.removed))
