"""Keeps one upkeep process while the service runs, and another when that ends or a reload comes."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import assert_never

from watchdesk.errors import StorageError, WatchdeskError
from watchdesk.logger import get_logger
from watchdesk.service.liveness.recorder import Liveness
from watchdesk.service.poll_workers.fork_server import Forked, ForkServer
from watchdesk.service.poll_workers.wire import receive, send
from watchdesk.service.upkeep.messages import (
    STEP,
    AtWork,
    FromUpkeep,
    Hold,
    Idle,
    Leave,
    NewUpkeep,
    RunEnded,
    ToUpkeep,
)

log = get_logger(__name__)

AGAIN = 2.0
"""Seconds after which a process that ended is replaced, and twice as long each time."""
LONGEST = 300.0
"""What that grows to."""
LASTING = 600.0
"""Seconds after which a process that ends counts as the first one that does."""
PATIENCE = 2.0
"""Seconds that a process which is to leave has for its last step."""
SILENT = 120.0
"""Seconds without a sign of life after which a process that is at work counts as hanging."""


class Upkeep:
    """Safe to use from many threads; close it at the end."""

    def __init__(self, liveness: Liveness, store_failed: Callable[[StorageError], object]) -> None:
        """`store_failed` is told what a chore met in the database."""
        self._liveness = liveness
        self._store_failed = store_failed
        self._changed = threading.Condition()
        self._server: ForkServer | None = None
        self._process: _Process | None = None
        self._is_held = self._is_paused = self._closed = False
        self._failures: dict[str, int] = {}
        """Processes in a row that ended while they did this chore."""

    def follow(self, server: ForkServer) -> None:
        """From now on the process is one that this forks; the one before ends after its step."""
        with self._changed:
            if self._server is None:
                threading.Thread(target=self._keep, name="upkeep", daemon=True).start()
            self._server = server
            self._changed.notify_all()
            if self._process:
                self._process.leave()

    def hold(self, *, is_held: bool) -> None:
        """Whether no chore is to be done, as while the database is in trouble."""
        with self._changed:
            if is_held != self._is_held:
                self._is_held = is_held
                if self._process:
                    self._process.send(Hold(is_held))

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Meanwhile there is no process: the database is being replaced."""
        with self._changed:
            self._is_paused = True
            if self._process:
                self._process.leave()
            self._changed.wait_for(lambda: self._process is None, 2 * PATIENCE)
        try:
            yield
        finally:
            with self._changed:
                self._is_paused = False
                self._changed.notify_all()

    def look(self) -> None:
        """Ends a process that hangs."""
        with self._changed:
            if self._process and self._process.is_silent():
                log.error("the upkeep process does not answer; it is ended", chore=self._process.chore)
                self._process.forked.kill()

    def close(self) -> None:
        """Lets the process end after its step, and waits for that, so that the store may be closed for good.

        One that takes longer is killed: what it had not committed is done again by the next.
        """
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            if self._process:
                self._process.leave()
            self._changed.wait_for(lambda: self._process is None, 2 * PATIENCE)

    @property
    def process_id(self) -> int | None:
        """Of the process, while there is one."""
        process = self._process
        return process.forked.process_id if process else None

    def _keep(self) -> None:
        failures = 0
        while server := self._next_server():
            began = time.monotonic()
            try:
                process = _Process(server.fork(NewUpkeep(self._is_held, dict(self._failures))))
            except (OSError, EOFError) as error:
                if self._closed:  # it was not forked yet
                    return
                why = f"no process could be started: {error}"
            else:
                if self._is_ended_on_request(server, process):
                    failures = 0
                    continue
                doing = f"during this work: {process.chore}" if process.chore else "while it had no work"
                why = f"its process has ended unexpectedly, {doing}"
                self._count(process.chore)
            failures = 1 if time.monotonic() - began >= LASTING else failures + 1
            self._liveness.ended(STEP, WatchdeskError(why))
            self._wait(server, min(AGAIN * 2.0 ** min(failures - 1, 10), LONGEST))

    def _next_server(self) -> ForkServer | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or (self._server and not self._is_paused))
            return None if self._closed else self._server

    def _is_ended_on_request(self, server: ForkServer, process: "_Process") -> bool:
        """Takes what the process says until it ends; False: nobody had asked it to."""
        with self._changed:
            self._process = process
            if self._closed:
                process.forked.kill()
            elif self._is_paused or self._server is not server:
                process.leave()
            else:
                process.send(Hold(self._is_held))
        while True:
            try:
                message: FromUpkeep = receive(process.forked.connection)
            except (EOFError, OSError):
                break
            self._take(process, message)
        with self._changed:
            process.ended()
            self._process = None
            self._changed.notify_all()
            return process.is_leaving or self._closed

    def _take(self, process: "_Process", message: FromUpkeep) -> None:
        process.said = time.monotonic()
        match message:
            case AtWork(chore):
                process.chore = chore
            case Idle():
                process.chore = None
            case RunEnded(chore, error):
                if error is None:
                    self._failures.pop(chore, None)
                self._liveness.ended(chore, error)
                if isinstance(error, StorageError):
                    self._store_failed(error)
            case _:
                assert_never(message)

    def _count(self, chore: str | None) -> None:
        if chore:
            self._failures[chore] = self._failures.get(chore, 0) + 1

    def _wait(self, server: ForkServer, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._server is not server, seconds)


class _Process:
    """One process, from its start to its end."""

    def __init__(self, forked: Forked) -> None:
        self.forked = forked
        self.chore: str | None = None
        """What it does; None: nothing is to be done."""
        self.said = time.monotonic()
        self.is_leaving = False
        self._late: threading.Timer | None = None

    def send(self, message: ToUpkeep) -> None:
        """Never raises: one that has ended is replaced."""
        with suppress(OSError, ValueError):
            send(self.forked.connection, message)

    def leave(self) -> None:
        """Lets it end after its step, and ends it if that takes long."""
        if not self.is_leaving:
            self.is_leaving = True
            self.send(Leave())
            self._late = threading.Timer(PATIENCE, self.forked.kill)
            self._late.daemon = True
            self._late.start()

    def ended(self) -> None:
        """Its connection has."""
        if self._late:
            self._late.cancel()
            self._late.join()
        self.forked.kill()
        self.forked.wait(PATIENCE)
        self.forked.close()

    def is_silent(self) -> bool:
        """It has work, and has not said so for long."""
        return self.chore is not None and time.monotonic() - self.said >= SILENT
