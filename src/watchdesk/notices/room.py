"""How the database grows, and when its disk is full or it grows no more. Pure."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias, assert_never

from watchdesk.model import DatabaseSize, SizeSample, Trouble
from watchdesk.notices.wording import size_in_words

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_SHORTEST = _DAY
"""Of growth that is told: an hour says nothing about a week."""
_SURE = timedelta(days=3)
"""Of growth by which the operators are warned."""
NEARLY_FULL = "disk:nearly-full"
"""The key of `DiskNearlyFull`."""
_LITTLE = 500_000_000
"""Bytes."""
_TOO_LITTLE = 20_000_000
"""Bytes: with less than this the database cannot grow by a busy hour's articles."""
SOON = timedelta(days=14)
"""They are, when the disk is full within this time."""
_FELL = 0.95
"""What is less than this part of the greatest before was made smaller; what was before counts no more."""
_STILL = 0.999
"""And what is less than this part of the least since then: it still was."""
_LOOKED_BACK = 2 * _WEEK + _SHORTEST
"""For what it was before: removing may take days."""
_HARDLY = 0.005
"""Of the size, a week: with as little, or less than a megabyte, it does not grow."""
_NEARLY = 0.95
"""Of the size that it is kept to: a run removes some more than was needed."""
_TOLERATED = 1.02
"""Times the size that it is kept to: between two runs it grows."""
_SPARE = 1.1
"""Times what a desk takes at least: not every day brings as many articles."""
_LONGEST = timedelta(days=3650)
"""Beyond it nothing is foretold."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """How large the database is, and how it goes on at the pace of the last seven days."""

    size: DatabaseSize
    per_week: int | None = None
    """Bytes; None: it was not watched for a day, or not since it was made smaller. Negative: it shrinks."""
    watched: timedelta = timedelta(0)
    """How long the pace was measured."""
    full_in: timedelta | None = None
    """Until its disk is full; None: it does not come to that, or is not known."""
    level_in: timedelta | None = None
    """Until as many articles are removed as come; None: they are already, or it will not come to that."""
    level_at: int | None = None
    """Bytes that it takes then, about."""
    most: int | None = None
    """Bytes that it is kept to, by the size in `articles.keep`."""
    least: int | None = None
    """Bytes that it takes without all that may go, where that is more than `most` for good."""

    @property
    def is_steady(self) -> bool:
        """As large as it is kept to, by the size in `articles.keep`, and not larger."""
        if self.most is None or self.least is not None or self.per_week is None:
            return False
        if self.size.used > _TOLERATED * self.most:
            return False
        is_there = self.level_in is not None and self.level_at == self.most and self.level_in < _DAY
        return is_there or (not self.grows and self.size.used >= _NEARLY * self.most)

    @property
    def comes_down(self) -> bool:
        """Larger than it is kept to, and not for good as far as is known."""
        return self.most is not None and self.least is None and self.size.used > _TOLERATED * self.most

    @property
    def grows(self) -> bool:
        """More than a little."""
        return self.per_week is not None and self.per_week > max(1_000_000, _HARDLY * self.size.used)


@dataclass(frozen=True, slots=True)
class DiskFilling:
    """The disk of the database is full soon, if it goes on like this."""

    outlook: Outlook


@dataclass(frozen=True, slots=True)
class DiskNearlyFull:
    """The disk of the state directory has little room left."""

    free: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class TooLargeToKeep:
    """The database stays larger than `articles.keep` lets it be, though what may go has gone."""

    most: int
    least: int
    """Bytes that it may take, and that it takes without what may go."""


RoomCause: TypeAlias = DiskFilling | DiskNearlyFull | TooLargeToKeep


def outlook(
    samples: Sequence[SizeSample],
    size: DatabaseSize,
    oldest: datetime | None,
    keep: timedelta | None,
    now: datetime,
    most: int | None = None,
    least: int | None = None,
) -> Outlook:
    """What is to be expected. `oldest`: when the oldest article came; `keep`: how long they are kept.

    `most`: bytes that it is kept to. `least`: what it takes at least, where that is more.
    """
    begin = _begin(samples, size, now)
    watched = now - begin.at if begin else timedelta(0)
    if begin is None or watched < _SHORTEST:
        return Outlook(size, most=most, least=least)
    pace = (size.used - begin.used) / (watched / _WEEK)
    found = Outlook(size, round(pace), watched, most=most, least=least)
    if not found.grows:
        return found
    age = now - oldest if oldest and keep else None
    level_in = keep - age if age is not None and keep and age < keep - _SHORTEST else None
    level_at = round(size.used + pace * (level_in / _WEEK)) if level_in is not None else None
    # What it could not be kept to will not stop it either.
    if most is not None and least is None and (level_at is None or most < level_at):
        level_in, level_at = _time(most - size.used, pace), most
    full_in = _time(size.free + size.total - size.used, pace) if size.free is not None else None
    if level_in is not None and (full_in is None or level_in < full_in):
        return replace(found, level_in=level_in, level_at=level_at)
    return replace(found, full_in=full_in)


def disk_filling(found: Outlook | None) -> Iterator[DiskFilling]:
    """Where it is full within two weeks, by what was seen of three days or more."""
    if found and found.full_in is not None and found.full_in < SOON and found.watched >= _SURE:
        yield DiskFilling(found)


def too_large(found: Outlook | None) -> Iterator[TooLargeToKeep]:
    """Where it was so for days after all that may go had gone."""
    if found and found.most is not None and found.least is not None:
        yield TooLargeToKeep(found.most, found.least)


def needed(least: int) -> int:
    """Bytes of a size to which a desk that takes `least` can be kept: a tenth more, in two figures."""
    wanted = least * _SPARE
    step = 10 ** (math.floor(math.log10(wanted)) - 1)
    return int(math.ceil(wanted / step) * step)


def nearly_full(free: int, total: int, *, was_told: bool = False) -> Iterator[DiskNearlyFull]:
    """Where a disk of `total` bytes has a twentieth left, or 500 MB. `was_told`: half as much again."""
    if free < min(_LITTLE, total // 20) * (1.5 if was_told else 1):
        yield DiskNearlyFull(free)


def is_full(free: int, total: int) -> bool:
    """Whether a disk of `total` bytes has too little left for anything to be recorded."""
    return free < min(_TOO_LITTLE, total // 20)


def trouble(cause: RoomCause) -> Trouble:
    """See `causes.trouble_of`."""
    match cause:
        case DiskNearlyFull(free=free):
            return Trouble(
                NEARLY_FULL,
                f"The disk of the state directory is nearly full: it has {size_in_words(free)} left. Make "
                "room: while a disk is full, nothing is polled, and what feeds drop meanwhile is lost.",
                recovery="The disk of the state directory has room again.",
            )
        case TooLargeToKeep(most=most, least=least):
            return Trouble(
                "database:too-large",
                f"The database cannot be kept to {size_in_words(most)}, as `articles.keep` has it: all "
                "articles that wait for no digest were removed, but for those of the last two days, and that "
                f"was not enough. Choose a size of at least {size_in_words(needed(least))}, or see "
                "what waits: watchdesk digest NAME.",
                recovery="The database is as small again as `articles.keep` says.",
            )
        case DiskFilling(outlook=found):
            return _filling(found)
        case _:
            assert_never(cause)


def _filling(found: Outlook) -> Trouble:
    assert found.full_in is not None and found.per_week is not None
    days = "a day" if found.full_in < 2 * _DAY else f"{found.full_in.days} days"
    left, more = size_in_words(found.size.free or 0), size_in_words(found.per_week)
    return Trouble(
        "database:filling",
        f"The disk of the database is full in about {days} at this pace: it has {left} left, and the "
        f"database grows by {more} a week. Make room, or keep articles for a shorter time (`articles.keep`).",
        recovery="The disk of the database is no longer about to be full.",
    )


def _begin(samples: Sequence[SizeSample], size: DatabaseSize, now: datetime) -> SizeSample | None:
    """The oldest of the last seven days; where it was made smaller since, also slowly, the end of that."""
    lately = sorted(
        (one for one in samples if timedelta(0) <= now - one.at <= _LOOKED_BACK), key=lambda one: one.at
    )
    begin: SizeSample | None = None
    greatest, fell = 0, False
    for one in (*lately, SizeSample(now, size.used)):
        if one.used < _FELL * greatest:
            begin, greatest, fell = one, one.used, True
        elif begin is None or (fell and one.used < _STILL * begin.used):
            begin = one
        greatest = max(greatest, one.used)
    in_week = (one for one in lately if now - one.at <= _WEEK + _SHORTEST)
    return begin if begin and now - begin.at <= _WEEK + _SHORTEST else next(in_week, None)


def _time(room: int, pace: float) -> timedelta | None:
    weeks = max(0, room) / pace
    return weeks * _WEEK if weeks < _LONGEST / _WEEK else None
