"""Reading documents in a poll worker, one at a time, where another process sees which one is being read.

What breaks a reader costs one document: the worker says in shared memory what it reads, so that the service
can tell which document took too long, or ended the process, and have all others read again.
"""

import os
import resource
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from watchdesk.errors import UnreadableInput
from watchdesk.model import Article, Entry, Fetched, ParsedFeed, Source
from watchdesk.plan import Document, DocumentReader
from watchdesk.polling.collecting import make_articles, read_document, read_page
from watchdesk.service.poll_workers.slots import Slot, document_key

BUDGET = 3.0
"""Seconds of work that reading one document may take before it goes to the slow lane."""
LONGEST = 60.0
"""Seconds that reading one document may take, and that it may wait for the slow lane."""
LARGEST = 1 << 30
"""Bytes of memory that a worker may take beyond what it began with."""
STACKS = 512 << 20
"""Bytes of memory set apart for the stacks of its threads, of which most is never used."""

_TICKS = os.sysconf("SC_CLK_TCK")
_T = TypeVar("_T")


@dataclass
class TaskReading(threading.local):
    """Of the task that runs in this thread: what reading has to know of it, and finds out."""

    number: int = 0
    refused: Mapping[bytes, str] = field(default_factory=dict)
    longest: float = 0.0
    """Seconds of work that the longest document took."""


class GuardedReader:
    """Reads for all threads of a worker.

    `begins` is called before each document; `patience`: seconds that it waits for those before it.
    """

    def __init__(self, slot: Slot, begins: Callable[[], object], patience: float = -1) -> None:
        self.task = TaskReading()
        self._slot = slot
        self._begins = begins
        self._patience = patience
        self._turn = threading.Lock()

    @property
    def reading(self) -> DocumentReader:
        """For a plan."""
        return DocumentReader(self.read, self.articles, self.page)

    def read(self, answer: Fetched, source: Source, normalised_at: datetime | None) -> Document:
        """As `read_document`; raises `UnreadableInput` also for what takes too much."""
        return self._guarded(answer.url, lambda: read_document(answer, source, normalised_at))

    def articles(
        self, entries: Sequence[Entry], feed: ParsedFeed, source: Source, now: datetime
    ) -> tuple[Article, ...]:
        """As `make_articles`; raises `UnreadableInput` for entries that take too much."""
        return self._guarded(source.url, lambda: make_articles(entries, feed, source, now))

    def page(self, answer: Fetched, source: Source, now: datetime) -> Article:
        """As `read_page`; raises `UnreadableInput` also for what takes too much."""
        return self._guarded(answer.url, lambda: read_page(answer, source, now))

    def _guarded(self, url: str, work: Callable[[], _T]) -> _T:
        if self.task.refused and (why := self.task.refused.get(document_key(url))):
            raise UnreadableInput(why)
        self._begins()
        if not self._turn.acquire(timeout=self._patience):
            raise UnreadableInput("reading it takes long, and others that do came first")
        began = time.thread_time()
        try:
            self._slot.begin(self.task.number, url)
            with too_much_is_unreadable():
                return work()
        finally:
            self._slot.end()
            self._turn.release()
            self.task.longest = max(self.task.longest, time.thread_time() - began)


@contextmanager
def too_much_is_unreadable() -> Iterator[None]:
    """Raises `UnreadableInput` where what is read takes more memory, or is nested deeper, than it may."""
    try:
        yield
    except MemoryError:
        raise UnreadableInput(f"reading it takes more than {LARGEST >> 20} MB of memory") from None
    except RecursionError:
        raise UnreadableInput("its elements are nested too deep") from None


def limit_memory(largest: int = LARGEST) -> None:
    """Limits what this process may take from now on, in bytes.

    Not its address space, of which allocators reserve far more for each thread than they use.
    """
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - a file of the kernel's
        used = int(statm.read().split()[5]) * resource.getpagesize()
    limit = used + largest + STACKS
    with suppress(OSError, ValueError):  # where it may not be set, the service's own limit has to do
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def worked(process_id: int, thread: int) -> float:
    """Seconds of processor time that a thread of another process has used (proc(5), stat)."""
    try:
        stat = Path(f"/proc/{process_id}/task/{thread}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0  # it has ended, as will be seen at its connection
    own, system = stat.rpartition(")")[2].split()[11:13]
    return (int(own) + int(system)) / _TICKS
