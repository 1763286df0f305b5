"""How many calls run at once, and how many wait: assistants ask in bursts, beside people on the page."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from watchdesk.web.asked import Asked
from watchdesk.web.assistants.answering import Answer, answer, failure
from watchdesk.web.workers import TooBusy, Workers

AT_ONCE = 2
WAITING = 16
PATIENCE = 50.0
"""Seconds that a call may take, also where a process that searches has to be started first."""


class Turns:
    """One for each event loop."""

    def __init__(self, workers: Workers) -> None:
        """`workers`: whose threads answer."""
        self._workers = workers
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._now = 0

    async def call(self, asked: Callable[[], Asked], name: str, arguments: Mapping[str, Any]) -> Answer:
        """What the tool answers. Cancelled, the work ends as well. `asked` is called in a thread."""
        if self._now >= AT_ONCE + WAITING:
            return failure(TooBusy("too many calls at once"), name)
        self._now += 1
        gone = threading.Event()
        try:
            async with self._turns:
                work = partial(self._answered, asked, name, arguments, gone)
                return await self._workers.run(work, PATIENCE)
        except TooBusy as error:
            return failure(error, name)
        finally:
            gone.set()
            self._now -= 1

    @staticmethod
    def _answered(
        asked: Callable[[], Asked], name: str, arguments: Mapping[str, Any], gone: threading.Event
    ) -> Answer:
        return answer(asked(), name, arguments, gone)
