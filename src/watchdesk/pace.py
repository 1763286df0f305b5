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
LONGEST_ASKED = timedelta(days=1)
GIVE_UP_AFTER = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Tried long enough: the delivery goes to the dead letters."""

    reason: str


def next_poll(
    source: Source, state: SourceState, outcome: FetchOutcome, now: datetime, rng: random.Random
) -> datetime:
    """When to poll the source after `outcome`; `state` is the one before it.

    A good answer: after `every`. A failure: after `every`, and twice that for each one more in a row,
    up to `slowest`. What a server asks for lengthens the wait, up to `slowest` or a day, so that no
    mistake of a server silences a source for good. A feed that is gone: `slowest`. Never sooner than
    `fastest`.
    """
    match outcome:
        case Fetched() | NotModified():
            wait = _jittered(source.every, rng)
        case Gone():
            wait = source.slowest
        case Throttled(after=after):
            asked = _later(after or timedelta(0), rng)
            wait = max(_backed_off(source, state, rng), min(asked, max(source.slowest, LONGEST_ASKED)))
        case Failed():
            wait = _backed_off(source, state, rng)
    return now + max(wait, source.fastest)


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
    backed_off = _jittered(_doubled(FIRST_WAIT, attempts - 1, LONGEST_WAIT), rng)
    wait = max(backed_off, _later(after or timedelta(0), rng))
    return min(now + wait, last)


def _backed_off(source: Source, state: SourceState, rng: random.Random) -> timedelta:
    return min(_jittered(_doubled(source.every, state.failures, source.slowest), rng), source.slowest)


def _doubled(first: timedelta, times: int, longest: timedelta) -> timedelta:
    """`first`, doubled so many times, up to `longest`."""
    return timedelta(seconds=min(first.total_seconds() * 2.0 ** min(times, 64), longest.total_seconds()))


def _jittered(wait: timedelta, rng: random.Random) -> timedelta:
    return wait * rng.uniform(1 - JITTER, 1 + JITTER)


def _later(wait: timedelta, rng: random.Random) -> timedelta:
    """Jittered, but never sooner than was asked."""
    return wait * rng.uniform(1, 1 + JITTER)
