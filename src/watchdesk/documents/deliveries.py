"""Deliveries in words and as JSON documents: stable keys, times in ISO 8601 and UTC."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import assert_never

from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from watchdesk.documents.words import ago, day_and_time, until, utc_text
from watchdesk.model import Delivery, DeliveryState

_TURN = timedelta(minutes=1)
"""A delivery that is due for longer waits for its channel's limits, or for a service that is not running."""


class DeliveryDocument(TypedDict):
    """One digest on its way to one channel."""

    id: str
    digest: str
    digest_id: str
    channel: str
    subject: str
    state: str
    """waiting, leased, sent, dead or dropped."""
    attempts: int
    created_at: str | None
    due_at: str | None
    next_attempt: str | None
    """Null where none is to come, or its channel is stopped."""
    sent_at: str | None
    error: str | None
    """Why its last attempt failed."""
    note: str | None
    """What its receiver said when it took it."""


class DeliveriesDocument(TypedDict):
    """The outbox, the newest first."""

    deliveries: list[DeliveryDocument]
    stopped_channels: dict[str, str]
    """Channel and reason."""
    next: str | None
    """The cursor for those after them; null: there are no more."""


class ChangedDocument(TypedDict):
    """A delivery after it was to be changed."""

    delivery: DeliveryDocument


def delivery_document(delivery: Delivery, stopped: Collection[str] = ()) -> DeliveryDocument:
    """A delivery of `once --json` and `deliveries --json`; `stopped`: channels that nothing is sent to."""
    waits = delivery.state is DeliveryState.WAITING and delivery.channel not in stopped
    return {
        "id": delivery.id,
        "digest": delivery.digest_name,
        "digest_id": delivery.digest_id,
        "channel": delivery.channel,
        "subject": delivery.subject,
        "state": str(delivery.state),
        "attempts": delivery.attempts,
        "created_at": utc_text(delivery.created_at),
        "due_at": utc_text(delivery.due_at),
        "next_attempt": utc_text(delivery.due_at) if waits else None,
        "sent_at": utc_text(delivery.sent_at),
        "error": delivery.error,
        "note": delivery.note,
    }


def when_of(delivery: Delivery, stopped: Mapping[str, str], now: datetime, zone: tzinfo) -> str:
    """When it was sent, or when it is tried next, or why it is not."""
    match delivery.state:
        case DeliveryState.SENT:
            return f"sent {day_and_time(delivery.sent_at or delivery.due_at, now, zone)}"
        case DeliveryState.LEASED:
            return "being sent"
        case DeliveryState.WAITING:
            return "its channel is stopped" if delivery.channel in stopped else _next_try(delivery, now)
        case DeliveryState.DEAD | DeliveryState.DROPPED:
            return f"made {day_and_time(delivery.created_at, now, zone)}"
        case _:
            assert_never(delivery.state)


def state_in_words(state: str) -> str:
    """A state of deliveries as people say it: `leased` is the outbox's own word."""
    return "being sent" if state == DeliveryState.LEASED else state


def _next_try(delivery: Delivery, now: datetime) -> str:
    if delivery.due_at > now:
        return f"next try {until(delivery.due_at, now)}"
    if delivery.due_at > now - _TURN:
        return "due now"
    return f"due {ago(delivery.due_at, now)}: waits for its channel, or for the service"
