"""What was found where a channel was tried without sending anything, and for whom it was tried."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine."""

    uid: int
    groups: frozenset[int]
    """All of its groups, by number."""
    name: str
    """Its number where it has no name."""

    def __str__(self) -> str:
        """As a sentence names it; commands such as chown take `name`."""
        return f"user {self.name}" if self.name == str(self.uid) else self.name


@dataclass(frozen=True, slots=True)
class Reached:
    """A delivery gets as far as this, if not further."""

    how_far: str
    expires: datetime | None = None
    """When the receiver's certificate ends; None: it has none, or nobody checks it."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotReached:
    """A delivery would fail now."""

    reason: str
    advice: str | None = None
    """What to do, where the reason does not say it."""


@dataclass(frozen=True, slots=True)
class NotTried:
    """Only a delivery can show it."""

    what: str
    """Such as `the login`."""
    reason: str


Probed = Reached | NotReached | NotTried
