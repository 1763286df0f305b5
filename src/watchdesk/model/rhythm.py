"""When a source publishes, as it was learned from what it published."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Decayed counts of entries by the clock in UTC; how they are learned and read is left to `pace`."""

    until: datetime
    """Up to when it was learned."""
    observed: float = 0.0
    """Hours of observation, decayed as the counts are."""
    hours: tuple[float, ...] = (0.0,) * 24
    """Entries by hour of the day."""
    days: tuple[float, ...] = (0.0,) * 7
    """Entries by day of the week, Monday first."""
    minutes: tuple[float, ...] = (0.0,) * 12
    """Entries by five minutes of the hour."""
