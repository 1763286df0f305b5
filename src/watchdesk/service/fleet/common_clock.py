"""The time of the database, for every process of a service: clocks of hosts differ.

Made before any process is forked. Until the database was asked it is the machine's time.
"""

import mmap
import struct
import time
from datetime import UTC, datetime, timedelta

from watchdesk.plan import Clock

_LAYOUT = struct.Struct("d")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class CommonClock:
    """Goes on by the system's monotonic clock, which no correction of the machine's time moves."""

    def __init__(self, machine: Clock) -> None:
        self._machine = machine
        self._memory = mmap.mmap(-1, _LAYOUT.size)

    def __call__(self) -> datetime:
        """The time now."""
        (started,) = _LAYOUT.unpack_from(self._memory)
        return _EPOCH + timedelta(seconds=started + time.monotonic()) if started else self._machine()

    def set(self, now: datetime, at: float) -> None:
        """It was `now` when the monotonic clock was `at`."""
        _LAYOUT.pack_into(self._memory, 0, (now - _EPOCH).total_seconds() - at)
