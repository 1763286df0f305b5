"""The store's interface for checking and reopening the database."""

from datetime import datetime
from typing import Protocol

from watchdesk.errors import DamagedStorage
from watchdesk.model import DatabaseSize


class HealthStore(Protocol):
    """The database as a whole."""

    def take_damage(self) -> DamagedStorage | None:
        """The last damage that a statement has met since this was last asked."""

    older_copy: str | None
    """A warning if the database was an older copy of the one used here before, when it was opened."""

    moved: str | None
    """What to know of a database that was opened to be read, and from which its desk has moved."""

    def stamp(self) -> None:
        """Advances the count in the database and beside it, so that an older copy can be told apart."""

    def started_well(self) -> None:
        """Notes that what runs on the database has started well; after a migration, the second such start
        removes the copy that was made of the file before it.
        """

    def check(self, patience: float) -> bool:
        """Glances at the database, and reads it from disk; False when `patience` seconds were not enough.

        Raises `DamagedStorage` when it is damaged, and `StorageError` when it cannot be used.
        """

    def glance(self) -> None:
        """Reads from disk the header, the schema and the newest rows of each table.

        Raises `DamagedStorage` or another `StorageError`.
        """

    def renew_planner_counts(self) -> bool:
        """Lets the database's planner know how large the tables are by now, a table at a time; True if it
        did not.
        """

    def size(self) -> DatabaseSize:
        """How large the database is, at once."""

    def index_bytes(self) -> float:
        """Bytes, about, that an article takes in the index of the archive: they become free behind."""

    def first_compared(self) -> datetime | None:
        """When the oldest article was seen that stories still know, be it removed; None: there is none."""

    def reopen(self) -> str | None:
        """Closes the database and opens it again, as after it was replaced; returns what a person must
        know.

        Raises `StorageError` when it cannot be used.
        """
