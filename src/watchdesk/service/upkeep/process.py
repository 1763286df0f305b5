"""The upkeep process: it runs chores in turn and rests between their steps.

It ends when its connection does, be it by the service's death. Every step is whole or was not done, so it
may be killed at any time.
"""

import os
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import assert_never

from watchdesk.errors import WatchdeskError
from watchdesk.logger import get_logger
from watchdesk.plan import Clock, Configured
from watchdesk.service.memory import give_back
from watchdesk.service.poll_workers.reading import limit_memory
from watchdesk.service.poll_workers.wire import receive, send
from watchdesk.service.upkeep.chores import Chore, Workplace
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
from watchdesk.service.upkeep.rounds import AGAIN, Rounds
from watchdesk.store import SqlStore

log = get_logger(__name__)

FIRST = 5.0
"""Seconds until its first step: a start or a reload has other things to do."""
RESTS = 3.0
"""A step is followed by so many times its length without one: it takes a quarter of a core at most."""
SHORTEST = 0.01
"""Seconds of the shortest rest: writers that wait look for their turn that often."""
SAID = 5.0
"""Seconds between two signs of life while there is work."""
SELDOM = 0.2
"""Seconds between two that name another chore each."""
LARGEST = 512 << 20
"""Bytes of memory that it may take beyond what it began with."""
NICE = 10


@dataclass(frozen=True, slots=True)
class UpkeepParts:
    """What the process is made of; all of it is there before it is forked."""

    configured: Configured
    open_store: Callable[[], SqlStore]
    clock: Clock
    chores: Callable[[], Sequence[Chore]]
    first: float = field(default_factory=lambda: FIRST)


def keep_up(parts: UpkeepParts, asked: NewUpkeep, connection: Connection) -> None:
    """Runs chores until the other end is closed, or it is told to leave; then the process ends."""
    with suppress(OSError):  # where it may not be set, all are equal
        os.nice(NICE)
    limit_memory(LARGEST)
    try:
        with suppress(EOFError, OSError):  # the service has ended
            _Upkeep(parts, asked, connection).run()
    finally:
        os._exit(0)


class _Upkeep:
    def __init__(self, parts: UpkeepParts, asked: NewUpkeep, connection: Connection) -> None:
        self._parts = parts
        self._asked = asked
        self._connection = connection
        self._is_held = asked.is_held
        self._leaves = False
        self._said = 0.0
        self._chore: str | None = None

    def run(self) -> None:
        """Raises `EOFError` or `OSError` when the connection ends."""
        self._rest(self._parts.first)
        while not self._leaves:
            try:
                opened = self._parts.open_store()
            except WatchdeskError as error:
                self._tell(RunEnded(STEP, error))
                self._rest(AGAIN)
                continue
            with closing(opened) as store:
                self._tell(RunEnded(STEP, None))
                place = Workplace(store, self._parts.configured, self._parts.clock)
                every = self._parts.chores()
                self._turn(Rounds(every, place, self._ended, failures=self._asked.failures))

    def _turn(self, rounds: Rounds) -> None:
        while not self._leaves:
            if self._is_held:
                self._rest(None)
            elif (chore := rounds.next) is None:
                if not rounds.is_at_work:
                    self._idle()
                self._rest(rounds.wait)
            else:
                self._at_work(chore)
                began = time.monotonic()
                rounds.step()
                self._rest(max(SHORTEST, RESTS * (time.monotonic() - began)))

    def _rest(self, seconds: float | None) -> None:
        """Takes what comes meanwhile; None: until something comes."""
        end = None if seconds is None else time.monotonic() + seconds
        while not self._leaves:
            left = None if end is None else max(0.0, end - time.monotonic())
            if not self._connection.poll(left):
                return
            message: ToUpkeep = receive(self._connection)
            match message:
                case Hold(is_held):
                    self._is_held = is_held
                    if not is_held and end is None:
                        return
                case Leave():
                    self._leaves = True
                case _:
                    assert_never(message)

    def _at_work(self, chore: str) -> None:
        now = time.monotonic()
        since = now - self._said
        if since >= SAID or (chore != self._chore and (since >= SELDOM or self._chore is None)):
            self._chore, self._said = chore, now
            self._tell(AtWork(chore))

    def _idle(self) -> None:
        if self._chore:
            self._chore = None
            give_back()
            self._tell(Idle())

    def _ended(self, chore: str, error: Exception | None) -> None:
        said = error
        if error is not None and not isinstance(error, WatchdeskError):  # a third party's may not be sent
            said = WatchdeskError(f"{type(error).__name__}: {error}")
        self._tell(RunEnded(chore, said))

    def _tell(self, message: FromUpkeep) -> None:
        send(self._connection, message)
