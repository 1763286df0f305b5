"""One poll, step by step: ask, collect, recognise, ingest (with full texts), write.

Each step is a function of this room or of a pure one; this page puts them in order. Articles are written a
few at a time, and the source's state with the last of them: a poll that is cut off is repeated.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from watchdesk import sources
from watchdesk.articles import Identified
from watchdesk.errors import UnreadableInput
from watchdesk.model import (
    Article,
    Entry,
    Failed,
    Fetched,
    FetchOutcome,
    Gone,
    GuidDoubt,
    Held,
    Ingested,
    NotModified,
    PublishedKnown,
    Source,
    SourceState,
    Stored,
    Throttled,
    Unreached,
    refusals,
    without_body,
)
from watchdesk.plan import Clock, Plan
from watchdesk.polling.collecting import Collected, Read, collect, older_entries
from watchdesk.polling.ingest import ingest
from watchdesk.polling.recognising import Fresh, Polled, Recognised, recognise
from watchdesk.polling.report import FoundMatch, PollOutcome, PollReport
from watchdesk.polling.source_furniture import SourceFurniture
from watchdesk.ports import PollStore
from watchdesk.sources import Seen

AT_ONCE = 20
"""Articles that are written together: after a crash no more than these are fetched again."""

Keep = Callable[[SourceState], object]
"""Takes the state after a poll that brought no article. It may be written a little later, with others."""


@dataclass(frozen=True, slots=True)
class Poll:
    """One source in one poll."""

    plan: Plan
    store: PollStore
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

    def reader(self, now: datetime) -> Read:
        """Reads a document of this source; with all its articles where it was never read before."""
        normalised_at = now if self.is_first else None
        return lambda answer: self.plan.read.document(answer, self.source, normalised_at)


def begin(
    plan: Plan,
    store: PollStore,
    group: Sequence[Source],
    states: Mapping[str, SourceState],
    clock: Clock,
    rng: random.Random,
    keep: Keep,
) -> Sequence[Poll]:
    """The polls of sources of one address. `states`: what is remembered of those that were polled before."""
    before = {s.id: sources.valid_state(s, states.get(s.id) or SourceState(s.id)) for s in group}
    return [Poll(plan, store, source, before[source.id], clock, rng, keep) for source in group]


def ask(polls: Sequence[Poll]) -> FetchOutcome:
    """One request for sources of one address."""
    state = sources.least_known([poll.state for poll in polls])
    return polls[0].plan.fetcher.fetch(polls[0].source, state)


def take_answer(poll: Poll, outcome: FetchOutcome) -> PollReport:
    """Writes what the answer brings to one source, and when the source is polled next.

    Raises `StorageError`.
    """
    now = poll.clock()
    match outcome:
        case Fetched() | NotModified():
            try:
                collected = collect(poll.plan.fetcher, poll.reader(now), poll.source, poll.state, outcome)
                if collected is not None:
                    return _write_entries(poll, collected, outcome, now)
            except UnreadableInput as unreadable:
                return _keep_state(poll, Failed(str(unreadable), outcome.status), now)
            return _keep_state(poll, outcome, now)
        case Gone() | Throttled() | Held() | Failed():
            return _keep_state(poll, outcome, now)
        case _:
            assert_never(outcome)


def _keep_state(poll: Poll, outcome: FetchOutcome, now: datetime) -> PollReport:
    """Hands over the state of a source without new entries, with the time of its next poll."""
    after = sources.remember(poll.source, poll.state, outcome, now)
    after = sources.scheduled(poll.source, poll.state, after, outcome, now, poll.rng)
    poll.keep(after)
    what = PollOutcome.FAILED if after.error else PollOutcome.UNCHANGED
    report = PollReport(
        poll.source.id,
        what,
        after.status,
        error=after.error,
        unreached=isinstance(outcome, Unreached),
        next_poll=_due(after),
    )
    if isinstance(outcome, Held):
        return replace(report, outcome=PollOutcome.SKIPPED, error=without_body(outcome))
    return report


def _write_entries(
    poll: Poll, collected: Collected, outcome: Fetched | NotModified, now: datetime
) -> PollReport:
    """Recognises the entries, fills a gap, ingests what is new, and writes it with the source's state."""
    recognised = _recognise(poll, collected, (), now)
    troubles = list(collected.troubles)
    gap, filled = _is_gap(poll, collected, recognised), False
    if gap:
        older, filled, message = _fill_gap(poll, collected, recognised.doubt, now)
        troubles.append(message)
        if older:
            recognised = _recognise(poll, collected, older, now)
    furniture = SourceFurniture(poll.store, poll.source, [one.article for one in recognised.fresh])
    items: list[Ingested] = []
    stored: list[Stored] = []
    batch: list[Ingested] = []
    match_seconds: list[float] = []
    for entry in _in_order(recognised.fresh, gap=gap):
        if len(batch) == AT_ONCE:
            stored += poll.store.ingest(batch, None, now)
            batch = []
        taken = ingest(
            poll.plan, poll.source, entry, now, poll.rng, first_poll=poll.is_first, furniture=furniture
        )
        troubles += taken.troubles
        batch.append(taken.item)
        items.append(taken.item)
        if taken.match_seconds is not None:
            match_seconds.append(taken.match_seconds)
    troubles += refusals([one.refused for one in stored if one.refused])
    seen = Seen(
        collected.feed,
        len(collected.entries),
        [_published(item.article) for item in items if item.revises is None],
        gap,
        tuple(troubles),
        collected.parts,
        recognised.doubt,
        filled,
    )
    after = _state_after(poll, outcome, seen, now)
    stored += poll.store.ingest(batch, after, now, recognised.recalled)
    return replace(_report(poll.source, after, items, stored), match_seconds=tuple(match_seconds))


