"""When to attempt a delivery again, and when to give it up. Pure.

`delivery` decides which failures are worth another attempt.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchdesk.scheduling.backoff import JITTER, doubled, jittered, later

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(days=3)
FEWEST = 10
"""Attempts before giving up, however much time has passed: the clock may have jumped ahead, or the machine
have been off. They take about three quarters of an hour."""
MOST = 30
"""Attempts before giving up on a delivery dated in the future: a few more than fit into three days. A clock
was wrong when it was made, so its age is unknown."""
LONGEST_ASKED = timedelta(days=1)
"""The longest wait that a receiver may ask for."""
LONGEST = LONGEST_ASKED * (1 + JITTER)
"""No attempt is delayed for longer."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """No further try; `reason` says why."""

    reason: str


def next_attempt(
    attempts: int,
    created_at: datetime,
    now: datetime,
    rng: random.Random,
    after: timedelta | None = None,
) -> datetime | GiveUp:
    """When to attempt a delivery again after `attempts` (≥ 1) failed ones.

    About 5 s, 10 s, 20 s … up to 6 h apart, until three days after `created_at`. `after` is the wait that the
    receiver asked for; it lengthens a wait, up to a day, but never past the last attempt.
    """
    last = created_at + GIVE_UP_AFTER
    is_old = now >= last or (created_at > now and attempts >= MOST)
    if is_old and attempts >= FEWEST:
        return GiveUp(f"given up after {attempts} attempts in {GIVE_UP_AFTER.days} days")
    backed_off = jittered(doubled(FIRST_WAIT, attempts - 1, LONGEST_WAIT), rng)
    asked = min(after or timedelta(0), LONGEST_ASKED)
    again = now + max(backed_off, later(asked, rng))
    return again if is_old else min(again, last)
