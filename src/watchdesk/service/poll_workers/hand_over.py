"""What a worker has in place of the store and the hosts: it reads by itself, and asks for the rest.

So the service alone writes, and alone knows how hard each host is asked, whichever worker asks it.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from watchdesk.errors import StorageError
from watchdesk.model import (
    Article,
    Ingested,
    Known,
    PageToFetch,
    PollPart,
    Recalled,
    SourceState,
    Stored,
    Wording,
)
from watchdesk.ports import PollReads
from watchdesk.service.poll_workers.messages import (
    BackOff,
    FromWorker,
    GiveBack,
    Ingest,
    PageWrite,
    TakeTurn,
    WritePage,
)
from watchdesk.sources import Lease, confirm

_T = TypeVar("_T")


class ReadStore(PollReads, Protocol):
    """A store that a worker reads through connections of its own."""

    def close(self) -> None:
        """Gives up its connections."""


@dataclass
class CurrentTask(threading.local):
    """The task that runs in this thread."""

    number: int = 0
    turn: tuple[str, float] | None = None
    """A turn that was taken for it and not used yet."""
    unsent: list[FromWorker] = field(default_factory=list)
    """What goes out with its next message."""


class Asking(Protocol):
    """The way from a task to the service."""

    @property
    def task(self) -> CurrentTask:
        """Of this thread."""

    def ask(self, question: FromWorker) -> Any:
        """The answer. Raises what the service refuses it with."""

    def tell(self, message: FromWorker) -> None:
        """Without an answer."""

    def tell_soon(self, message: FromWorker) -> None:
        """With the next message of this task, or before it reads a document: messages cost two processes."""


class HandOverStore:
    """A `ports.PollStore`. It opens the database when it is first read, and again after trouble with it."""

    def __init__(self, open_store: Callable[[], ReadStore], asking: Asking) -> None:
        self._open = open_store
        self._asking = asking
        self._lock = threading.Lock()
        self._store: ReadStore | None = None

    def known(self, source_id: str, keys: Sequence[str]) -> Mapping[str, Known]:
        """See `ports.PollStore.known`."""
        return self._read(lambda store: store.known(source_id, keys))

    def versions(self, article_ids: Sequence[int]) -> Mapping[int, Article]:
        """See `ports.PollStore.versions`."""
        return self._read(lambda store: store.versions(article_ids))

    def wordings(self, article_ids: Sequence[int]) -> Mapping[int, Wording]:
        """See `ports.PollStore.wordings`."""
        return self._read(lambda store: store.wordings(article_ids))

    def recent_articles(self, source_id: str, limit: int) -> Sequence[Article]:
        """See `ports.PollStore.recent_articles`."""
        return self._read(lambda store: store.recent_articles(source_id, limit))

    def recent_lines(self, source_id: str, limit: int) -> Sequence[tuple[str, bytes | None]]:
        """See `ports.PollStore.recent_lines`."""
        return self._read(lambda store: store.recent_lines(source_id, limit))

    def ingest(
        self,
        items: Sequence[Ingested],
        state: SourceState | None,
        now: datetime,
        recalled: Sequence[Recalled] = (),
    ) -> Sequence[Stored]:
        """See `ports.PollStore.ingest`. Raises `OutdatedRules` also."""
        part = PollPart(tuple(items), state, now, tuple(recalled))
        stored: Sequence[Stored] = self._asking.ask(Ingest(self._number, part))
        return stored

    def claim_page(self, page: PageToFetch, next_try: datetime) -> bool:
        """See `ports.PollStore.claim_page`."""
        return bool(self._write(PageWrite.CLAIM, page, next_try))

    def put_off_page(self, page: PageToFetch) -> None:
        """See `ports.PollStore.put_off_page`."""
        self._write(PageWrite.PUT_OFF, page)

    def forget_page(self, page: PageToFetch) -> None:
        """See `ports.PollStore.forget_page`."""
        self._write(PageWrite.FORGET, page)

    def take_page(self, page: PageToFetch, item: Ingested, now: datetime) -> Stored | None:
        """See `ports.PollStore.take_page`. Raises `OutdatedRules` also."""
        stored: Stored | None = self._write(PageWrite.TAKE, page, item, now)
        return stored

    def close(self) -> None:
        """Gives up its connections."""
        with self._lock:
            store, self._store = self._store, None
        if store:
            store.close()

    @property
    def _number(self) -> int:
        return self._asking.task.number

    def _write(self, method: PageWrite, *arguments: object) -> Any:
        return self._asking.ask(WritePage(self._number, method, arguments))

    def _read(self, look: Callable[[ReadStore], _T]) -> _T:
        with self._lock:
            if self._store is None:
                self._store = self._open()
            store = self._store
        try:
            return look(store)
        except StorageError:
            with self._lock:  # such as a file that was replaced: the next look is at what is there now
                if self._store is store:
                    self._store = None
            raise


class HostTurns:
    """The `Turns` of a worker: the service gives them out."""

    def __init__(self, asking: Asking, clock: Callable[[], datetime], lease: Lease) -> None:
        self._asking = asking
        self.clock = clock
        self._lease = lease

    def take(self, host: str, patience: float, crawl_delay: float | None) -> float:
        """See `Turns.take`."""
        task = self._asking.task
        if crawl_delay is None and task.turn and task.turn[0] == host:
            (_, since), task.turn = task.turn, None
            return since
        return float(self._asking.ask(TakeTurn(task.number, host, patience, crawl_delay)))

    def give_back(self, host: str, since: float, crawl_delay: float | None) -> None:
        """See `Turns.give_back`."""
        self._asking.tell_soon(GiveBack(self._asking.task.number, host, since, crawl_delay))

    def back_off(self, host: str, until: datetime) -> None:
        """See `Turns.back_off`."""
        self._asking.tell(BackOff(host, until))

    def confirm(self, since: float) -> None:
        """See `Turns.confirm`: here, since asking takes a while, after which it may hold no more."""
        confirm(self._lease, since, self.clock)
