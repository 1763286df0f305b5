"""Stand-in until the rhythm is learned."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from watchdesk.model import Rhythm


def learned(
    rhythm: Rhythm | None, arrivals: Sequence[datetime], since: datetime | None, now: datetime
) -> Rhythm:
    return rhythm or Rhythm(until=now)


def believable(published: datetime | None, since: datetime | None, now: datetime) -> datetime:
    return published or now


def first_polls(count: int, now: datetime, every: timedelta, rng: object) -> Sequence[datetime]:
    return [now + timedelta(seconds=n * 0.1) for n in range(count)]
