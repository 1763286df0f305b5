"""When to attempt a delivery again, and when to give it up."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchdesk.pace.growth import doubled, jittered, later

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Tried long enough: the delivery goes to the dead letters."""

    reason: str


def next_attempt(
    attempts: int,
    created_at: datetime,
    now: datetime,
    rng: random.Random,
    after: timedelta | None = None,
) -> datetime | GiveUp:
    """When to attempt a delivery again, `attempts` (≥ 1) of which have failed.

    About 5 s, 10 s, 20 s … up to 6 h apart, until three days after `created_at`. `after` is what the
    receiver asked for; it lengthens a wait, but never past the last attempt.
    """
    last = created_at + GIVE_UP_AFTER
    if now >= last:
        return GiveUp(f"given up after {attempts} attempts in {GIVE_UP_AFTER.days} days")
    backed_off = jittered(doubled(FIRST_WAIT, attempts - 1, LONGEST_WAIT), rng)
    wait = max(backed_off, later(after or timedelta(0), rng))
    return min(now + wait, last)
