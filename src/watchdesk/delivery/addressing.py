"""The deliveries of a digest, and the stable identity of each.

A receiver drops repeats by the identity, so it depends on the digest and the channel alone.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from watchdesk.model import Delivery, DeliveryState, Digest

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "tag:watchdesk,2026:delivery")


def deliveries_for(digest: Digest, to: Sequence[str], now: datetime) -> tuple[Delivery, ...]:
    """One delivery for each channel of `to`, due at once; a channel that is named twice gets one."""
    return tuple(
        Delivery(
            id=_identity(digest.id, channel),
            digest_id=digest.id,
            digest_name=digest.name,
            channel=channel,
            state=DeliveryState.WAITING,
            created_at=now,
            due_at=now,
        )
        for channel in dict.fromkeys(to)
    )


def _identity(digest_id: str, channel: str) -> str:
    """The length keeps the two apart: ("a", "bc") is not ("ab", "c")."""
    return uuid.uuid5(_NAMESPACE, f"{len(digest_id)}:{digest_id}{channel}").hex
