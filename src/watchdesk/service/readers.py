"""Processes that read documents: parsing is most of the work, and what breaks them costs one document.

Each reads one document at a time. One that takes more than a few seconds of work is ended and replaced,
and its document is read again in the slow lane: one process for all of that kind, so that hostile
documents never keep others waiting. One that takes too long even there, or too much memory, is refused.
"""

import multiprocessing
import os
import queue
import resource
import signal
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Generic, TypeVar, cast

import structlog

from watchdesk import articles
from watchdesk.errors import UnreadableInput
from watchdesk.model import Article, Entry, Fetched, FullText, ParsedFeed, Source
from watchdesk.plan import Document, DocumentReader
from watchdesk.polling.collecting import make_articles, read_document, read_page

log = structlog.get_logger(__name__)

MANY = 8
"""Documents from which more than one process pays for being made."""
_Copied = multiprocessing.get_context("fork").Process
_forkserver = multiprocessing.get_context("forkserver")
_READING = ("articles.identity", "articles.normalise", "articles.page", "sources.kinds")
"""The modules that reading works with."""
_forkserver.set_forkserver_preload(
    [__name__, *(f"watchdesk.{name}" for name in _READING)]
)  # a replacement is there at once, but for the first
_Started = _forkserver.Process

BUDGET = 3.0
"""Seconds of work that reading one document may take before it goes to the slow lane."""
LONGEST = 60.0
"""Seconds that reading one document may take, and that it may wait for the slow lane."""
LARGEST = 1 << 30
"""Bytes of memory that reading may take beyond what the process began with."""
SMALL = 100_000
"""Characters of entries that are made articles in this process: handing them over would cost more."""
_NICE = 10
_LOOK = 0.05
"""Seconds between looks at how long a process has worked, at least."""
_SOON = 0.2
"""Seconds for which nobody asks how long it has worked: nearly all documents take less."""
_TICKS = os.sysconf("SC_CLK_TCK")

_T = TypeVar("_T")


@contextmanager
def reader_for(documents: int, first: Collection[Source] = ()) -> Iterator[DocumentReader]:
    """Reads so many documents. Few and small ones are read here, so that nothing is loaded twice.

    `first`: the sources that were never polled. Each of their entries is made an article, so where there
    are many, what that takes is loaded once, before processes are copied.
    """
    few = documents < MANY
    if len(first) >= MANY:
        articles.prepare(pages=any(source.full_text is not FullText.NEVER for source in first))
    with closing(Readers(1 if few else None, small=SMALL if few else 0)) as readers:
        yield readers.reading


class Readers:
    """Reads documents in processes of their own; safe to use from many threads."""

    def __init__(
        self, count: int | None = None, longest: float = LONGEST, budget: float = BUDGET, small: int = 0
    ) -> None:
        """`count`: as many as there are processors when left out. Best made before any thread is started.

        `small`: bytes of documents that are read here.
        """
        self._small = small
        self._longest = longest
        self._budget = budget
        self._idle: queue.LifoQueue[_Reader] = queue.LifoQueue()
        self._slow: queue.LifoQueue[_Reader] = queue.LifoQueue()
        self._heavy: set[str] = set()
        """Sources whose documents took more than the budget last time."""
        self._all: list[_Reader] = []
        self._lock = threading.Lock()
        self._closed = False
        if count is None:
            _load()  # before processes are copied, which share it
        for _ in range(count or len(os.sched_getaffinity(0))):
            self._idle.put(self._new(nice=0))
        self._slow.put(self._new(nice=_NICE))

    @property
    def reading(self) -> DocumentReader:
        """For a plan."""
        return DocumentReader(self.read, self.articles, self.page)

    def read(self, answer: Fetched, source: Source, normalised_at: datetime | None) -> Document:
        """As `read_document`; raises `UnreadableInput` also for what it takes too long to read."""
        if len(answer.body) <= self._small:
            return read_document(answer, source, normalised_at)
        return self._run(_Task(read_document, (answer, source, normalised_at), source.id, answer.url))

    def articles(
        self, entries: Sequence[Entry], feed: ParsedFeed, source: Source, now: datetime
    ) -> tuple[Article, ...]:
        """As `make_articles`; raises `UnreadableInput` for entries that take too long to read."""
        if sum(map(_length, entries)) <= SMALL:
            return make_articles(entries, feed, source, now)
        return self._run(_Task(make_articles, (entries, feed, source, now), source.id, source.url))

    def page(self, answer: Fetched, source: Source, now: datetime) -> Article:
        """As `read_page`; raises `UnreadableInput` also for what it takes too long to read."""
        if len(answer.body) <= self._small:
            return read_page(answer, source, now)
        return self._run(_Task(read_page, (answer, source, now), source.id, answer.url))

    def close(self) -> None:
        """Ends all of them."""
        with self._lock:
            self._closed = True
            for reader in self._all:
                reader.end()

    def _run(self, task: "_Task[_T]") -> _T:
        if task.source_id not in self._heavy:
            found = self._try(task, self._idle, self._budget)
            if not isinstance(found, _OutOfBudget):
                return found
            self._heavy.add(task.source_id)
            log.warning("a document takes long to read; it goes to the slow lane", **task.names)
        since = time.monotonic()
        found = self._try(task, self._slow, None)
        assert not isinstance(found, _OutOfBudget)
        if time.monotonic() - since <= self._budget:
            self._heavy.discard(task.source_id)
        return found

    def _try(
        self, task: "_Task[_T]", lane: "queue.LifoQueue[_Reader]", budget: float | None
    ) -> "_T | _OutOfBudget":
        try:
            reader = lane.get(timeout=self._longest if lane is self._slow else None)
        except queue.Empty:
            raise UnreadableInput("reading it takes long, and others that do came first") from None
        try:
            found = reader.read(task, self._longest, budget)
        except (EOFError, OSError, TimeoutError) as error:
            late = isinstance(error, TimeoutError)
            log.error("a reading process was ended", too_long=late, **task.names)
            reader = self._replaced(reader)
            why = f"took longer than {self._longest:g} s" if late else "ended the process that read it"
            raise UnreadableInput(f"reading it {why}") from None
        else:
            if isinstance(found, _OutOfBudget):
                reader = self._replaced(reader)
        finally:
            lane.put(reader)
        if isinstance(found, _Unreadable):
            raise UnreadableInput(found.why)
        return found

    def _new(self, nice: int) -> "_Reader":
        with self._lock:
            reader = _Reader([other.connection for other in self._all], nice)
            self._all.append(reader)
            return reader

    def _replaced(self, broken: "_Reader") -> "_Reader":
        broken.end()
        with self._lock:
            if broken in self._all:  # not so, where the last replacement failed
                self._all.remove(broken)
            if self._closed:
                return broken
        return self._new(broken.nice)


