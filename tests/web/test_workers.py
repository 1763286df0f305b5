"""The pool of handlers is bounded: what comes beyond it is refused, and nobody waits for ever."""

import asyncio
import threading

import pytest

from watchdesk.web.workers import TooBusy, Workers


def test_what_comes_beyond_the_pool_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchdesk.web.workers.WAITING", 1)
    held = threading.Event()

    async def ask() -> None:
        workers = Workers(1)
        running = [asyncio.create_task(workers.run(held.wait)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(TooBusy, match="too many"):
            await workers.run(held.wait)
        held.set()
        assert await asyncio.gather(*running) == [True, True]
        workers.close()

    asyncio.run(ask())


def test_nobody_waits_for_what_takes_too_long() -> None:
    held = threading.Event()

    async def ask() -> None:
        workers = Workers(1)
        with pytest.raises(TooBusy, match="longer"):
            await workers.run(held.wait, patience=0.05)
        held.set()
        workers.close()

    asyncio.run(ask())
