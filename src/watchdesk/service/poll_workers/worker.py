"""One poll worker: it takes tasks, runs each in a thread of its own, and tells what came of them.

It ends when its connection does, be it by the service's death. Nothing is lost with it: what it had not
handed over is done again.
"""

import os
import queue
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any, assert_never

from watchdesk.logger import get_logger
from watchdesk.plan import Clock, Plan
from watchdesk.service.poll_tasks import Mistaken, PollTask, TaskResult, run_task
from watchdesk.service.poll_workers.hand_over import CurrentTask, HandOverStore, HostTurns, ReadStore
from watchdesk.service.poll_workers.messages import (
    Answer,
    Ended,
    FromWorker,
    LeaveHost,
    Ping,
    Refusal,
    SentTask,
    Tasks,
    ToWorker,
    Up,
)
from watchdesk.service.poll_workers.outbox import Outbox
from watchdesk.service.poll_workers.reading import LONGEST, GuardedReader, limit_memory
from watchdesk.service.poll_workers.slots import Slots
from watchdesk.service.poll_workers.task_threads import TaskThreads
from watchdesk.service.poll_workers.wire import receive
from watchdesk.sources import Turns

log = get_logger(__name__)

_NICE = 10


@dataclass(frozen=True, slots=True)
class WorkerParts:
    """What a worker is made of; all of it is there before it is forked."""

    plan: Callable[[Turns], Plan]
    """The plan, with a fetcher that asks for its turns there."""
    open_store: Callable[[], ReadStore]
    clock: Clock
    slots: Slots


@dataclass(frozen=True, slots=True)
class NewWorker:
    """The request to fork one."""

    slot: int
    is_slow: bool
    """Whether it is the slow lane: for documents that take long, with less of the processor."""


def work(parts: WorkerParts, asked: NewWorker, connection: Connection) -> None:
    """Does what it is given until the other end is closed; then the process ends."""
    if asked.is_slow:
        with suppress(OSError):  # where it may not be set, all are equal
            os.nice(_NICE)
    limit_memory()
    worker = _Worker(parts, asked, connection)
    try:
        worker.serve()
    finally:
        os._exit(0)  # tasks that run on were not handed over, and are done again


class _Worker:
    def __init__(self, parts: WorkerParts, asked: NewWorker, connection: Connection) -> None:
        self.task = CurrentTask()
        self._connection = connection
        self._outbox = Outbox(connection)
        self._inboxes: dict[int, queue.SimpleQueue[Answer | Refusal]] = {}
        self._clock = parts.clock
        self._rng = random.Random()
        self._store = HandOverStore(parts.open_store, self)
        patience = LONGEST if asked.is_slow else -1
        self._reader = GuardedReader(parts.slots.at(asked.slot), self._flush, patience)
        plan = parts.plan(HostTurns(self, parts.clock, parts.slots.lease))
        self._plan = replace(plan, read=self._reader.reading)
        self._threads = TaskThreads(self._run)

    def serve(self) -> None:
        """Until the connection ends."""
        self.tell(Up())
        while True:
            try:
                message: ToWorker = receive(self._connection)
            except (EOFError, OSError):
                return
            match message:
                case Tasks(tasks):
                    for sent in tasks:
                        self._inboxes[sent.number] = queue.SimpleQueue()
                        self._threads.begin(sent)
                case Answer(number) | Refusal(number):
                    if inbox := self._inboxes.get(number):
                        inbox.put(message)
                case Ping():
                    self.tell(Up())
                case _:
                    assert_never(message)

    def ask(self, question: FromWorker) -> Any:
        """See `Asking.ask`."""
        inbox = self._inboxes[self.task.number]
        self.tell(question)
        match answer := inbox.get():
            case Answer(_, value):
                return value
            case Refusal(_, error):
                raise error
            case _:
                assert_never(answer)

    def tell(self, message: FromWorker) -> None:
        """See `Asking.tell`."""
        self._outbox.send(*self._unsent(), message)

    def tell_soon(self, message: FromWorker) -> None:
        """See `Asking.tell_soon`."""
        self.task.unsent.append(message)

    def _flush(self) -> None:
        if unsent := self._unsent():
            self._outbox.send(*unsent)

    def _unsent(self) -> list[FromWorker]:
        unsent, self.task.unsent = self.task.unsent, []
        return unsent

    def _run(self, sent: SentTask) -> None:
        self.task.number, self.task.turn = sent.number, sent.turn
        reading = self._reader.task
        reading.number, reading.refused, reading.longest = sent.number, sent.refused, 0.0
        result = TaskResult(Mistaken())
        try:
            group = tuple(self._plan.settings.sources[name] for name in sent.source_ids)
            task = PollTask(group, sent.states, sent.pages, sent.polls)
            result = run_task(self._plan, self._store, task, self._clock, self._rng, self._off_host)
        except Exception:  # a bug of ours in one task must not cost the others
            log.exception("a poll failed", source=sent.source_ids[0])
        finally:
            del self._inboxes[sent.number]
            ended = Ended(sent.number, result, reading.longest)
            # News is not kept waiting; nor is there anything to wait for while no other task runs.
            if result.has_news or not self._inboxes:
                self._outbox.send(*self._unsent(), ended)
            else:
                self._outbox.send_soon(*self._unsent(), ended)

    @contextmanager
    def _off_host(self) -> Iterator[None]:
        self.tell(LeaveHost(self.task.number, back=False))
        try:
            yield
        finally:
            self.tell(LeaveHost(self.task.number, back=True))
