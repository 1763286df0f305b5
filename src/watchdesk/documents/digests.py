"""Digests as JSON documents: what waits for each, and those that were made."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from watchdesk.documents.deliveries import DeliveryDocument, delivery_document
from watchdesk.documents.status import next_digests, waiting_by_digest
from watchdesk.documents.summary import Summary
from watchdesk.documents.words import utc_text
from watchdesk.model import Delivery, MadeDigest
from watchdesk.ports import Store


class NextDigestDocument(TypedDict):
    """A digest of the configuration, and what waits for it."""

    digest: str
    title: str
    waiting: int
    """Matches, without those of silent rules."""
    next: str | None
    """When it goes out, as far as that is known; null: it waits for something."""
    to: list[str]
    """Channels."""


class MadeDigestDocument(TypedDict):
    """A digest or notice that was made."""

    id: str
    digest: str
    """Its name; `operators` for notices of the service."""
    subject: str
    composed_at: str | None
    deliveries: list[DeliveryDocument]


class DigestsDocument(TypedDict):
    """What is to go out, and what was made, the newest first."""

    next_digests: list[NextDigestDocument]
    digests: list[MadeDigestDocument]
    next: str | None
    """The cursor for those after them; null: there are no more."""


def next_documents(summary: Summary) -> list[NextDigestDocument]:
    """What waits for each digest of the configuration."""
    if summary.configured is None:
        return []
    waiting, departures = waiting_by_digest(summary), next_digests(summary)
    found: list[NextDigestDocument] = []
    for name, digest in summary.configured.settings.digests.items():
        departs = departures.get(name)
        found.append(
            {
                "digest": name,
                "title": digest.title,
                "waiting": waiting.get(name, 0),
                "next": utc_text(departs) if isinstance(departs, datetime) else None,
                "to": list(digest.to),
            }
        )
    return found


def deliveries_by_digest(store: Store, made: Sequence[MadeDigest]) -> Mapping[str, Sequence[Delivery]]:
    """Digest id → its deliveries, by channel."""
    found: dict[str, list[Delivery]] = {one.id: [] for one in made}
    for delivery in sorted(store.deliveries_of([], list(found)), key=lambda one: one.channel):
        found[delivery.digest_id].append(delivery)
    return found


def made_document(made: MadeDigest, deliveries: Sequence[Delivery]) -> MadeDigestDocument:
    """A digest that was made."""
    return {
        "id": made.id,
        "digest": made.name,
        "subject": made.subject,
        "composed_at": utc_text(made.composed_at),
        "deliveries": [delivery_document(one) for one in deliveries],
    }
