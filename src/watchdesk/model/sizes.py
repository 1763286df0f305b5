"""How large the database is, and was."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

_OFTEN = timedelta(hours=1)
_LATELY = timedelta(days=2)
"""How long each of those is kept; of older ones, one a day."""
_DAY = timedelta(days=1)
_KEPT = timedelta(days=60)
LEFT_FOR = timedelta(days=17)
"""A little longer than articles are compared with those that come later."""
_TRIED = timedelta(days=2, hours=12)
"""Articles of the last two days stay: by then what came at once, as from a new source, may go."""
_TO_SPARE = 0.95


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
class SizeKept:
    """What was done to bring the database under the size that it is kept to, and what came of it."""

    most: int
    """That size, in bytes. What is noted below of another one holds for that alone."""
    removed_at: datetime | None = None
    """When more than a few articles last went for it; what they leave goes with the walk after that."""
    removed_to: datetime | None = None
    """When the last of those that went was first seen: older ones are kept only where they wait."""
    nothing_left_since: datetime | None = None
    """Since when it is larger though nothing is left that may go."""
    fits_since: datetime | None = None
    """Since when it fits again, after it could not be kept to."""
    least: int | None = None
    """Bytes that it takes without all that may go, where that is more than `most` for good."""

    def of(self, most: int) -> "SizeKept":
        """As it is where the size was set to `most` meanwhile: nothing was tried for that one yet."""
        return self if most == self.most else SizeKept(most, self.removed_at, self.removed_to)

    def kept_from(self, before: datetime, now: datetime) -> datetime:
        """From when on all is kept, where what was seen before `before` is too old.

        What removed articles leave is kept as far back as articles are, and 17 days at least: feeds list
        their entries again, and stories are told again.
        """
        return before if self.removed_to is None else max(before, min(self.removed_to, now - LEFT_FOR))

    def removed(self, at: datetime, to: datetime, *, many: bool) -> "SizeKept":
        """Articles that were first seen until `to` went. `many`: more than a few."""
        furthest = to if self.removed_to is None or self.removed_to > at else max(to, self.removed_to)
        return replace(self, removed_to=furthest, removed_at=at if many else self.removed_at)

    def larger(self, used: int, now: datetime) -> "SizeKept":
        """Nothing was left that may go, and it takes `used` bytes, more than it is to.

        Once that has lasted for more than two days, in which what had been removed was cleared away, and what
        was too young may go as well, it is so for good.
        """
        since = self.nothing_left_since
        since = now if since is None or since > now else since
        lasts = self.least is not None or now - since >= _TRIED
        least = max(self.least or 0, used) if lasts else None
        return replace(self, nothing_left_since=since, fits_since=None, least=least)

    def fits(self, used: int, now: datetime) -> "SizeKept":
        """It takes `used` bytes, no more than it is to. What was larger for good has to fit for two days, or
        with room to spare: the one hour it fits, and the next it does not.
        """
        if self.least is None:
            return replace(self, nothing_left_since=None, fits_since=None)
        since = now if self.fits_since is None or self.fits_since > now else self.fits_since
        if used <= _TO_SPARE * self.most or now - since >= _LATELY:
            return replace(self, nothing_left_since=None, fits_since=None, least=None)
        return replace(self, fits_since=since)


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
