"""How long a receiver may take."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a receiver may take, in seconds."""

    wait: float = 60
    """For each answer."""
    whole: float = 300
    """For the exchange; shorter than the lease of a delivery."""
