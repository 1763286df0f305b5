"""The program in one page: poll a source, make the digests that are due, send what waits.

It calls the rooms in their order and decides nothing itself: every decision is a function of a pure
room, every promise a transaction of the store. Each step may run twice.
"""

import random
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import chain

from watchdesk import articles, digests, sources
from watchdesk.articles import Identified, Standing
from watchdesk.config.settings import DigestSettings, Settings
from watchdesk.delivery import deliveries_for
from watchdesk.errors import UnreadableInput
from watchdesk.model import (
    Article,
    Digest,
    Failed,
    Fetched,
    Ingested,
    Match,
    ParsedFeed,
    Priority,
    RuleLabel,
    Source,
    SourceState,
    Stored,
    WaitingMatch,
    without_body,
)
from watchdesk.ports import Channel, Fetcher, SourceStore, Store
from watchdesk.rules import Answers, RuleSet

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything the configuration asks for, complete and checked; a reload replaces it as a whole."""

    settings: Settings
    rules: RuleSet
    fetcher: Fetcher
    channels: Mapping[str, Channel]


class PollOutcome(StrEnum):
    """What a poll came to, as `once --json` says it."""

    NEW = "new"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class FoundMatch:
    """A match that a poll brought, and the digests it waits for."""

    article: Article
    match: Match
    digests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PollReport:
    """One poll of one source. Updated articles are not new, but may bring matches."""

    source_id: str
    outcome: PollOutcome
    status: int | None = None
    new_articles: int = 0
    updated_articles: int = 0
    error: str | None = None
    matches: tuple[FoundMatch, ...] = field(default=())


def poll_source(
    plan: Plan, store: Store, source: Source, state: SourceState, clock: Clock, rng: random.Random
) -> PollReport:
    """One poll, from the request to the transaction that keeps what it brought."""
    outcome = plan.fetcher.fetch(source, state)
    now = clock()
    if not isinstance(outcome, Fetched):
        return _nothing_read(store, sources.remember(source, state, outcome, now, rng))
    after = sources.remember(source, state, outcome, now, rng)
    if after.body_hash == state.body_hash:
        return _nothing_read(store, after)
    try:
        feed = sources.KINDS[source.kind](outcome, source)
    except UnreadableInput as unreadable:
        failure = Failed(str(unreadable), outcome.status)
        return _nothing_read(store, sources.remember(source, state, failure, now, rng))

    fresh = _fresh_entries(store, source, feed)
    taken = [_take(plan, source, state, feed, entry, revises, now) for entry, revises in fresh]
    items = [ingested for ingested, _ in taken]
    troubles = tuple(chain.from_iterable(troubles for _, troubles in taken))
    new = any(item.revises is None for item in items)
    stored = store.ingest(items, sources.read(after, feed, troubles, new=new), now)
    return _report(source, outcome.status, items, stored)


def _nothing_read(store: SourceStore, state: SourceState) -> PollReport:
    store.save_state(state)
    outcome = PollOutcome.FAILED if state.error else PollOutcome.UNCHANGED
    return PollReport(state.source_id, outcome, state.status, error=state.error)


def _fresh_entries(store: Store, source: Source, feed: ParsedFeed) -> Iterable[tuple[Identified, int | None]]:
    """Entries that are new, and entries whose stored article they revise, with its id."""
    identified = articles.identify(feed)
    known = store.known(source.id, list(chain.from_iterable(entry.keys for entry in identified)))
    for entry in identified:
        seen = next((known[key] for key in entry.keys if key in known), None)
        if seen is None:
            yield entry, None
        elif seen.entry_hash != entry.entry_hash:
            yield entry, seen.article_id


def _take(
    plan: Plan,
    source: Source,
    state: SourceState,
    feed: ParsedFeed,
    entry: Identified,
    revises: int | None,
    now: datetime,
) -> tuple[Ingested, list[str]]:
    """An entry made an article, matched, and told which digests it goes to; and what went wrong."""
    settings = plan.settings
    article = articles.normalise(entry.entry, feed, source, now)
    standing = articles.standing(
        article,
        first_poll=state.last_success is None,
        backlog=settings.polling.first_poll,
        oldest=settings.articles.oldest,
    )
    troubles: list[str] = []
    if standing is Standing.NEWS and articles.wants_page(article, source):
        article, trouble = read_own_page(plan.fetcher, source, article, now)
        troubles += [trouble] if trouble else []
    answers = plan.rules.answers(article)
    troubles += _seen_in_part(article, answers)
    matches = answers.matches
    return Ingested(
        article=article,
        keys=entry.keys,
        entry_hash=entry.entry_hash,
        story_keys=articles.story_keys(article),
        matches=matches,
        digests=_digests_of(settings.digests, plan.rules.labels, matches, standing),
        revises=revises,
    ), troubles


def _seen_in_part(article: Article, answers: Answers) -> Iterable[str]:
    """What rules could not look at in full; it may hide a match, so it is told."""
    name = article.url or article.title
    if answers.article_cut:
        yield f"{name} is too long: rules saw only its beginning"
    if answers.cut_short:
        yield f"{name} is too much work for rules, which saw a part of it: {', '.join(answers.cut_short)}"


def read_own_page(
    fetcher: Fetcher, source: Source, article: Article, now: datetime
) -> tuple[Article, str | None]:
    """The article with the text of its own page; as it was, and why, where that cannot be had."""
    if article.url is None:
        return article, None
    outcome = fetcher.page(article.url, source)
    if not isinstance(outcome, Fetched):
        return article, f"the page {article.url} could not be read: {without_body(outcome)}"
    try:
        page = articles.read_page(outcome.body, outcome.url, source, now, outcome.headers.get("content-type"))
    except UnreadableInput as unreadable:
        return article, f"the page {article.url} could not be read: {unreadable}"
    return articles.with_page(article, page), None


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


def _report(source: Source, status: int, items: Sequence[Ingested], stored: Sequence[Stored]) -> PollReport:
    pairs = list(zip(items, stored, strict=True))
    found = tuple(
        FoundMatch(replace(item.article, id=kept.article_id), match, item.digests.get(match.rule, ()))
        for item, kept in pairs
        for match in item.matches
        if match.rule in kept.matched
    )
    new = sum(kept.new for kept in stored)
    updated = sum(item.revises is not None for item in items)
    outcome = PollOutcome.NEW if new or updated else PollOutcome.UNCHANGED
    return PollReport(source.id, outcome, status, new, updated, matches=found)


def make_digests(plan: Plan, store: Store, clock: Clock) -> Sequence[Digest]:
    """Composes every digest that is due; each with its deliveries in one transaction."""
    subscriptions = plan.settings.digests
    now = clock()
    store.know_digests(list(subscriptions), now)
    marks = store.digest_marks()
    urgent = frozenset(r.id for r in plan.rules.labels.values() if r.priority is Priority.HIGH)
    made: list[Digest] = []
    for setting in subscriptions.values():
        decision = digests.due(setting, marks[setting.name], now, plan.settings.timezone, urgent)
        if decision.is_due:
            digest = make_digest(plan, store, setting, now, decision.scheduled)
            made += [digest] if digest else []
    return made


def make_digest(
    plan: Plan, store: Store, setting: DigestSettings, now: datetime, scheduled: datetime | None
) -> Digest | None:
    """Composes one digest now and lays it in the outbox; None when another process was first.

    An empty digest that is not to be sent is kept all the same: it stands for its scheduled time.
    """
    waiting = store.waiting(setting.name)
    digest = compose_digest(plan, store, setting, waiting, now, uuid.uuid4().hex)
    rendered = digests.render(digest, plan.settings.timezone, plan.settings.language)
    to = setting.to if waiting or setting.when_empty_send else ()
    deliveries = deliveries_for(digest, to, now)
    places = [match.id for match in waiting]
    return digest if store.commit_digest(digest, rendered, deliveries, places, scheduled) else None


def compose_digest(
    plan: Plan,
    store: Store,
    setting: DigestSettings,
    waiting: Sequence[WaitingMatch],
    now: datetime,
    digest_id: str,
) -> Digest:
    """What the digest holds, with the matches that wait for it and the health of the sources."""
    mark = store.digest_marks().get(setting.name)
    return digests.compose(
        setting,
        plan.rules.labels,
        waiting,
        sources.health(plan.settings.sources.values(), store.source_states()),
        since=(mark.last_composed or mark.known_since) if mark else None,
        now=now,
        digest_id=digest_id,
    )