@dataclass(frozen=True, slots=True)
class _Task(Generic[_T]):
    """A function to be called in a reading process."""

    work: Callable[..., _T]
    arguments: tuple[object, ...]
    source_id: str
    url: str

    @property
    def names(self) -> dict[str, str]:
        """For the log."""
        return {"source": self.source_id, "url": self.url}


@dataclass(frozen=True, slots=True)
class _Unreadable:
    why: str


@dataclass(frozen=True, slots=True)
class _OutOfBudget:
    """It is not read yet, and has taken its share of work."""


class _Reader:
    """One process and the way to it."""

    def __init__(self, others: Sequence[Connection], nice: int) -> None:
        # A copy of this process is there at once; but only one that has no other thread may be copied.
        alone = threading.active_count() == 1
        self.nice = nice
        self.connection, theirs = multiprocessing.Pipe()
        inherited = [self.connection, *others] if alone else []
        process = _Copied if alone else _Started
        self._process = process(
            target=_serve, args=(theirs, inherited, nice), name="watchdesk reader", daemon=True
        )
        self._process.start()
        theirs.close()
        self._is_up = False

    def read(self, task: _Task[_T], longest: float, budget: float | None) -> _T | _Unreadable | _OutOfBudget:
        """What the task gives, or why it cannot be read. Raises `TimeoutError`, and `EOFError` when it ended.

        `longest` is in seconds, `budget` in seconds that the process may work.
        """
        if not self._is_up:  # it may have to load the program first, which is not the document's fault
            self.connection.send(None)
            if not self.connection.poll(LONGEST):
                raise TimeoutError
            self._is_up = self.connection.recv()
        began = time.monotonic()
        self.connection.send((task.work, task.arguments))
        if self.connection.poll(min(_SOON, longest if budget is None else budget)):
            return cast(_T | _Unreadable, self.connection.recv())
        worked = self._worked()
        while True:
            left = longest - (time.monotonic() - began)
            share = longest if budget is None else budget - (self._worked() - worked)
            if self.connection.poll(max(_LOOK, min(left, share))):
                return cast(_T | _Unreadable, self.connection.recv())
            if time.monotonic() - began >= longest:
                raise TimeoutError
            if budget is not None and self._worked() - worked >= budget:
                return _OutOfBudget()

    def _worked(self) -> float:
        """Seconds of processor time that the process has used (proc(5), stat)."""
        try:
            stat = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii", errors="replace")
        except OSError:
            return 0.0  # it has ended, as will be seen at the connection
        own, system = stat.rpartition(")")[2].split()[11:13]
        return (int(own) + int(system)) / _TICKS

    def end(self) -> None:
        """At once, whatever it does."""
        self._process.kill()
        self.connection.close()


def _load() -> None:
    """Loads what reading takes. A pass that reads small documents in its own process asks no other to."""
    for name in _READING:
        import_module(f"watchdesk.{name}")


def _serve(connection: Connection, inherited: Sequence[Connection], nice: int) -> None:
    """Does what it is given until the other end is closed, be it by that process's death."""
    for other in inherited:
        other.close()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # they are for the service, which closes the connection
    with suppress(OSError):  # where it may not be set, all are equal
        os.nice(nice)
    limit = _memory_in_use() + LARGEST
    with suppress(OSError, ValueError):  # where it may not be set, the service's own limit has to do
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    with suppress(EOFError, ConnectionError):  # the service has closed its end, or died
        connection.recv()  # a document is coming
        _load()
        connection.send(True)
        while True:
            work, arguments = connection.recv()
            connection.send(_done(work, arguments))


def _done(work: Callable[..., object], arguments: tuple[object, ...]) -> object:
    try:
        return work(*arguments)
    except UnreadableInput as unreadable:
        return _Unreadable(str(unreadable))
    except MemoryError:
        return _Unreadable(f"reading it takes more than {LARGEST >> 20} MB of memory")
    except RecursionError:
        return _Unreadable("its elements are nested too deep")


def _length(entry: Entry) -> int:
    texts = (entry.title, entry.summary, entry.content, entry.author, entry.published, entry.updated)
    return sum(len(text) for text in (*texts, *entry.categories) if text)


def _memory_in_use() -> int:
    """Bytes of address space (proc(5), statm)."""
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - a file of the kernel's
        return int(statm.read().split()[0]) * resource.getpagesize()
