"""Where watchdesk touches the world, as protocols: the web, the people, and what is remembered.

The store is cut by subject; `Store` is all of it. Every method that writes is one transaction:
when it raises `StorageError`, nothing of it was kept, and it may be called again.
"""

from collections.abc import Mapping
from typing import Protocol

from watchdesk.ports.archive import Archive
from watchdesk.ports.articles import (
    ArticleStore,
    PageStore,
    PollReads,
    PollStore,
    SourceStore,
    StoryStore,
)
from watchdesk.ports.digests import DigestStore, HistoryStore
from watchdesk.ports.events import EventStore
from watchdesk.ports.health import HealthStore
from watchdesk.ports.hosts import HostStore
from watchdesk.ports.labels import LabelStore
from watchdesk.ports.outbox import OutboxStore, TroubleStore
from watchdesk.ports.world import Channel, Fetcher, Inspected, Probing


class NoteStore(Protocol):
    """Small facts as text, by name; `remembered` knows what they mean."""

    def notes(self) -> Mapping[str, str]:
        """All of them; what the database notes of itself is left out."""

    def set_note(self, name: str, value: str | None) -> None:
        """Writes a fact; None removes it."""


class Store(
    SourceStore,
    ArticleStore,
    DigestStore,
    HistoryStore,
    OutboxStore,
    TroubleStore,
    HealthStore,
    HostStore,
    LabelStore,
    EventStore,
    NoteStore,
    Protocol,
):
    """All that survives a restart."""

    def close(self) -> None:
        """Gives up connections; the store is not used afterwards."""


__all__ = [
    "Archive",
    "ArticleStore",
    "Channel",
    "DigestStore",
    "EventStore",
    "Fetcher",
    "HealthStore",
    "HistoryStore",
    "HostStore",
    "Inspected",
    "LabelStore",
    "NoteStore",
    "OutboxStore",
    "PageStore",
    "PollReads",
    "PollStore",
    "Probing",
    "SourceStore",
    "Store",
    "StoryStore",
    "TroubleStore",
]
