"""The store's interface for seeing who works on the desk."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from watchdesk.model.hosts import FleetHost


class HostStore(Protocol):
    """The hosts of a fleet."""

    def hosts(self) -> Sequence[FleetHost]:
        """Those that were there within a day, by name, without those that another process on their machine
        has replaced; none on SQLite, or where none has joined.
        """

    def time(self) -> datetime | None:
        """What the server's clock says, by which all machines go that share the desk; None on SQLite."""
