"""Telling the operators what troubles the service, once for as long as it lasts."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from watchdesk import digests, sources
from watchdesk.config.settings import OPERATORS
from watchdesk.delivery import deliveries_for
from watchdesk.digesting.making import digest_troubles
from watchdesk.digesting.rendering import noted, template_troubles
from watchdesk.model import Digest, Trouble
from watchdesk.notices.channels import LOOKED_AT, failing_channel_troubles, partly_taken_troubles
from watchdesk.notices.dead_letters import dead_letter_troubles, one_an_hour
from watchdesk.notices.overdue import overdue_troubles
from watchdesk.plan import Plan
from watchdesk.ports import Store
from watchdesk.remembered import remembered


def tell_operators(plan: Plan, store: Store, now: datetime) -> Sequence[Digest]:
    """Lays notices of what is new among the troubles in the outbox, one for all that are told alike.

    What is over is forgotten, so that it is told again when it comes again; what no channel can tell
    waits until one can. A crash in between tells nothing twice: a notice and what it told of are written
    together.
    """
    if not plan.settings.operators:
        return ()
    troubles = {trouble.cause: trouble for trouble in _troubles(plan, store, now)}
    told = store.told_troubles()
    over = told.keys() - troubles.keys()
    if over:
        store.forget_troubles(over)
    stopped = store.stopped_channels()
    going = [name for name in plan.settings.operators if name not in stopped]
    notices: list[Digest] = []
    unknown = (trouble for trouble in troubles.values() if trouble.cause not in told)
    for to, fresh in _by_channels(one_an_hour(unknown, told, now), going).items():
        notice = Digest(OPERATORS, "watchdesk", now, None, (), id=uuid.uuid4().hex)
        rendering = digests.render_notice_by(plan.templates, fresh, now, plan.settings.timezone)
        rendered = noted(plan, store, rendering)
        deliveries = deliveries_for(notice, to, now)
        store.commit_notice(notice, rendered, deliveries, [trouble.cause for trouble in fresh])
        notices.append(notice)
    return notices


def _by_channels(troubles: Iterable[Trouble], going: Sequence[str]) -> dict[tuple[str, ...], list[Trouble]]:
    """The troubles by the channels that can tell of them; those that none can are left out."""
    grouped: dict[tuple[str, ...], list[Trouble]] = {}
    for trouble in troubles:
        to = tuple(name for name in going if name != trouble.not_by)
        if to:
            grouped.setdefault(to, []).append(trouble)
    return grouped


def _troubles(plan: Plan, store: Store, now: datetime) -> Iterator[Trouble]:
    states = store.troubled_sources(sources.MOVED_AFTER)
    yield from sources.troubles(plan.settings.sources.values(), states, now)
    stopped = store.stopped_channels()
    for channel, reason in stopped.items():
        yield Trouble(
            f"stopped:{channel}",
            f"Nothing is sent to the channel {channel} any more, for its receiver said so: {reason}. "
            f"When that is mended: watchdesk deliveries retry --channel {channel}.",
        )
    # What a receiver said when it stopped its channel is told already.
    others = (letter for letter in store.dead_letters() if letter.error != stopped.get(letter.channel, ""))
    yield from dead_letter_troubles(others)
    yield from failing_channel_troubles(store.failing_channels(), now)
    yield from partly_taken_troubles(store.sent_notes(now - LOOKED_AT))
    yield from template_troubles(store)
    yield from digest_troubles(store)
    yield from overdue_troubles(plan, store, now)
    refused = remembered(store).refused
    if refused:
        yield Trouble(
            f"configuration:{refused.at.isoformat()} {refused.reason}",
            "The configuration was changed and cannot be used; the one before stays in force. "
            f"{'; '.join(refused.mistakes) or refused.reason}",
        )
