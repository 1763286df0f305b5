"""Processes that read documents: parsing is most of the work, and what breaks them costs one document.

Each reads one document at a time. One that takes too long, or too much memory, is ended and replaced.
"""

import multiprocessing
import os
import queue
import resource
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from multiprocessing.connection import Connection

import structlog

from watchdesk.errors import UnreadableInput
from watchdesk.model import Fetched, Source
from watchdesk.pipeline import Document, Reader, read_document

log = structlog.get_logger(__name__)

MANY = 8
"""Documents from which processes of their own pay for being made."""
_Copied = multiprocessing.get_context("fork").Process
_Started = multiprocessing.get_context("forkserver").Process

LONGEST = 60.0
"""Seconds that reading one document may take."""
LARGEST = 1 << 30
"""Bytes of memory that reading may take beyond what the process began with."""


@contextmanager
def reader_for(documents: int) -> Iterator[Reader]:
    """Reads so many documents, in processes where that pays for making them; see `Readers`."""
    if documents < MANY:
        yield read_document
        return
    with closing(Readers()) as readers:
        yield readers.read


class Readers:
    """Reads documents in processes of their own; safe to use from many threads."""

    def __init__(self, count: int | None = None, longest: float = LONGEST) -> None:
        """`count`: as many as there are processors when left out. Best made before any thread is started."""
        self._longest = longest
        self._idle: queue.LifoQueue[_Reader] = queue.LifoQueue()
        self._all: list[_Reader] = []
        self._lock = threading.Lock()
        self._closed = False
        for _ in range(count or len(os.sched_getaffinity(0))):
            self._idle.put(self._new())

    def read(self, answer: Fetched, source: Source, normalised_at: datetime | None) -> Document:
        """As `read_document`; raises `UnreadableInput` also for what it takes too long to read."""
        reader = self._idle.get()
        try:
            found = reader.read((answer, source, normalised_at), self._longest)
        except (EOFError, OSError, TimeoutError) as error:
            late = isinstance(error, TimeoutError)
            log.error("a reading process was ended", source=source.id, url=answer.url, too_long=late)
            reader.end()
            reader = self._replaced(reader)
            why = f"took longer than {self._longest:g} s" if late else "ended the process that read it"
            raise UnreadableInput(f"reading it {why}") from None
        finally:
            self._idle.put(reader)
        if isinstance(found, Document):
            return found
        raise UnreadableInput(found)

    def close(self) -> None:
        """Ends all of them."""
        with self._lock:
            self._closed = True
            for reader in self._all:
                reader.end()

    def _new(self) -> "_Reader":
        with self._lock:
            reader = _Reader([other.connection for other in self._all])
            self._all.append(reader)
            return reader

    def _replaced(self, broken: "_Reader") -> "_Reader":
        with self._lock:
            if broken in self._all:  # not so, where the last replacement failed
                self._all.remove(broken)
            if self._closed:
                return broken
        return self._new()


class _Reader:
    """One process and the way to it."""

    def __init__(self, others: Sequence[Connection]) -> None:
        # A copy of this process is there at once; but only one that has no other thread may be copied.
        alone = threading.active_count() == 1
        self.connection, theirs = multiprocessing.Pipe()
        inherited = [self.connection, *others] if alone else []
        process = _Copied if alone else _Started
        self._process = process(target=_serve, args=(theirs, inherited), name="watchdesk reader", daemon=True)
        self._process.start()
        theirs.close()

    def read(self, asked: tuple[Fetched, Source, datetime | None], longest: float) -> Document | str:
        """The document, or why it cannot be read. Raises `TimeoutError`, and `EOFError` when it ended."""
        self.connection.send(asked)
        if not self.connection.poll(longest):
            raise TimeoutError
        found: Document | str = self.connection.recv()
        return found

    def end(self) -> None:
        """At once, whatever it does."""
        self._process.kill()
        self.connection.close()


def _serve(connection: Connection, inherited: Sequence[Connection]) -> None:
    """Reads what it is given until the other end is closed, be it by that process's death."""
    for other in inherited:
        other.close()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # they are for the service, which closes the connection
    limit = _memory_in_use() + LARGEST
    with suppress(OSError, ValueError):  # where it may not be set, the service's own limit has to do
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    while True:
        try:
            answer, source, normalised_at = connection.recv()
            connection.send(_read(answer, source, normalised_at))
        except (EOFError, ConnectionError):
            return  # the service has closed its end, or died


def _read(answer: Fetched, source: Source, normalised_at: datetime | None) -> Document | str:
    try:
        return read_document(answer, source, normalised_at)
    except UnreadableInput as unreadable:
        return str(unreadable)
    except MemoryError:
        return f"reading it takes more than {LARGEST >> 20} MB of memory"
    except RecursionError:
        return "its elements are nested too deep"


def _memory_in_use() -> int:
    """Bytes of address space (proc(5), statm)."""
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - a file of the kernel's
        return int(statm.read().split()[0]) * resource.getpagesize()
