"""Work that leaves the processor to others, in a process that needs all of it afterwards."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

_NICE = 5
"""A third of the share of others: polls lose little, and a busy machine does not keep it waiting for ever."""

_T = TypeVar("_T")


def gently(work: Callable[[], _T]) -> _T:
    """Does this with less of the processor than others get, and answers as it does.

    In a thread that ends with it: Linux knows how nice a thread is, and no process may become less nice
    again without privileges (sched(7)). Afterwards the process has one thread, as before, and may be forked.
    """
    results: list[_T] = []
    failures: list[BaseException] = []

    def run() -> None:
        with suppress(OSError):  # where it may not be set, all are equal
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - it is raised again below
            failures.append(error)

    thread = threading.Thread(target=run, name="gently")
    thread.start()
    thread.join()
    if failures:
        raise failures.pop()
    return results.pop()
