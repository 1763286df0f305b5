"""One poll, from the request to the transaction that keeps what it brought."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from watchdesk import sources
from watchdesk.articles import Identified
from watchdesk.errors import UnreadableInput
from watchdesk.model import (
    Article,
    Entry,
    Failed,
    Fetched,
    FetchOutcome,
    GuidDoubt,
    Held,
    Ingested,
    NotModified,
    PublishedKnown,
    Source,
    SourceState,
    Stored,
    refusals,
    without_body,
)
from watchdesk.plan import Clock, Plan
from watchdesk.polling.collecting import Gathered, Read, gather, older_entries
from watchdesk.polling.ingest import take
from watchdesk.polling.recognising import Polled, Recognised, recognise
from watchdesk.polling.report import FoundMatch, PollOutcome, PollReport
from watchdesk.ports import Store
from watchdesk.sources import Seen

AT_ONCE = 20
"""Articles that go into the store together: after a crash no more than these are fetched again."""

Keep = Callable[[SourceState], object]
"""Takes the state after a poll that brought no article; it may be written a little later, with others."""


def poll(
    plan: Plan,
    store: Store,
    group: Sequence[Source],
    states: Mapping[str, SourceState],
    clock: Clock,
    rng: random.Random,
    keep: Keep,
) -> Sequence[PollReport]:
    """One request for the sources of one address, and what it brings to each of them.

    `states`: what is remembered of those that were polled before. A poll that is cut off is repeated.
    """
    before = {s.id: sources.as_of(s, states.get(s.id) or SourceState(s.id)) for s in group}
    outcome = plan.fetcher.fetch(group[0], sources.least_known(list(before.values())))
    return [
        _poll(_Poll(plan, store, source, before[source.id], clock, rng, keep), outcome) for source in group
    ]


@dataclass(frozen=True, slots=True)
class _Poll:
    """One source in one poll."""

    plan: Plan
    store: Store
    source: Source
    state: SourceState
    """As it was before."""
    clock: Clock
    rng: random.Random
    keep: Keep

    @property
    def is_first(self) -> bool:
        """Whether the source was never read with success."""
        return self.state.last_success is None

    def read(self, now: datetime) -> Read:
        """Reads a document of this source; with all its articles where it was never read before."""
        normalised_at = now if self.is_first else None
        return lambda answer: self.plan.read.document(answer, self.source, normalised_at)


def _poll(one: _Poll, outcome: FetchOutcome) -> PollReport:
    now = one.clock()
    if not isinstance(outcome, Fetched | NotModified):
        return _nothing_new(one, outcome, now)
    try:
        found = gather(one.plan.fetcher, one.read(now), one.source, one.state, outcome)
    except UnreadableInput as unreadable:
        return _nothing_new(one, Failed(str(unreadable), outcome.status), now)
    if found is None:
        return _nothing_new(one, outcome, now)
    try:
        return _take_in(one, found, outcome, now)
    except UnreadableInput as unreadable:
        return _nothing_new(one, Failed(str(unreadable), outcome.status), now)


def _nothing_new(one: _Poll, outcome: FetchOutcome, now: datetime) -> PollReport:
    after = sources.remember(one.source, one.state, outcome, now)
    after = sources.scheduled(one.source, one.state, after, outcome, now, one.rng)
    one.keep(after)
    what = PollOutcome.FAILED if after.error else PollOutcome.UNCHANGED
    report = PollReport(one.source.id, what, after.status, error=after.error, next_poll=_due(after))
    if isinstance(outcome, Held):
        return replace(report, outcome=PollOutcome.SKIPPED, error=without_body(outcome))
    return report


def _take_in(one: _Poll, found: Gathered, outcome: Fetched | NotModified, now: datetime) -> PollReport:
    """Takes in what is new: a few articles a transaction, the state with the last of them."""
    sorted_out = _recognised(one, found, (), now)
    gap = not found.parts and sources.is_gap(one.state, len(found.entries), any_known=sorted_out.any_known)
    troubles = list(found.troubles)
    if gap:
        older, told = _older(one, found, sorted_out.doubt, now)
        troubles.append(told)
        if older:
            sorted_out = _recognised(one, found, older, now)
    fresh = sorted_out.fresh
    items: list[Ingested] = []
    stored: list[Stored] = []
    batch: list[Ingested] = []
    # Of a gap the oldest first: after a crash it is found again, and so is what was not taken in.
    for entry in reversed(fresh) if gap else fresh:
        if len(batch) == AT_ONCE:
            stored += one.store.ingest(batch, None, now)
            batch = []
        item, told_of_it = take(one.plan, one.source, entry, now, one.rng, first_poll=one.is_first)
        troubles += told_of_it
        batch.append(item)
        items.append(item)
    troubles += refusals([why for one in stored if (why := one.refused)])
    published = [_published(item.article) for item in items if item.revises is None]
    seen = Seen(
        found.feed, len(found.entries), published, gap, tuple(troubles), found.parts, sorted_out.doubt
    )
    after = sources.taught(one.state, sources.remember(one.source, one.state, outcome, now), seen, now)
    after = sources.scheduled(one.source, one.state, after, outcome, now, one.rng, seen)
    stored += one.store.ingest(batch, after, now, sorted_out.recalled)
    return _report(one.source, after, items, stored)


def _recognised(one: _Poll, found: Gathered, older: Sequence[Identified], now: datetime) -> Recognised:
    """What of the source's document and of older pages is new, or says something new."""

    def make(entries: Sequence[Entry]) -> Sequence[Article]:
        return one.plan.read.articles(entries, found.feed, one.source, now) if entries else ()

    polled = Polled((*found.entries, *older), found.articles, len(older))
    return recognise(one.store, one.source, one.state, polled, make, now)


def _older(
    one: _Poll, found: Gathered, doubt: GuidDoubt | None, now: datetime
) -> tuple[Sequence[Identified], str]:
    """What older pages of the feed hold of a gap, and the words for the person who follows it."""

    def known(entries: Sequence[Identified]) -> Sequence[bool]:
        keys = [tuple(key for key in entry.keys if doubt is None or key != entry.guid) for entry in entries]
        stored = one.store.known(one.source.id, [key for own in keys for key in own])
        return [any(key in stored for key in own) for own in keys]

    older, filled = older_entries(one.plan.fetcher, one.read(now), one.source, found, known)
    since = one.state.last_success
    span = f"between {since:%Y-%m-%d %H:%M} and {now:%H:%M} UTC" if since else "before"
    gap = f"none of the entries of the poll before is left, so some that came {span} may be missing"
    if filled:
        gap = f"none of the entries of the poll before was left; what came {span} was read from older pages"
    return older, gap


def _published(article: Article) -> datetime | None:
    return article.published_at if article.published_known is PublishedKnown.EXACT else None


def _due(state: SourceState) -> datetime | None:
    return None if state.gone else state.next_poll


def _report(
    source: Source, state: SourceState, items: Sequence[Ingested], stored: Sequence[Stored]
) -> PollReport:
    found = tuple(
        FoundMatch(replace(item.article, id=kept.article_id), match, item.digests.get(match.rule, ()))
        for item, kept in zip(items, stored, strict=True)
        for match in item.matches
        if match.rule in kept.matched
    )
    new, updated = sum(kept.new for kept in stored), sum(kept.updated for kept in stored)
    what = PollOutcome.NEW if new or updated else PollOutcome.UNCHANGED
    return PollReport(source.id, what, state.status, new, updated, matches=found, next_poll=_due(state))
