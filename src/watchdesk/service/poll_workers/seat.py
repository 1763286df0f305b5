"""One worker's seat in a crew: its process, what that has to do, and another process when it ends.

What was in flight in a process that ended is sent to the next one. The document that was being read then, if
any was, is not read again: it goes to the slow lane, or is refused there.
"""

import queue
import threading
from collections.abc import Sequence
from itertools import count
from typing import assert_never

from watchdesk.errors import StorageError
from watchdesk.logger import get_logger
from watchdesk.service.poll_tasks import Mistaken, TaskResult, Unrecorded
from watchdesk.service.poll_workers.crew_parts import LOST, OUTDATED, Assigned, Room, WorkerProcess
from watchdesk.service.poll_workers.fork_server import ForkServerEnded
from watchdesk.service.poll_workers.given_turns import GivenTurns
from watchdesk.service.poll_workers.messages import (
    Answer,
    BackOff,
    Ended,
    FromWorker,
    GiveBack,
    Ingest,
    LeaveHost,
    Refusal,
    SentTask,
    TakeTurn,
    Tasks,
    Up,
    WritePage,
)
from watchdesk.service.poll_workers.overtime import end_overtime
from watchdesk.service.poll_workers.slots import Reading
from watchdesk.service.poll_workers.wire import receive
from watchdesk.service.poll_workers.worker import NewWorker
from watchdesk.service.poll_workers.writer import HandOver

log = get_logger(__name__)

MOST_LIVES = 5
"""Workers that may end under one task before it counts as failed: something in it ends them."""
_AGAIN = 1.0
"""Seconds after which a process that could not be forked is tried again."""
_numbers = count(1)


