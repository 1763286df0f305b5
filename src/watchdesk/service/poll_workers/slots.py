"""Memory that all processes share, in which each poll worker says which document it is reading."""

import hashlib
import mmap
import struct
import threading
import time
from dataclasses import dataclass

from watchdesk.sources import Lease

MOST = 512
"""Workers at a time, those of an older plan that are finishing among them."""

_LAYOUT = struct.Struct("<QQdd16s")
_SIZE = 64


def document_key(url: str) -> bytes:
    """What stands for a document in shared memory."""
    return hashlib.blake2b(url.encode("utf-8", "surrogatepass"), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a worker is reading."""

    number: int
    """Of the task."""
    thread: int
    """Its number in the system."""
    worked: float
    """Seconds that the thread had worked when it began."""
    began: float
    """By `time.monotonic`."""
    document: bytes
    """Its `document_key`."""


class Slot:
    """Where one worker says what it reads."""

    def __init__(self, memory: mmap.mmap, index: int) -> None:
        self._memory = memory
        self.index = index

    def begin(self, number: int, url: str) -> None:
        """In the thread that reads."""
        thread, worked = threading.get_native_id(), time.thread_time()
        said = _LAYOUT.pack(number, thread, worked, time.monotonic(), document_key(url))
        start = self.index * _SIZE
        # The number comes last: until it is there, nothing is being read.
        self._memory[start + 8 : start + _LAYOUT.size] = said[8:]
        self._memory[start : start + 8] = said[:8]

    def end(self) -> None:
        """Nothing is being read."""
        start = self.index * _SIZE
        self._memory[start : start + 8] = bytes(8)

    @property
    def reading(self) -> Reading | None:
        """What is being read, or was when the worker ended; None: nothing."""
        number, *said = _LAYOUT.unpack_from(self._memory, self.index * _SIZE)
        return Reading(number, *said) if number else None


class Slots:
    """Memory for the slots of all workers, to be made before any of them is forked."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, MOST * _SIZE)
        self._free = list(range(MOST))
        self._lock = threading.Lock()
        self.lease = Lease()
        """By which the turns of all workers hold."""

    def take(self) -> Slot:
        """An empty one for a new worker."""
        with self._lock:
            slot = self.at(self._free.pop())
        slot.end()
        return slot

    def give_back(self, slot: Slot) -> None:
        """Its worker has ended."""
        with self._lock:
            self._free.append(slot.index)

    def at(self, index: int) -> Slot:
        """The slot of this number."""
        return Slot(self._memory, index)
