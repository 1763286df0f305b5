"""A new entry → an article with its matches, and the digests these go to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from watchdesk import articles
from watchdesk.articles import Identified, Standing
from watchdesk.config.settings import DigestSettings
from watchdesk.errors import UnreadableInput
from watchdesk.model import Article, Fetched, Ingested, Match, RuleLabel, Source, without_body
from watchdesk.pipeline.plan import Plan
from watchdesk.ports import Fetcher
from watchdesk.rules import Answers


@dataclass(frozen=True, slots=True)
class Fresh:
    """An entry that is not stored in this form yet."""

    entry: Identified
    article: Article
    """Made of the entry alone."""
    before: Article | None = None
    """What is stored of it, as another version."""
    revises: int | None = None
    """The number it is stored under; it may have been pruned since."""


def take(
    plan: Plan, source: Source, fresh: Fresh, now: datetime, *, first_poll: bool
) -> tuple[Ingested, Sequence[str]]:
    """The article on its way into the store, and what went wrong on it."""
    settings = plan.settings
    article, troubles = fresh.article, list[str]()
    standing = articles.standing(
        article, first_poll=first_poll, backlog=settings.polling.first_poll, oldest=settings.articles.oldest
    )
    if standing is Standing.NEWS and articles.wants_page(article, source):
        article, trouble = _with_own_page(plan.fetcher, source, fresh, now)
        troubles += [trouble] if trouble else []
    matches: Sequence[Match] = ()
    if fresh.before is None or articles.says_something_else(fresh.before, article):
        answers = plan.rules.answers(article)
        matches = answers.matches
        troubles += _seen_in_part(article, answers)
    return Ingested(
        article=article,
        keys=fresh.entry.keys,
        entry_hash=fresh.entry.entry_hash,
        story_keys=articles.story_keys(article),
        matches=tuple(matches),
        digests=_digests_of(settings.digests, plan.rules.labels, matches, standing),
        revises=fresh.revises,
    ), troubles


def _seen_in_part(article: Article, answers: Answers) -> Iterable[str]:
    """What rules could not look at in full; it may hide a match, so it is told."""
    name = article.url or article.title
    if answers.article_cut:
        yield f"{name} is too long: rules saw only its beginning"
    if answers.cut_short:
        yield f"{name} is too much work for rules, which saw a part of it: {', '.join(answers.cut_short)}"


def _with_own_page(
    fetcher: Fetcher, source: Source, fresh: Fresh, now: datetime
) -> tuple[Article, str | None]:
    """The article with the text of its own page; without it, and why, where that cannot be had."""
    article = fresh.article
    if article.url is None:
        return article, None
    outcome = fetcher.page(article.url, source)
    if not isinstance(outcome, Fetched):
        return _as_before(fresh), f"the page {article.url} could not be read: {without_body(outcome)}"
    try:
        page = articles.read_page(outcome.body, outcome.url, source, now, outcome.headers.get("content-type"))
    except UnreadableInput as unreadable:
        return _as_before(fresh), f"the page {article.url} could not be read: {unreadable}"
    return articles.with_page(article, page), None


def _as_before(fresh: Fresh) -> Article:
    """With the text that is stored, where it is fuller than the entry: its page was read then."""
    before, article = fresh.before, fresh.article
    if before is None or len(before.text) <= len(article.text):
        return article
    return articles.sealed(replace(article, sections=before.sections, removed=before.removed))


def _digests_of(
    subscriptions: Mapping[str, DigestSettings],
    labels: Mapping[str, RuleLabel],
    matches: Sequence[Match],
    standing: Standing,
) -> Mapping[str, tuple[str, ...]]:
    if standing is not Standing.NEWS:
        return {}
    return {
        match.rule: tuple(
            digest.name
            for digest in subscriptions.values()
            if digest.takes(match.rule, labels[match.rule].tags)
        )
        for match in matches
    }
