"""Threads for tasks that mostly wait: each task begins at once, in a thread that has none, or in a new one.

`concurrent.futures` does more, and at a price: nobody waits here for what comes of a task.
"""

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Generic, TypeVar

_Task = TypeVar("_Task")


class TaskThreads(Generic[_Task]):
    """For one thread that begins tasks. Its own threads are daemons, and stay."""

    def __init__(self, run: Callable[[_Task], object]) -> None:
        """`run` does a task; it must not raise."""
        self._run = run
        self._tasks: SimpleQueue[_Task] = SimpleQueue()
        self._lock = threading.Lock()
        self._count = 0
        self._idle = 0
        """Threads that wait for a task, less the tasks that wait for a thread."""

    def begin(self, task: _Task) -> None:
        """Does it beside all others; after one of them, where the system has no room for another thread.

        Raises `RuntimeError` where it has no room for the first.
        """
        with self._lock:
            self._idle -= 1
            is_short = self._idle < 0
        if is_short:
            self._add_thread()
        self._tasks.put(task)

    def _add_thread(self) -> None:
        try:
            threading.Thread(target=self._work, name="poll", daemon=True).start()
        except RuntimeError:
            if not self._count:
                raise
            return
        with self._lock:
            self._count += 1
            self._idle += 1

    def _work(self) -> None:
        while True:
            self._run(self._tasks.get())
            with self._lock:
                self._idle += 1
