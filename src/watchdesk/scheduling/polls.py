"""When to poll a source again, after each outcome. Pure.

`waiting` computes the wait after a success, `freshness` the wait that publishers ask for.
"""

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import assert_never

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
from watchdesk.model.rhythm import NO_CEILING
from watchdesk.scheduling.backoff import JITTER, doubled, jittered, later
from watchdesk.scheduling.freshness import fresh_for, past_quiet
from watchdesk.scheduling.waiting import ordinary_wait

LONGEST_ASKED = timedelta(days=1)
"""The longest wait of a failing source, and the longest that a server may ask for."""

_BLUR = timedelta(minutes=1)
"""The most jitter after a success. It shortens no wait, which may end just after a publisher's minute."""

_SPACING = timedelta(milliseconds=250)
"""The time between first polls, if there are few of them."""


def next_poll(
    source: Source, state: SourceState, outcome: FetchOutcome, now: datetime, rng: random.Random
) -> datetime:
    """When to poll the source after `outcome`; `state` is the previous one, with the rhythm learned since.

    After a success: when its rhythm and window make a poll worth while, or after `every` if nothing is known
    of it, between `fastest` and `slowest`; not before the publisher asks, unless that is after `slowest`.
    After a failure: that wait, doubled for each further failure in a row, up to a day. A throttling server's
    Retry-After lengthens the wait, up to a day or `slowest`. A feed that is gone: `slowest`, if it is polled
    at all. Never sooner than `fastest`.
    """
    now = now.astimezone(UTC)
    match outcome:
        case Fetched(headers=headers) | NotModified(headers=headers):
            return _after_good(source, state, headers, now, rng)
        case Gone():
            wait = source.slowest
        case Throttled(after=after):
            asked = later(after or timedelta(0), rng)
            wait = max(_backed_off(source, state, now, rng), min(asked, max(source.slowest, LONGEST_ASKED)))
        case Held(until=until):
            wait = later(max(until - now, timedelta(0)), rng)
        case Failed():
            wait = _backed_off(source, state, now, rng)
        case _:
            assert_never(outcome)
    return now + max(wait, source.fastest)


def first_polls(count: int, now: datetime, every: timedelta, rng: random.Random) -> Sequence[datetime]:
    """When to poll `count` sources for the first time: the first at once, the others one after the other.

    They are a quarter of a second apart, or closer if they would otherwise take longer than `every`.
    """
    apart = min(_SPACING / every, 1 / max(count, 1))
    return [now + every * (apart * max(number - rng.random() / 2, 0)) for number in range(count)]


def not_beyond(source: Source, due: datetime, now: datetime) -> datetime:
    """A remembered time of the next poll; `now` if it is too far ahead to be right: the clock was wrong."""
    latest = now + max(source.slowest, LONGEST_ASKED) * (1 + JITTER)
    return due if due <= latest else now


def _after_good(
    source: Source, state: SourceState, headers: Mapping[str, str], now: datetime, rng: random.Random
) -> datetime:
    wait = ordinary_wait(source, state, now)
    blur = min(wait * JITTER, _BLUR)
    asked = max(fresh_for(headers, now), _feed_ttl(state))
    wait = max(wait, asked) + blur * rng.random()
    latest = now + source.slowest
    return past_quiet(min(now + wait, latest), state.hints, latest)


def _feed_ttl(state: SourceState) -> timedelta:
    """The feed's `ttl`, limited by the ceiling after a gap.

    Software writes the same `ttl` into every feed, however much is published.
    """
    ttl = state.hints.ttl or timedelta(0)
    ceiling = state.rhythm.ceiling if state.rhythm else NO_CEILING
    return min(ttl, timedelta(hours=ceiling))


def _backed_off(source: Source, state: SourceState, now: datetime, rng: random.Random) -> timedelta:
    ordinary = ordinary_wait(source, state, now)
    longest = max(LONGEST_ASKED, ordinary)
    return min(jittered(doubled(ordinary, state.failures, longest), rng), longest)
