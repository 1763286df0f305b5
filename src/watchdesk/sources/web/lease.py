"""Until when a machine may ask the web at all, where several share the work: one that froze may wake up late.

It lies in memory that all processes of a service share, so that each of them can look just before it sends.
"""

import math
import mmap
import struct
import time

_LAYOUT = struct.Struct("dd")
_UNTIL = 8
"""Where the second of them begins."""


class Lease:
    """Holds for ever, until it is renewed for the first time. To be made before any process is forked.

    Moments are those of `time.monotonic`, which is the same in all processes of a machine.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _LAYOUT.size)
        _LAYOUT.pack_into(self._memory, 0, -math.inf, math.inf)

    def renew(self, until: float) -> None:
        """It holds until then."""
        struct.pack_into("d", self._memory, _UNTIL, until)

    def void(self, before: float) -> None:
        """What was allowed before that moment is allowed no more, however long it is renewed."""
        struct.pack_into("d", self._memory, 0, before)

    def holds(self, since: float) -> bool:
        """Whether what was allowed at that moment still is."""
        void_before, until = _LAYOUT.unpack_from(self._memory)
        return bool(since >= void_before and time.monotonic() < until)
