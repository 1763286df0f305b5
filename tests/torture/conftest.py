"""What the tests of this folder share."""

import os
import random
from collections.abc import Iterator

import pytest

from torture.stage import Nursery, say


@pytest.fixture
def seed() -> int:
    """Of this run, or that of the run to repeat."""
    chosen = int(os.environ.get("WATCHDESK_TORTURE_SEED") or random.SystemRandom().randrange(10**6))
    say(f"seed {chosen}")
    return chosen


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    """Where processes come from; none outlives its test."""
    made = Nursery()
    yield made
    made.end()
