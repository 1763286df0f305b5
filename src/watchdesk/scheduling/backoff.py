"""Waits that grow with each failure, with jitter: what failed together is not retried together. Pure."""

import random
from datetime import timedelta

JITTER = 0.1
"""A tenth more or less, which spreads sources that were started together."""


def doubled(first: timedelta, times: int, longest: timedelta) -> timedelta:
    """`first`, doubled `times` times, at most `longest`."""
    return timedelta(seconds=min(first.total_seconds() * 2.0 ** min(times, 64), longest.total_seconds()))


def jittered(wait: timedelta, rng: random.Random) -> timedelta:
    """The wait, up to a tenth longer or shorter."""
    return wait * rng.uniform(1 - JITTER, 1 + JITTER)


def later(wait: timedelta, rng: random.Random) -> timedelta:
    """The wait, up to a tenth longer, never shorter."""
    return wait * rng.uniform(1, 1 + JITTER)
