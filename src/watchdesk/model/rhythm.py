"""When a source publishes, as it was learned from what it published."""

from dataclasses import dataclass
from datetime import datetime

NO_CEILING = 168.0
"""Hours: longer than anybody waits."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Decayed counts of entries by the clock in UTC; `scheduling` learns and reads them."""

    until: datetime
    """Up to when it was learned."""
    observed: float = 0.0
    """Hours of observation, decayed as the counts are; those that the first document showed included."""
    watched: float = 0.0
    """Hours since the first poll, not decayed."""
    recent: float = 0.0
    """Entries of the last hour or so: a count that loses all but a third of itself in an hour."""
    foreseen: float = 0.0
    """What `recent` would be, had the source kept to its rhythm."""
    peak: float = 0.0
    """The highest that `recent` was, decayed as the counts are."""
    spurt: float = 0.0
    """As `recent`, of the last ten minutes or so."""
    steepest: float = 0.0
    """The highest that `spurt` was, decayed as the counts are."""
    ceiling: float = NO_CEILING
    """Hours between polls at most since a gap; it rises again by and by."""
    hours: tuple[float, ...] = (0.0,) * 24
    """Entries by hour of the day."""
    days: tuple[float, ...] = (0.0,) * 7
    """Entries by day of the week, Monday first."""
    minutes: tuple[float, ...] = (0.0,) * 12
    """Entries by five minutes of the hour."""
