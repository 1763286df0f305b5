"""How long a receiver may take."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a receiver may take, in seconds."""

    wait: float = 60
    """For each answer."""
    whole: float = 300
    """For the exchange; shorter than the lease of a delivery."""

    def within(self, timeout: timedelta | None) -> Self:
        """The same, with a channel's `timeout` for the whole exchange; None: unchanged."""
        if timeout is None:
            return self
        whole = timeout.total_seconds()
        return type(self)(min(self.wait, whole), whole)
