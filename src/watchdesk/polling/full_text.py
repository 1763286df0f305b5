"""The full text of an article, from its own page, where the feed gives only a part.

The store keeps a page whose server is in trouble, and it is asked for again on a schedule of its own;
meanwhile the article alerts by the text of its entry. `articles.wants_page` says which articles want their
page.
"""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import assert_never

from watchdesk import articles, stories
from watchdesk.articles import Furniture
from watchdesk.articles.line_counts import RECENT, line_hashes
from watchdesk.errors import UnreadableInput
from watchdesk.logger import get_logger
from watchdesk.model import (
    Article,
    Failed,
    Fetched,
    FetchOutcome,
    Gone,
    Held,
    Ingested,
    NotModified,
    PageToFetch,
    Source,
    Throttled,
    Wording,
    without_body,
)
from watchdesk.plan import Clock, Plan
from watchdesk.polling.missing_pages import pages_by_source
from watchdesk.polling.recognising import Fresh
from watchdesk.polling.report import FoundMatch, PollOutcome, PollReport
from watchdesk.ports import PollStore, Store
from watchdesk.scheduling import GiveUp, next_page_try
from watchdesk.sources import Forbidden

log = get_logger(__name__)

MOST_AT_ONCE = 20
"""Pages of one source that are asked for again in one go."""
FORCED = 3
"""Tries up to which a page is asked for at once when a person asks for everything."""
_PAUSED = timedelta(hours=1)
_FAILING = 2
"""Pages in a row whose server is in trouble, after which the others of the source wait."""


@dataclass(frozen=True, slots=True)
class FullTextOutcome:
    """What came of asking for an article's page."""

    article: Article
    trouble: str | None = None
    """Why its text cannot be had."""
    missing: PageToFetch | None = None
    """The page, where it is to be asked for again."""


def fetch_full_text(
    plan: Plan, source: Source, fresh: Fresh, now: datetime, rng: random.Random, furniture: Furniture
) -> FullTextOutcome:
    """The article with the text of its own page; without it, and why, where that cannot be had.

    A page that has nothing of its own beside the source's `furniture` is another's, or none.
    """
    article = fresh.article
    if article.url is None:
        return FullTextOutcome(article)
    outcome = plan.fetcher.page(article.url, source)
    if isinstance(outcome, Fetched):
        try:
            page = _own_page(plan, source, outcome, article, furniture, now)
            return FullTextOutcome(articles.with_page(article, page))
        except UnreadableInput as unreadable:
            return FullTextOutcome(_as_before(fresh), _unreadable(article.url, str(unreadable)))
    if not _may_pass(outcome):
        return FullTextOutcome(_as_before(fresh), _unreadable(article.url, without_body(outcome)))
    asked = PageToFetch(
        source.id, article.url, article.sections, now, tries=1, next_try=now, error=without_body(outcome)
    )
    missing = _again(asked, outcome, source.every, now, rng)
    assert missing is not None, "a first try is never the last"
    return FullTextOutcome(_as_before(fresh), missing=missing)


def _own_page(
    plan: Plan, source: Source, answer: Fetched, article: Article, furniture: Furniture, now: datetime
) -> Article:
    """The article's page without the source's furniture.

    Raises `UnreadableInput` also for a page that has nothing of its own beside that.
    """
    page = plan.read.page(answer, source, now)
    if furniture.is_of_another(page, article):
        raise UnreadableInput("it has the same text as the pages of other articles")
    return furniture.taken_out_of(page)


def fetch_pages(
    plan: Plan,
    store: PollStore,
    source: Source,
    missing: Sequence[PageToFetch],
    clock: Clock,
    rng: random.Random,
) -> PollReport:
    """Asks again for pages of one source, and puts the rules again to articles whose text has come."""
    found: list[FoundMatch] = []
    match_seconds: list[float] = []
    updated = failing = 0
    for page in missing[:MOST_AT_ONCE]:
        if failing >= _FAILING:
            _postpone(store, source, page, clock(), rng)
            continue
        claimed = _claimed(store, source, page, clock(), rng)
        if claimed is None:
            continue
        outcome = plan.fetcher.page(page.url, source)
        now = clock()
        if isinstance(outcome, Fetched):
            failing = 0
            done = _ingest(plan, store, source, claimed, outcome, now)
            updated += done.updated_articles
            found += done.matches
            match_seconds += done.match_seconds
        elif not _may_pass(outcome):
            log.warning("a page is asked for no more", url=page.url, why=without_body(outcome))
            store.forget_page(claimed)
        else:
            failing += 1
            _put_off(store, source, claimed, outcome, now, rng)
    what = PollOutcome.NEW if updated else PollOutcome.UNCHANGED
    return PollReport(
        source.id,
        what,
        updated_articles=updated,
        matches=tuple(found),
        match_seconds=tuple(match_seconds),
    )


