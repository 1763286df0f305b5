"""Parcels and deliveries to send."""

from datetime import UTC, datetime, timedelta

from watchdesk.model import Delivery, DeliveryState, Parcel, Rendered

NOW = datetime(2026, 11, 24, 7, 0, 0, tzinfo=UTC)


def parcel(
    *,
    subject: str = "Morning brief: 12 stories",
    html: str = "<p>News</p>",
    text: str = "News",
    json: str = '{"version": 1}',
    identity: str = "5f0c6f1ac2b64b7c8d8f0e6a4f3b2a19",
    digest: str = "morning",
    channel: str = "desk",
    age: timedelta = timedelta(0),
    composed_at: datetime = NOW,
    rendered: Rendered | None = None,
    digest_id: str = "d1",
    taken: tuple[str, ...] = (),
) -> Parcel:
    """A parcel leased at `NOW`, `age` after it was made."""
    delivery = Delivery(
        id=identity,
        digest_id=digest_id,
        digest_name=digest,
        channel=channel,
        state=DeliveryState.LEASED,
        created_at=NOW - age,
        due_at=NOW,
        taken=taken,
    )
    return Parcel(delivery, rendered or Rendered(subject, html, text, json), composed_at)
