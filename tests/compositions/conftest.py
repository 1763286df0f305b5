"""A desk whose clock a test turns."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from support.desk import DeskFiles
from support.timed import TimedDesk


@pytest.fixture
def timed(desk: DeskFiles) -> Iterator[TimedDesk]:
    made = TimedDesk(desk, datetime(2026, 3, 2, 9, tzinfo=UTC))  # a Monday
    yield made
    made.close()
