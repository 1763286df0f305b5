"""The other processes of a single pass: poll workers for many sources, or a process for each large document.

All are forked from one process, which is forked before the pass has threads or an open database. They end
with the pass, however it ends.
"""

import gc
import threading
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar, cast

from watchdesk import articles
from watchdesk.app import polling_plan, store_beside
from watchdesk.configuration import Configuration
from watchdesk.errors import UnreadableInput, UsageError
from watchdesk.logger import get_logger
from watchdesk.model import Article, Entry, Fetched, FullText, ParsedFeed, Source
from watchdesk.plan import Clock, Document, DocumentReader
from watchdesk.polling.collecting import make_articles, read_document, read_page
from watchdesk.service.poll_workers import fork_server
from watchdesk.service.poll_workers.reading import LONGEST, limit_memory, too_much_is_unreadable
from watchdesk.service.poll_workers.slots import Slots
from watchdesk.service.poll_workers.worker import WorkerParts, work
from watchdesk.transport.trust import trust_store

log = get_logger(__name__)

MANY = 8
"""Sources from which poll workers pay for being made."""
SMALL = 100_000
"""Bytes of a document, or characters of entries, that are read in the process of the pass itself."""
_SHARE = 4
"""Sources for each worker, at least."""

_READING = (
    "articles.full_text",
    "articles.identity",
    "articles.normalise",
    "articles.standing",
    "sources.feeds.feed",
    "sources.kinds",
    "stories.features",
    "stories.keys",
)
"""The modules that new articles take."""

_T = TypeVar("_T")


class PassProcesses:
    """Make it before any thread is started, while no database is open; close it at the end."""

    def __init__(
        self,
        configuration: Configuration,
        state_directory: Path,
        clock: Clock,
        tasks: int,
        first: Collection[Source] = (),
        longest: float = LONGEST,
        patience: float = fork_server.PATIENCE,
    ) -> None:
        """`tasks`: how many polls there are, at most. `first`: the sources that were never polled.

        `longest`: seconds that reading a document may take. `patience`: seconds that forking may take.
        """
        self.slots = Slots()
        self.workers = tasks // _SHARE if tasks >= MANY else 0
        """How many poll workers are of use; none where the pass polls by itself."""
        self._longest = longest
        self._loading, self._is_loaded = threading.Lock(), False
        self.trust = trust_store(configuration.settings.authorities)
        """Loaded once, for the pass and for its workers."""
        polling = polling_plan(configuration, self.trust)

        def serve(connection: Connection) -> None:
            if self.workers:
                parts = WorkerParts(polling, store_beside(configuration, state_directory), clock, self.slots)
                _load(configuration, first)
                gc.freeze()
                connection.send(None)
                fork_server.serve(connection, partial(work, parts))
            else:
                _serve_readers(connection)

        gc.freeze()  # no process is to search, and so to copy, what they share
        self.fork_server = fork_server.begin(serve, patience)

    @property
    def reading(self) -> DocumentReader:
        """Reads here what is small, and the rest in a process of its own, which is limited."""
        return DocumentReader(self._document, self._articles, self._page)

    def wait_until_loaded(self) -> None:
        """Waits until poll workers can be forked. Raises `UsageError` when they cannot."""
        try:
            self.fork_server.receive()
        except (EOFError, OSError):
            raise UsageError("the process that starts poll workers ended; the log may say why") from None

    def close(self) -> None:
        """Ends the one that forks, and so all that it forked."""
        self.fork_server.close()

    def _document(self, answer: Fetched, source: Source, normalised_at: datetime | None) -> Document:
        if len(answer.body) <= SMALL:
            return read_document(answer, source, normalised_at)
        return self._apart(source, read_document, answer, source, normalised_at)

    def _articles(
        self, entries: Sequence[Entry], feed: ParsedFeed, source: Source, now: datetime
    ) -> tuple[Article, ...]:
        if sum(map(_length, entries)) <= SMALL:
            return make_articles(entries, feed, source, now)
        return self._apart(source, make_articles, entries, feed, source, now)

    def _page(self, answer: Fetched, source: Source, now: datetime) -> Article:
        if len(answer.body) <= SMALL:
            return read_page(answer, source, now)
        return self._apart(source, read_page, answer, source, now)

    def _apart(self, source: Source, reads: Callable[..., _T], *arguments: object) -> _T:
        """What this gives in a process of its own; `UnreadableInput` also where that ends or is late."""
        try:
            with self._loading:
                if not self._is_loaded:
                    self.fork_server.send(None)
                    self._is_loaded = True
            forked = self.fork_server.fork(_Reading(reads, arguments))
        except (EOFError, OSError) as error:
            raise UnreadableInput(f"no process could be started to read it: {error}") from None
        why = f"reading it took longer than {self._longest:g} s"
        try:
            if forked.connection.poll(self._longest):
                why = "reading it ended the process that read it"
                found = forked.connection.recv()
                if isinstance(found, UnreadableInput):
                    raise found
                return cast(_T, found)
        except (EOFError, OSError):
            pass
        finally:
            forked.kill()
            forked.close()
        log.error("a reading process was ended", source=source.id, why=why)
        raise UnreadableInput(why)


@dataclass(frozen=True, slots=True)
class _Reading:
    """The request to read one document."""

    reads: Callable[..., object]
    arguments: tuple[object, ...]


def _serve_readers(connection: Connection) -> None:
    """Loads what reading takes once it is needed, and forks a process for each document."""
    with suppress(EOFError, OSError):  # the pass has ended, and none was large
        connection.recv()
        _load_reading()
        fork_server.serve(connection, _read_one)


def _read_one(asked: _Reading, connection: Connection) -> None:
    """In a process of its own: sends what was read, or why it cannot be read."""
    limit_memory()
    try:
        with too_much_is_unreadable():
            connection.send(asked.reads(*asked.arguments))
    except UnreadableInput as unreadable:
        connection.send(unreadable)


def _load(configuration: Configuration, first: Collection[Source]) -> None:
    """Loads what articles take, once for all workers: each entry of a new source becomes one."""
    if not first:  # most passes find little that is new, and what that takes is most of what is loaded
        return
    configuration.rules.prepare()
    _load_reading()
    if len(first) >= MANY:
        articles.prepare(pages=any(source.full_text is not FullText.NEVER for source in first))


def _load_reading() -> None:
    for name in _READING:
        import_module(f"watchdesk.{name}")


def _length(entry: Entry) -> int:
    texts = (entry.title, entry.summary, entry.content, entry.author, entry.published, entry.updated)
    return sum(len(text) for text in (*texts, *entry.categories) if text)
