"""Where watchdesk touches the world, as protocols: the web, the people, and what is remembered.

The store is cut by subject; `Store` is all of it. Every method that writes is one transaction:
when it raises `StorageError`, nothing of it was kept, and it may be called again.
"""

from collections.abc import Mapping
from typing import Protocol

from watchdesk.ports.articles import ArticleStore, PageStore, SourceStore
from watchdesk.ports.digests import DigestStore, PastStore
from watchdesk.ports.health import HealthStore
from watchdesk.ports.outbox import OutboxStore, TroubleStore
from watchdesk.ports.world import Channel, Fetcher


class Store(
    SourceStore, ArticleStore, DigestStore, PastStore, OutboxStore, TroubleStore, HealthStore, Protocol
):
    """All that survives a restart."""

    def notes(self) -> Mapping[str, str]:
        """Small facts by name, such as when the service last looked at its clock."""

    def set_note(self, name: str, value: str | None) -> None:
        """Writes a fact down; None takes it away."""

    def close(self) -> None:
        """Gives up connections; the store is not used afterwards."""


__all__ = [
    "ArticleStore",
    "Channel",
    "DigestStore",
    "Fetcher",
    "HealthStore",
    "OutboxStore",
    "PageStore",
    "PastStore",
    "SourceStore",
    "Store",
    "TroubleStore",
]
