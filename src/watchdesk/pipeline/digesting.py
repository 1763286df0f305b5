"""Making the digests that are due, and laying them in the outbox."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from watchdesk import digests, sources
from watchdesk.config.settings import DigestSettings
from watchdesk.delivery import deliveries_for
from watchdesk.model import Digest, Past, Priority, WaitingMatch
from watchdesk.pipeline.plan import Clock, Plan
from watchdesk.ports import Store


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
        sources.health(plan.settings.sources.values(), store.source_states(), now),
        Past(since=(mark.last_composed or mark.known_since) if mark else None),
        now=now,
        timezone=setting.timezone or plan.settings.timezone,
        digest_id=digest_id,
    )
