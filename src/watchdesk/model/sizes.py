"""How large the database is, and was."""

from dataclasses import dataclass
from datetime import datetime, timedelta

_OFTEN = timedelta(hours=1)
_LATELY = timedelta(days=2)
"""How long each of those is kept; of older ones, one a day."""
_DAY = timedelta(days=1)
_KEPT = timedelta(days=60)
_SWEPT = timedelta(days=2)
"""A walk begins within a day, and may take long."""


@dataclass(frozen=True, slots=True)
class DatabaseSize:
    """Measured now. All in bytes."""

    total: int
    """On the disk, with the log beside it."""
    used: int
    """What of that holds something; the rest is filled before it grows."""
    free: int | None = None
    """Room on its disk; None where that is a server's."""


@dataclass(frozen=True, slots=True)
class SizeSample:
    """How many bytes of the database held something."""

    at: datetime
    used: int


@dataclass(frozen=True, slots=True)
class RoomOwed:
    """What removed articles take until the next walk through the tables and the next merge of the index."""

    removals: tuple[tuple[datetime, int], ...] = ()
    """When articles were removed for the size of the database, and the bytes that did not become free.

    Each run that removes for the size drops those that are over.
    """

    def at(self, now: datetime) -> "RoomOwed":
        """Without what should have become free by now, and without that of a clock that was ahead."""
        return RoomOwed(tuple(one for one in self.removals if timedelta(0) <= now - one[0] < _SWEPT))

    @property
    def used(self) -> int:
        """Bytes."""
        return sum(used for _, used in self.removals)


@dataclass(frozen=True, slots=True)
class SizeSamples:
    """How large it was, the oldest first: at most 110 of them."""

    samples: tuple[SizeSample, ...] = ()

    def with_one(self, now: datetime, used: int) -> "SizeSamples":
        """With one of now, where it is time for that; without those of a clock that was ahead."""
        past = [one for one in self.samples if now - _KEPT < one.at <= now]
        if past and now - past[-1].at < _OFTEN:
            return self if len(past) == len(self.samples) else SizeSamples(tuple(past))
        kept: list[SizeSample] = []
        for one in past:
            if now - one.at < _LATELY or not kept or one.at - kept[-1].at >= _DAY - _OFTEN / 2:
                kept.append(one)
        return SizeSamples((*kept, SizeSample(now, used)))
