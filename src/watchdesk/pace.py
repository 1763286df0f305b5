"""When to try again: the next poll of a source, the next attempt of a delivery. Pure.

Waits grow with each failure and are jittered, so that many that failed together do not come back
together. What the other side asks for (Retry-After, RFC 9110 §10.2.3) is obeyed within our limits.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchdesk.model import Failed, Fetched, FetchOutcome, Gone, NotModified, Source, SourceState, Throttled

JITTER = 0.1
"""A tenth more or less spreads sources that were started together."""

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Tried long enough: the delivery goes to the dead letters."""

    reason: str


def next_poll(
    source: Source, state: SourceState, outcome: FetchOutcome, now: datetime, rng: random.Random
) -> datetime:
    """When to poll the source after `outcome`; `state` is the one before it.

    A good answer: after `every`. A failure: twice the wait for each in a row, up to `slowest`. What a
    server asks for counts when it is longer. Never sooner than `fastest`.
    """
    match outcome:
        case Fetched() | NotModified():
            wait = source.every
        case Gone():
            wait = source.slowest
        case Throttled(after=after):
            wait = max(_backed_off(source, state), min(after or timedelta(0), timedelta(days=1)))
        case Failed():
            wait = _backed_off(source, state)
    return now + max(_jittered(wait, rng), source.fastest)


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
    doublings = min(attempts - 1, 20)
    wait = max(_jittered(min(FIRST_WAIT * 2**doublings, LONGEST_WAIT), rng), after or timedelta(0))
    return min(now + wait, last)


def _backed_off(source: Source, state: SourceState) -> timedelta:
    doublings: int = min(state.failures, 20)
    return min(source.every * 2.0**doublings, source.slowest)


def _jittered(wait: timedelta, rng: random.Random) -> timedelta:
    return wait * rng.uniform(1 - JITTER, 1 + JITTER)
