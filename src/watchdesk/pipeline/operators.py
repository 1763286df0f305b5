"""Telling the operators what troubles the service, once for as long as it lasts."""

import re
import uuid
from collections.abc import Iterator

from watchdesk import digests, sources
from watchdesk.config.settings import OPERATORS
from watchdesk.delivery import deliveries_for
from watchdesk.model import Digest, Trouble
from watchdesk.pipeline.plan import Clock, Plan
from watchdesk.pipeline.typesetting import noted, template_troubles
from watchdesk.ports import Store

_PLACE = re.compile(r"\S+:\d+:\d+: ")


def tell_operators(plan: Plan, store: Store, clock: Clock) -> Digest | None:
    """Lays a notice of what is new among the troubles in the outbox; None when nothing is.

    What is over is forgotten, so that it is told again when it comes again. A crash in between tells
    nothing twice: the notice and what it told of are written together.
    """
    to = plan.settings.operators
    if not to:
        return None
    now = clock()
    troubles = {trouble.cause: trouble for trouble in _troubles(plan, store, clock)}
    told = store.told_troubles()
    fresh = [trouble for cause, trouble in troubles.items() if cause not in told]
    over = told - troubles.keys()
    if not fresh:
        if over:
            store.forget_troubles(over)
        return None
    notice = Digest(OPERATORS, "watchdesk", now, None, (), id=uuid.uuid4().hex)
    rendering = digests.render_notice_by(plan.templates, fresh, now, plan.settings.timezone)
    rendered = noted(plan, store, rendering)
    deliveries = deliveries_for(notice, to, now)
    store.commit_notice(notice, rendered, deliveries, [trouble.cause for trouble in fresh], over)
    return notice


def _troubles(plan: Plan, store: Store, clock: Clock) -> Iterator[Trouble]:
    states = store.troubled_sources(sources.MOVED_AFTER)
    yield from sources.troubles(plan.settings.sources.values(), states, clock())
    for channel, reason in store.stopped_channels().items():
        yield Trouble(
            f"stopped:{channel}",
            f"Nothing is sent to the channel {channel} any more, for its receiver said so: {reason}. "
            "When that is mended: watchdesk deliveries retry, with one of its deliveries.",
        )
    yield from _dead_letters(store)
    yield from template_troubles(store)
    refused = store.notes().get("configuration.refused")
    if refused:
        yield Trouble(
            f"configuration:{refused}",
            "The configuration was changed and cannot be used; the one before stays in force. "
            f"{_said(refused)}",
        )


def _dead_letters(store: Store) -> Iterator[Trouble]:
    for channel, (delivery_id, error) in store.dead_letters().items():
        yield Trouble(
            f"dead:{channel}",
            f"What was to go to the channel {channel} could not be sent: {error or 'nobody knows why'}. "
            "It is kept: watchdesk deliveries --state dead. To send it again: "
            f"watchdesk deliveries retry {delivery_id}.",
        )


def _said(refused: str) -> str:
    """The mistakes alone, each with its place; the lines that draw them are for a terminal."""
    mistakes = [line for line in refused.partition(" ")[2].splitlines() if _PLACE.match(line)]
    return "; ".join(mistakes) or refused.partition(" ")[2]
