"""A new entry → an article with its matches, and the digests these go to."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from watchdesk import articles
from watchdesk.articles import Standing
from watchdesk.config.settings import DigestSettings
from watchdesk.model import Article, Ingested, Match, RuleLabel, Source
from watchdesk.pipeline.own_pages import Fresh, read_own_page
from watchdesk.pipeline.plan import Plan
from watchdesk.rules import Answers


def take(
    plan: Plan, source: Source, fresh: Fresh, now: datetime, *, first_poll: bool
) -> tuple[Ingested, Sequence[str]]:
    """The article on its way into the store, and what went wrong on it."""
    settings = plan.settings
    article, version, troubles = fresh.article, fresh.entry.entry_hash, list[str]()
    standing = articles.standing(
        article,
        first_poll=first_poll,
        backlog=settings.polling.first_poll,
        oldest=settings.articles.oldest,
        gap_since=fresh.gap_since,
    )
    if standing is Standing.NEWS and articles.wants_page(article, source):
        read = read_own_page(plan, source, fresh, now)
        article, version = read.article, read.version
        troubles += [read.trouble] if read.trouble else []
    matches: Sequence[Match] = ()
    if fresh.before is None or articles.says_something_else(fresh.before, article):
        answers = plan.rules.answers(article)
        matches = answers.matches
        troubles += _seen_in_part(article, answers)
    return Ingested(
        article=article,
        keys=fresh.entry.keys,
        entry_hash=version,
        story_keys=articles.story_keys(article),
        matches=tuple(matches),
        digests=_digests_of(settings.digests, plan.rules.labels, matches, standing),
        revises=fresh.known.article_id if fresh.known else None,
    ), troubles


def _seen_in_part(article: Article, answers: Answers) -> Iterable[str]:
    """What rules could not look at in full; it may hide a match, so it is told."""
    name = article.url or article.title
    if answers.article_cut:
        yield f"{name} is too long: rules saw only its beginning"
    if answers.cut_short:
        yield f"{name} is too much work for rules, which saw a part of it: {', '.join(answers.cut_short)}"


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
