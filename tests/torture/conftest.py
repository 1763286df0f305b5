"""What the tests of this folder share."""

import os
import random

import pytest

from torture.stage import Nursery, say


@pytest.fixture
def seed() -> int:
    """Of this run, or that of the run to repeat."""
    chosen = int(os.environ.get("WATCHDESK_TORTURE_SEED") or random.SystemRandom().randrange(10**6))
    say(f"seed {chosen}")
    return chosen


@pytest.fixture(scope="session")
def nursery() -> Nursery:
    """Where processes come from."""
    return Nursery()