def _ingest(
    plan: Plan, store: PollStore, source: Source, page: PageToFetch, outcome: Fetched, now: datetime
) -> PollReport:
    """Stores the article with its page's text, where that is better."""
    assert page.article_id is not None
    nothing = PollReport(source.id, PollOutcome.UNCHANGED)
    before = store.versions([page.article_id]).get(page.article_id)
    try:
        furniture = Furniture(store.recent_articles(source.id, RECENT))
        read = _own_page(plan, source, outcome, before, furniture, now) if before else None
    except UnreadableInput as unreadable:
        log.warning("a page is asked for no more", url=page.url, why=str(unreadable))
        store.forget_page(page)
        return nothing
    if (
        before is None
        or read is None
        or not articles.wants_page(replace(before, sections=page.sections), source)
    ):
        store.forget_page(page)
        return nothing
    of_entry = replace(before, sections=page.sections)
    article = articles.with_page(of_entry, read)
    answers = plan.rules.answers(article) if articles.says_something_else(before, article) else None
    matches = answers.matches if answers else ()
    item = Ingested(
        article=article,
        keys=(),
        entry_hash="",
        story_keys=(),
        matches=matches,
        digests=plan.digests_of(matches),
        revises=page.article_id,
        wording=Wording(of_entry.title, of_entry.text),
        features=stories.features_of(article),
        line_hashes=line_hashes(article),
    )
    stored = store.take_page(page, item, now)
    if stored is None:
        return nothing
    whole = replace(article, id=page.article_id)
    return replace(
        nothing,
        updated_articles=int(stored.updated),
        matches=tuple(
            FoundMatch(whole, match, item.digests.get(match.rule, ()))
            for match in matches
            if match.rule in stored.matched
        ),
        match_seconds=(answers.seconds,) if answers else (),
    )


def _claimed(
    store: PollStore, source: Source, page: PageToFetch, now: datetime, rng: random.Random
) -> PageToFetch | None:
    """The page with this try counted; None where another process asks for it."""
    tried = replace(page, tries=page.tries + 1)
    again = next_page_try(tried.tries, page.since, source.every, now, rng)
    until = now + source.every if isinstance(again, GiveUp) else again
    return replace(tried, next_try=until) if store.claim_page(page, until) else None


def _put_off(
    store: PollStore,
    source: Source,
    page: PageToFetch,
    outcome: FetchOutcome,
    now: datetime,
    rng: random.Random,
) -> None:
    again = _again(page, outcome, source.every, now, rng)
    if again is None:
        log.warning("a page is given up", url=page.url, tries=page.tries, why=_reason(outcome))
        store.forget_page(page)
    else:
        store.put_off_page(again)


def _postpone(store: PollStore, source: Source, page: PageToFetch, now: datetime, rng: random.Random) -> None:
    """Tries the page later, for its server has just failed others; this counts as no try."""
    again = next_page_try(page.tries, page.since, source.every, now, rng)
    if isinstance(again, GiveUp):
        store.forget_page(page)
    else:
        store.put_off_page(replace(page, next_try=again))


def _again(
    page: PageToFetch, outcome: FetchOutcome, every: timedelta, now: datetime, rng: random.Random
) -> PageToFetch | None:
    """The page as it waits for its next try, after one that it counts already; None: it is given up."""
    tries, after = page.tries, None
    match outcome:
        case Held(until=until):  # nobody was asked
            tries, after = max(1, page.tries - 1), until - now
        case Throttled():
            after = outcome.after
        case Fetched() | NotModified() | Gone() | Failed():
            pass
        case _:
            assert_never(outcome)
    again = next_page_try(tries, page.since, every, now, rng, after)
    if isinstance(again, GiveUp):
        return None
    return replace(page, tries=tries, next_try=again, error=_reason(outcome))


def _may_pass(outcome: FetchOutcome) -> bool:
    """Whether its server may answer better later."""
    match outcome:
        case Held() | Throttled():
            return True
        case Forbidden():
            return False
        case Failed(status=status):
            return status is None or status >= HTTPStatus.INTERNAL_SERVER_ERROR
        case Fetched() | NotModified() | Gone():
            return False
        case _:
            assert_never(outcome)


def _reason(outcome: FetchOutcome) -> str:
    return "" if isinstance(outcome, Fetched) else without_body(outcome)


def _unreadable(url: str, why: str) -> str:
    return f"the page {url} could not be read: {why}"


def _as_before(fresh: Fresh) -> Article:
    """The article with its stored text, where that is fuller than the entry: its page was read then."""
    before, article = fresh.before, fresh.article
    if before is None or len(before.text) <= len(article.text):
        return article
    return articles.sealed(replace(article, sections=before.sections, removed=before.removed))


def pages_due(
    plan: Plan,
    store: Store,
    now: datetime,
    tried_less_than: int = 0,
    source_ids: Collection[str] | None = None,
) -> Mapping[str, Sequence[PageToFetch]]:
    """The pages to ask for now, by source: those that are due, and those tried less often than this.

    `source_ids`: of these sources alone.

    Pages of paused sources wait; those of sources that are no longer followed are forgotten.
    """
    due: list[PageToFetch] = []
    for page in store.pages_to_fetch(now, tried_less_than, source_ids=source_ids):
        source = plan.settings.sources.get(page.source_id)
        if source is None:
            store.forget_page(page)
        elif source.paused:
            store.put_off_page(replace(page, next_try=now + _PAUSED))
        else:
            due.append(page)
    return pages_by_source(due)
