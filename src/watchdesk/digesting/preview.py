"""Shows the next digest before its time, or sends it to a channel as a test. What waits for it still waits.

A test is in no queue: it is sent once, under an identity of its own, and leaves no dead letter.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from watchdesk.config.settings import DigestSettings
from watchdesk.delivery import attempt, deliveries_for
from watchdesk.digesting.links import plain_links, signed_links
from watchdesk.digesting.making import compose_digest, ready_matches, rendering_of
from watchdesk.digests import Rendering
from watchdesk.digests.choosing import Choice
from watchdesk.model import Parcel, Refused, SendOutcome, WaitingMatch
from watchdesk.model.archive import NOTHING, LookBack
from watchdesk.plan import Configured, Plan
from watchdesk.ports import Store

_LOOK_BACK = timedelta(days=7)
_ENOUGH = 10
"""Matches that a test shows when nothing waits."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a channel made of a test."""

    channel: str
    outcome: SendOutcome


def preview_digest(
    plan: Configured, store: Store, setting: DigestSettings, now: datetime, since: datetime | None = None
) -> Rendering:
    """What the digest would hold if it were made now; `since`: only what was matched from then on."""
    waiting, choice = _waiting(store, setting, now, since)
    digest = compose_digest(plan, store, setting, waiting, now, "preview", choice=choice)
    return rendering_of(plan, setting, digest, plain_links(plan, now))


def try_digest(
    plan: Plan,
    store: Store,
    setting: DigestSettings,
    to: Sequence[str],
    now: datetime,
    since: datetime | None = None,
) -> tuple[Rendering, Sequence[Trial]]:
    """Sends a test of the digest to each of these configured channels; what it holds, and what came of it.

    When nothing waits, the test holds what the digest held in the last days, so that there is something to
    see.
    """
    waiting, choice = _waiting(store, setting, now, since)
    held = waiting or list(_held_before(store, setting, now))
    digest = compose_digest(plan, store, setting, held, now, uuid.uuid4().hex, choice=choice)
    rendering = rendering_of(plan, setting, replace(digest, is_test=True), signed_links(plan, now))
    parcels = [Parcel(delivery, rendering.rendered, now) for delivery in deliveries_for(digest, to, now)]
    return rendering, [Trial(p.delivery.channel, _send(plan, p, now)) for p in parcels]


def _waiting(
    store: Store, setting: DigestSettings, now: datetime, since: datetime | None
) -> tuple[list[WaitingMatch], Choice | None]:
    ready, choice = ready_matches(store, setting, now)
    return [match for match in ready if since is None or match.matched_at >= since], choice


def _held_before(store: Store, setting: DigestSettings, now: datetime) -> Iterator[WaitingMatch]:
    """The newest matches that went out in the digest. Each article counts as a story of its own."""
    number = 0
    looking = LookBack(now - _LOOK_BACK, NOTHING, matched_by=None)
    for article in (one.article for page in store.look_back(looking) for one in page.articles):
        for found in store.matches(article.id) if article.id is not None else ():
            if found.digests.get(setting.name) is not None:
                number += 1
                rule_id = found.match.rule
                yield WaitingMatch(number, rule_id, article, found.article_id, found.match, found.matched_at)
        if number >= _ENOUGH:
            return


def _send(plan: Plan, parcel: Parcel, now: datetime) -> SendOutcome:
    name = parcel.delivery.channel
    if elsewhere := plan.elsewhere(name):
        return Refused(elsewhere)
    return attempt(name, plan.channels[name], parcel, now)