def _recognise(poll: Poll, collected: Collected, older: Sequence[Identified], now: datetime) -> Recognised:
    """Which entries of the source's documents and of `older` pages are new or changed."""

    def make(entries: Sequence[Entry]) -> Sequence[Article]:
        return poll.plan.read.articles(entries, collected.feed, poll.source, now) if entries else ()

    polled = Polled((*collected.entries, *older), collected.articles, len(older))
    return recognise(poll.store, poll.source, poll.state, polled, make, now)


def _is_gap(poll: Poll, collected: Collected, recognised: Recognised) -> bool:
    """Whether entries were probably missed since the poll before. An index of parts cannot show that."""
    any_known, count = recognised.any_known, len(collected.entries)
    return not collected.parts and sources.is_gap(poll.state, count, any_known=any_known)


def _fill_gap(
    poll: Poll, collected: Collected, doubt: GuidDoubt | None, now: datetime
) -> tuple[Sequence[Identified], bool, str]:
    """What older pages of the feed hold of a gap, whether that is all, and a message for the operators."""

    def known(entries: Sequence[Identified]) -> Sequence[bool]:
        keys = [tuple(key for key in entry.keys if doubt is None or key != entry.guid) for entry in entries]
        stored = poll.store.known(poll.source.id, [key for own in keys for key in own])
        return [any(key in stored for key in own) for own in keys]

    older, filled = older_entries(poll.plan.fetcher, poll.reader(now), poll.source, collected, known)
    since = poll.state.last_success
    span = f"between {since:%Y-%m-%d %H:%M} and {now:%H:%M} UTC" if since else "before"
    message = f"none of the entries of the poll before is left, so some that came {span} may be missing"
    if filled:
        message = (
            f"none of the entries of the poll before was left; what came {span} was read from older pages"
        )
    return older, filled, message


def _in_order(fresh: Sequence[Fresh], *, gap: bool) -> Sequence[Fresh]:
    """Of a gap the oldest first: after a crash the next poll finds the gap again, with what is missing."""
    return fresh[::-1] if gap else fresh


def _state_after(poll: Poll, outcome: FetchOutcome, seen: Seen, now: datetime) -> SourceState:
    after = sources.remember(poll.source, poll.state, outcome, now)
    after = sources.after_reading(poll.state, after, seen, now)
    return sources.scheduled(poll.source, poll.state, after, outcome, now, poll.rng, seen)


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
