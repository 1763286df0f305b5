"""A new entry → an article with its full text and its matches, ready for the store."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from watchdesk import articles, stories
from watchdesk.articles.line_counts import line_hashes
from watchdesk.model import Article, Ingested, Source, Standing, Wording
from watchdesk.plan import Plan
from watchdesk.polling.full_text import fetch_full_text
from watchdesk.polling.recognising import Fresh
from watchdesk.polling.resolving import with_own_address
from watchdesk.polling.source_furniture import SourceFurniture
from watchdesk.rules import Answers

_MAY_HOLD_FURNITURE = 3
"""Paragraphs; shorter texts are the entry's own words, and do not pay for reading recent articles."""


class Taken(NamedTuple):
    """What became of an entry."""

    item: Ingested
    troubles: Sequence[str]
    """What went wrong with it."""
    match_seconds: float | None
    """What it took to put the rules to it; None: they were not."""


def ingest(
    plan: Plan,
    source: Source,
    fresh: Fresh,
    now: datetime,
    rng: random.Random,
    *,
    first_poll: bool,
    furniture: SourceFurniture,
) -> Taken:
    """The article as the store takes it.

    Fetches the article's page where the source asks for that, takes out what `furniture` says is the
    source's own, puts the rules to the article, and names the digests that the matches wait for.
    """
    settings = plan.settings
    article, missing, troubles = fresh.article, None, list[str]()
    standing = articles.standing(
        article,
        first_poll=first_poll,
        backlog=settings.polling.first_poll,
        oldest=settings.articles.oldest,
        gap_since=fresh.gap_since,
    )
    if standing is Standing.NEWS:
        article = with_own_address(plan, source, fresh)
        fresh = replace(fresh, article=article)
    if standing is Standing.NEWS and fresh.has_own_page and articles.wants_page(article, source):
        read = fetch_full_text(plan, source, fresh, now, rng, furniture.whole)
        article, missing = read.article, read.missing
        troubles += [read.trouble] if read.trouble else []
    is_the_pages = article.sections != fresh.article.sections
    if is_the_pages or sum(len(section.paragraphs) for section in article.sections) >= _MAY_HOLD_FURNITURE:
        article = furniture.taken_out_of(article)
        furniture.learn(article)
    answers: Answers | None = None
    if fresh.before is None or articles.says_something_else(fresh.before, article):
        answers = plan.rules.answers(article)
        troubles += _seen_in_part(article, answers)
    matches = answers.matches if answers else ()
    item = Ingested(
        article=article,
        keys=fresh.keys,
        entry_hash=fresh.entry.entry_hash,
        story_keys=stories.story_keys(article, has_own_page=fresh.has_own_page),
        matches=matches,
        digests=plan.digests_of(matches) if standing is Standing.NEWS else {},
        standing=standing,
        revises=fresh.known.article_id if fresh.known else None,
        page=missing,
        ruled_out=fresh.ruled_out,
        wording=_wording(fresh.article, article),
        features=stories.features_of(article),
        line_hashes=line_hashes(article),
    )
    return Taken(item, troubles, answers.seconds if answers else None)


def _wording(of_entry: Article, article: Article) -> Wording | None:
    """What the entry says, where the article says something else."""
    if (of_entry.title, of_entry.text) == (article.title, article.text):
        return None
    return Wording(of_entry.title, of_entry.text)


def _seen_in_part(article: Article, answers: Answers) -> Iterable[str]:
    """Says what rules could not look at in full, for that may hide a match."""
    name = article.url or article.title
    if answers.article_cut:
        yield f"{name} is too long: rules saw only its beginning"
    if answers.cut_short:
        yield f"{name} is too much work for rules, which saw a part of it: {', '.join(answers.cut_short)}"
