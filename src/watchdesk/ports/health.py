"""Whether what is remembered can be trusted."""

from typing import Protocol


class HealthStore(Protocol):
    """The database itself, whatever is in it."""

    @property
    def damage(self) -> str | None:
        """The damage that anything met since the last `check` that found everything whole; what to do."""

    older_copy: str | None
    """Says that the database was an older copy of the one that was here before, when it was opened."""

    def stamp(self) -> None:
        """Counts on in the database and beside it, so that an older copy can be told from it."""

    def check(self, patience: float | None = None) -> bool:
        """Reads everything anew; False when `patience` seconds were not enough.

        Raises `DamagedStorage` when it is damaged, and `StorageError` when it cannot be used.
        """

    def reopen(self) -> str | None:
        """Lets go of it and opens it anew, as after it was replaced; what a person has to know of that.

        Raises `StorageError` when it cannot be used.
        """
