"""A bounded pool of threads for handlers: what is asked beyond it waits a little, and is then refused."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

_T = TypeVar("_T")

WAITING = 64
"""Requests that may wait for a thread."""
PATIENCE = 20.0
"""Seconds after which a request is answered with a refusal, whatever becomes of its handler."""


def timed(work: Callable[[], _T]) -> tuple[_T, float]:
    """What `work` returns, and how many seconds it took."""
    began = time.monotonic()
    return work(), time.monotonic() - began


class TooBusy(Exception):
    """There are too many requests, or this one took too long."""


class Workers:
    """Use `run` from the event loop."""

    def __init__(self, threads: int) -> None:
        self._most = threads + WAITING
        self._now = 0
        self._counting = threading.Lock()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="page handler")

    async def run(self, work: Callable[[], _T], patience: float = PATIENCE) -> _T:
        """What `work` returns or raises. Raises `TooBusy`, also after so many seconds."""
        if self._now >= self._most:
            raise TooBusy("too many requests at once")
        running = self._pool.submit(work)
        with self._counting:
            self._now += 1
        running.add_done_callback(self._ended)  # also of one that nobody waits for any more
        try:
            return await asyncio.wait_for(asyncio.wrap_future(running), patience)
        except TimeoutError:
            raise TooBusy(f"this took longer than {patience:.0f} seconds") from None

    def later(self, work: Callable[[], object]) -> None:
        """Does this beside, whatever comes of it."""
        with suppress(RuntimeError):  # the server ends
            self._pool.submit(work)

    def _ended(self, _future: object) -> None:
        with self._counting:
            self._now -= 1

    def close(self) -> None:
        """Waits for no handler: each ends by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)
