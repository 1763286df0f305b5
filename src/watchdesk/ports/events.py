"""The store's interface for those who follow what is found and sent."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from watchdesk.model import Delivery
from watchdesk.model.archive import NumberedMatch


class EventStore(Protocol):
    """What came after a place that somebody remembers."""

    def last_match(self) -> int:
        """The number of the newest match; 0: there is none. Numbers grow."""

    def matches_after(self, number: int, limit: int) -> Sequence[NumberedMatch]:
        """The newest `limit` matches with a greater number, the oldest of them first."""

    def sent_after(self, channels: Collection[str], moment: datetime, limit: int) -> Sequence[Delivery]:
        """The newest `limit` deliveries to these channels sent after then, the oldest of them first."""
