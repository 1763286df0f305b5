"""Making the digests that are due, and laying them in the outbox."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from watchdesk import digests, sources
from watchdesk.config.settings import DigestSettings
from watchdesk.delivery import deliveries_for
from watchdesk.digests import Rise
from watchdesk.model import Digest, DigestMark, Past, Priority, SourceState, Spike, WaitingMatch
from watchdesk.pipeline.plan import Clock, Plan
from watchdesk.pipeline.typesetting import noted, rendering_of
from watchdesk.ports import Store

_SPIKES_WAIT = timedelta(hours=6)
"""How long a match may wait to become part of a spike: feeds are read hours late now and then."""


def make_digests(plan: Plan, store: Store, clock: Clock) -> Sequence[Digest]:
    """Composes every digest that is due; each with its deliveries in one transaction."""
    subscriptions = plan.settings.digests
    now = clock()
    store.know_digests(list(subscriptions), now)
    marks = store.digest_marks()
    silent = digests.silent_until(store.silences(now), now)
    urgent = frozenset(r.id for r in plan.rules.labels.values() if r.priority is Priority.HIGH)
    made: list[Digest] = []
    for setting in subscriptions.values():
        mark = marks[setting.name].without(silent)
        rises = _rises(plan, store, setting, mark) if setting.spike else ()
        decision = digests.due(setting, mark, now, plan.zone_of(setting), urgent, rises)
        if decision.is_due:
            spikes = [rise.spike for rise in rises]
            digest = make_digest(plan, store, setting, now, decision.scheduled, spikes)
            made += [digest] if digest else []
        elif setting.spike and mark.oldest_waiting and mark.oldest_waiting < now - _SPIKES_WAIT:
            store.let_go(setting.name, now - _SPIKES_WAIT)
    return made


def make_digest(
    plan: Plan,
    store: Store,
    setting: DigestSettings,
    now: datetime,
    scheduled: datetime | None,
    spikes: Sequence[Spike] = (),
) -> Digest | None:
    """Composes one digest now and lays it in the outbox; None when another process was first.

    An empty digest that is not to be sent is kept all the same: it stands for its scheduled time. With
    `spikes`, it holds what these rules found.
    """
    waiting = ready_matches(store, setting, now)
    if spikes:
        waiting = [match for match in waiting if match.rule_id in {spike.rule_id for spike in spikes}]
    digest = compose_digest(plan, store, setting, waiting, now, uuid.uuid4().hex, spikes)
    rendered = noted(plan, store, rendering_of(plan, setting, digest))
    to = setting.to if waiting or setting.when_empty_send else ()
    deliveries = deliveries_for(digest, to, now)
    places = [match.id for match in waiting]
    return digest if store.commit_digest(digest, rendered, deliveries, places, scheduled) else None


def ready_matches(store: Store, setting: DigestSettings, now: datetime) -> Sequence[WaitingMatch]:
    """What waits for the digest, but for what silent rules found."""
    silent = digests.silent_until(store.silences(now), now)
    return [match for match in store.waiting(setting.name) if match.rule_id not in silent]


def compose_digest(
    plan: Plan,
    store: Store,
    setting: DigestSettings,
    waiting: Sequence[WaitingMatch],
    now: datetime,
    digest_id: str,
    spikes: Sequence[Spike] = (),
) -> Digest:
    """What the digest holds, with the matches that wait for it, the past, and the health of the sources."""
    states = store.source_states()
    return digests.compose(
        setting,
        plan.rules.labels,
        waiting,
        sources.health(plan.settings.sources.values(), states, now),
        _past(store, setting, waiting, states, now),
        now=now,
        timezone=plan.zone_of(setting),
        digest_id=digest_id,
        weights={source.id: source.weight for source in plan.settings.sources.values()},
        spikes=spikes,
    )


def _past(
    store: Store,
    setting: DigestSettings,
    waiting: Sequence[WaitingMatch],
    states: Mapping[str, SourceState],
    now: datetime,
) -> Past:
    mark = store.digest_marks().get(setting.name)
    since = (mark.last_composed or mark.known_since) if mark else None
    oldest = min((match.matched_at for match in waiting), default=now)
    return Past(
        since=since,
        told=store.told(setting.name, {match.story_id for match in waiting}),
        found=store.found({match.rule_id for match in waiting}, now - timedelta(days=digests.HISTORY + 1)),
        silences=tuple(store.silences(min(oldest, now))),
        articles_seen=sum(store.article_counts(since).values()) if since else None,
        last_read=max((state.last_success for state in states.values() if state.last_success), default=None),
    )


def _rises(plan: Plan, store: Store, setting: DigestSettings, mark: DigestMark) -> Sequence[Rise]:
    """The rules of the digest that spike; the past is read only where enough waits for one."""
    if setting.spike is None or not mark.queues:
        return ()
    waiting = {
        rule_id: times
        for rule_id, times in store.waiting_times(setting.name).items()
        if rule_id in mark.queues and digests.could_spike(times, setting.spike)
    }
    if not waiting:
        return ()
    since = min(min(times) for times in waiting.values()) - digests.LOOK_BACK
    began = store.oldest_article(since) or since
    return digests.rises(waiting, store.found(waiting, since), began, setting.spike, plan.zone_of(setting))
