"""Records what poll workers hand over: what has come from several by then goes into one transaction.

A hand-over that was matched by older rules than those in force is refused, so that no article is recorded by
them; so is one of a worker that has ended, whose polls are done again.
"""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from watchdesk.errors import OutdatedRules, StorageError, WatchdeskError
from watchdesk.logger import get_logger
from watchdesk.model import Stored
from watchdesk.ports import Store
from watchdesk.service.poll_workers.messages import Ingest, WritePage

log = get_logger(__name__)

MOST = 32
"""Hand-overs in one transaction."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """A write that a worker waits for."""

    asked: Ingest | WritePage
    plan_number: int
    """Of the plan, and so of the rules, by which it was made."""
    is_wanted: Callable[[], bool]
    """Whether the worker that asks still lives."""
    answer: Callable[[object], object]
    refuse: Callable[[Exception], object]


class Writer:
    """One thread, which writes for all workers."""

    def __init__(self, store: Store, stored: Callable[[Sequence[Stored]], object] = lambda _: None) -> None:
        """`stored` is called with all that was recorded."""
        self._store = store
        self._stored = stored
        self._waiting: queue.SimpleQueue[HandOver | None] = queue.SimpleQueue()
        self._writing = threading.RLock()
        self._in_force = 0
        threading.Thread(target=self._run, name="writer", daemon=True).start()

    def put(self, hand_over: HandOver) -> None:
        """To be written as soon as may be."""
        self._waiting.put(hand_over)

    def enforce(self, plan_number: int) -> None:
        """From now on, nothing is recorded by an older plan; what is being written is written first."""
        with self._writing:
            self._in_force = plan_number

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Meanwhile nothing is written."""
        with self._writing:
            yield

    def close(self) -> None:
        """Writes what has come until now, and nothing more."""
        self._waiting.put(None)

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            together, ends = [first], False
            while len(together) < MOST and not self._waiting.empty():
                further = self._waiting.get()
                if further is None:
                    ends = True
                    break
                together.append(further)
            try:
                with self._writing:
                    self._write(together)
            except Exception:  # a bug of ours must not end what writes for all
                log.exception("what polls handed over could not be written")
                for each in together:
                    each.refuse(RuntimeError("the service made a mistake; its log says which"))
            if ends:
                return

    def _write(self, together: Sequence[HandOver]) -> None:
        ingests: list[HandOver] = []
        for each in together:
            if not each.is_wanted():
                continue
            if each.plan_number < self._in_force:
                each.refuse(OutdatedRules("the configuration was reloaded meanwhile; it is polled again"))
            elif isinstance(each.asked, WritePage):
                self._write_page(each, each.asked)
            else:
                ingests.append(each)
        self._ingest(ingests)

    def _ingest(self, ingests: Sequence[HandOver]) -> None:
        parts = [each.asked.part for each in ingests if isinstance(each.asked, Ingest)]
        if not parts:
            return
        try:
            found = self._store.ingest_together(parts)
        except Exception:
            if len(ingests) == 1:
                raise
            for each in ingests:  # a bug of ours in one must not cost the others
                self._ingest_alone(each)
            return
        for each, stored in zip(ingests, found, strict=True):
            if isinstance(stored, StorageError):
                each.refuse(stored)
            else:
                self._stored(stored)
                each.answer(stored)

    def _ingest_alone(self, each: HandOver) -> None:
        try:
            self._ingest([each])
        except Exception:  # told to the one whose it is
            log.exception("what a poll handed over could not be written")
            each.refuse(RuntimeError("the service made a mistake; its log says which"))

    def _write_page(self, each: HandOver, asked: WritePage) -> None:
        try:
            value = getattr(self._store, asked.method.value)(*asked.arguments)
        except WatchdeskError as error:
            each.refuse(error)
        else:
            if isinstance(value, Stored):
                self._stored([value])
            each.answer(value)
