"""Waits that grow with each failure, and are jittered: what failed together does not come back together."""

import random
from datetime import timedelta

JITTER = 0.1
"""A tenth more or less spreads sources that were started together."""


def doubled(first: timedelta, times: int, longest: timedelta) -> timedelta:
    """`first`, doubled so many times, up to `longest`."""
    return timedelta(seconds=min(first.total_seconds() * 2.0 ** min(times, 64), longest.total_seconds()))


def jittered(wait: timedelta, rng: random.Random) -> timedelta:
    """A tenth more or less."""
    return wait * rng.uniform(1 - JITTER, 1 + JITTER)


def later(wait: timedelta, rng: random.Random) -> timedelta:
    """Jittered, but never sooner than was asked."""
    return wait * rng.uniform(1, 1 + JITTER)
