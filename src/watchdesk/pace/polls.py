"""When to poll a source again."""

import random
from datetime import datetime, timedelta

from watchdesk.model import (
    Failed,
    Fetched,
    FetchOutcome,
    Gone,
    Held,
    NotModified,
    Source,
    SourceState,
    Throttled,
)
from watchdesk.pace.growth import doubled, jittered, later

LONGEST_ASKED = timedelta(days=1)
"""What a failing source waits at most, and what a server may ask for at most."""


def next_poll(
    source: Source, state: SourceState, outcome: FetchOutcome, now: datetime, rng: random.Random
) -> datetime:
    """When to poll the source after `outcome`; `state` is the one before it, but for what was learned.

    A good answer: after `every`. A failure: after `every`, and twice that for each one more in a row,
    up to `slowest`. What a server asks for lengthens the wait, up to `slowest` or a day, so that no
    mistake of a server silences a source for good. A feed that is gone: `slowest`. Never sooner than
    `fastest`.
    """
    match outcome:
        case Fetched() | NotModified():
            wait = jittered(source.every, rng)
        case Gone():
            wait = source.slowest
        case Throttled(after=after):
            asked = later(after or timedelta(0), rng)
            wait = max(_backed_off(source, state, rng), min(asked, max(source.slowest, LONGEST_ASKED)))
        case Held(until=until):
            wait = later(until - now, rng)
        case Failed():
            wait = _backed_off(source, state, rng)
    return now + max(wait, source.fastest)


def _backed_off(source: Source, state: SourceState, rng: random.Random) -> timedelta:
    return min(jittered(doubled(source.every, state.failures, source.slowest), rng), source.slowest)