class Seat:
    """Safe to use from many threads. `is_slow`: it is the crew's slow lane."""

    def __init__(self, room: Room, *, is_slow: bool = False) -> None:
        self._room = room
        self._is_slow = is_slow
        self._process: WorkerProcess | None = None
        self._changed = threading.Condition()
        self._turns = GivenTurns(room.hosts, self._changed)
        self._retired = self._closed = False
        self._undone = OUTDATED
        """What comes of tasks that are not done here any more."""
        self._outbox: queue.SimpleQueue[Assigned | None] = queue.SimpleQueue()
        self.ended = threading.Event()
        """It has no process any more, and will have none."""
        threading.Thread(target=self._keep, name="poll worker", daemon=True).start()
        threading.Thread(target=self._send, name="poll tasks", daemon=True).start()

    def put(self, assigned: Assigned) -> None:
        """To be begun as soon as its worker is up."""
        self._outbox.put(assigned)

    def wait_until_up(self, timeout: float) -> bool:
        """Whether its worker came up within so many seconds."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or self.ended.is_set() or (self._process and self._process.is_up),
                timeout,
            )
            return self._process is not None and self._process.is_up

    def retire(self) -> None:
        """Finishes what is in flight, and ends; what was not begun is to be done by a newer plan."""
        with self._changed:
            self._retired = True
            self._changed.notify_all()
        self._outbox.put(None)
        self._close_if_done()

    def close(self) -> None:
        """Ends at once; what is in flight is never answered."""
        with self._changed:
            self._closed = self._retired = True
            process = self._process
            self._changed.notify_all()
        self._outbox.put(None)
        if process:
            process.forked.kill()

    def look(self) -> None:
        """Ends a worker that reads one document for too long, or that does not answer."""
        process = self._process
        if process is not None and process.is_up and not process.has_ended:
            end_overtime(process, self._room, is_slow=self._is_slow)

    def _keep(self) -> None:
        """Has a process, and another when it ends, until there is nothing more to do."""
        while not self._is_done():
            try:
                process = self._new_process()
            except (OSError, EOFError) as error:
                if self._closed:  # it was not forked yet
                    break
                log.error("a poll worker could not be started", why=str(error))
                if not self._retired and not self._room.lost() and isinstance(error, ForkServerEnded):
                    self._give_up()
                with self._changed:
                    self._changed.wait_for(lambda: self._closed or self._retired, _AGAIN)
                continue
            self._listen(process)
            self._after(process)
        with self._changed:
            self.ended.set()
            self._changed.notify_all()

    def _give_up(self) -> None:
        """It will have no process any more, and nor will another crew: all that it is given has failed."""
        with self._changed:
            self._undone, self._retired = LOST, True
            self._changed.notify_all()

    def _is_done(self) -> bool:
        with self._changed:
            return self._closed or (self._retired and (self._process is None or not self._process.assigned))

    def _new_process(self) -> WorkerProcess:
        slot = self._room.slots.take()
        try:
            forked = self._room.fork_server.fork(NewWorker(slot.index, self._is_slow))
        except BaseException:
            self._room.slots.give_back(slot)
            raise
        process = WorkerProcess(forked, slot)
        with self._changed:
            self._process = process
            if self._closed:
                forked.kill()
        return process

    def _listen(self, process: WorkerProcess) -> None:
        """Until it ends."""
        while True:
            try:
                messages: tuple[FromWorker, ...] = receive(process.forked.connection)
            except (EOFError, OSError):
                return
            process.answers()
            for message in messages:
                self._take(process, message)

    def _take(self, process: WorkerProcess, message: FromWorker) -> None:
        match message:
            case Up():
                with self._changed:
                    process.is_up = True
                    self._changed.notify_all()
            case BackOff(host, until):
                self._room.hosts.back_off(host, until)
            case TakeTurn():
                self._turns.give(process, message)
            case GiveBack():
                self._turns.take_back(process, message)
            case LeaveHost(number, back):
                work = process.assigned[number].work
                if back:
                    work.rejoin_host()
                else:
                    work.leave_host()
            case Ingest(number) | WritePage(number):
                self._room.writer.put(
                    HandOver(
                        message,
                        self._room.number,
                        lambda: not process.has_ended,
                        lambda value: process.send(Answer(number, value)),
                        lambda error: process.send(Refusal(number, error)),
                    )
                )
            case Ended(number):
                self._end(process, number, message)
            case _:
                assert_never(message)

    def _end(self, process: WorkerProcess, number: int, ended: Ended) -> None:
        with self._changed:
            assigned = process.assigned.pop(number)
        self._turns.take_back_all(assigned)
        if self._is_slow and not assigned.refused and 0 < ended.longest_reading <= self._room.budget:
            self._room.leave_slow_lane(assigned)
        assigned.work.ended(ended.result)
        self._close_if_done()

    def _close_if_done(self) -> None:
        """Lets the worker of a retired seat end once it has nothing more to do."""
        with self._changed:
            process = self._process
            if process and self._retired and not process.assigned:
                process.forked.kill()

    def _after(self, process: WorkerProcess) -> None:
        """The process has ended: what it had to do is done by the next one."""
        with self._changed:
            process.has_ended = True
            left, process.assigned = process.assigned, {}
            self._process = None
            ordered = self._closed or self._retired
        reading = process.slot.reading
        self._room.slots.give_back(process.slot)
        process.forked.kill()
        process.forked.close()
        if not ordered:
            log.error(
                "a poll worker has ended; another one does its work",
                tasks=len(left),
                too_long=process.over_budget,
            )
        for number, assigned in left.items():
            self._turns.take_back_all(assigned)
            if not self._closed:
                self._do_again(assigned, process, reading if reading and reading.number == number else None)

    def _do_again(self, assigned: Assigned, process: WorkerProcess, reading: Reading | None) -> None:
        """`reading`: the document of this task that was being read when the process ended."""
        assigned.lives += 1
        assigned.work.rejoin_host()
        source_id = assigned.work.group[0].id
        if assigned.lives >= MOST_LIVES:
            log.error("a poll ended its worker again and again; it counts as failed", source=source_id)
            assigned.work.ended(TaskResult(Mistaken()))
        elif self._retired:
            assigned.work.ended(self._undone)
        elif reading is None:
            self.put(assigned)
        else:
            if process.over_budget:
                log.warning("a document takes long to read; it goes to the slow lane", source=source_id)
            else:
                log.error("a document is not read again", source=source_id, why=process.why)
                assigned.refused = {**assigned.refused, reading.document: process.why}
            self._room.to_slow_lane(assigned)

    def _send(self) -> None:
        """Sends what is to be done, as much together as has come by then."""
        while (first := self._outbox.get()) is not None:
            together: list[Assigned] = [first]
            while not self._outbox.empty():
                further = self._outbox.get()
                if further is None:
                    self._outbox.put(None)
                    break
                together.append(further)
            ready = [assigned for assigned in together if self._has_task(assigned)]
            if ready:
                self._send_together(ready)

    def _has_task(self, assigned: Assigned) -> bool:
        """Reads the states of a task where need be; False: it has ended already."""
        if self._retired or assigned.work.plan is not self._room.plan:
            assigned.work.ended(self._undone)
            return False
        if assigned.task is None:
            try:
                assigned.task = assigned.work.task()
            except StorageError as error:
                assigned.work.ended(TaskResult(Unrecorded(error)))
                return False
            except Exception:  # a bug of ours in one task must not cost the others
                log.exception("a poll failed", source=assigned.work.group[0].id)
                assigned.work.ended(TaskResult(Mistaken()))
                return False
        return True

    def _send_together(self, ready: Sequence[Assigned]) -> None:
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or self._retired or (self._process is not None and self._process.is_up)
            )
            process = self._process if self._process and self._process.is_up else None
            sent = [self._sent(process, assigned) for assigned in ready] if process else []
        if process:
            process.send(Tasks(tuple(sent)))
        elif not self._closed:  # retired, and without a process
            for assigned in ready:
                assigned.work.ended(self._undone)

    def _sent(self, process: WorkerProcess, assigned: Assigned) -> SentTask:
        number, task = next(_numbers), assigned.task
        assert task is not None
        process.assigned[number] = assigned
        turn = self._turns.first(assigned, task) if task.polls else None
        ids = tuple(source.id for source in task.group)
        return SentTask(number, ids, task.states, task.pages, task.polls, turn, assigned.refused)
