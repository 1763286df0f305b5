"""Deliveries as JSON documents: stable keys, times in ISO 8601 and UTC."""

from collections.abc import Collection

from watchdesk.documents.words import utc_text
from watchdesk.model import Delivery, DeliveryState


def delivery_document(delivery: Delivery, stopped: Collection[str] = ()) -> dict[str, object]:
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
