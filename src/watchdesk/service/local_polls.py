"""Runs tasks of polling in this process, each on a thread of its own: for a single pass over few sources."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from watchdesk.errors import StorageError
from watchdesk.logger import get_logger
from watchdesk.plan import Clock
from watchdesk.ports import PollStore
from watchdesk.service.poll_tasks import Mistaken, TaskResult, Unrecorded, Work, run_task

log = get_logger(__name__)


class LocalPolls:
    """A `Workforce`. Its threads are daemons: what has not ended was not recorded, and is done again."""

    def __init__(self, store: PollStore, clock: Clock, rng: random.Random) -> None:
        self._store = store
        self._clock = clock
        self._rng = rng

    def start(self, work: Work) -> bool:
        """See `Workforce.start`."""
        name = work.group[0].id
        try:
            threading.Thread(target=self._run, args=(work,), name=f"poll {name}", daemon=True).start()
        except RuntimeError as error:  # the system has no room for another thread
            log.error("a thread could not be started", poll=name, why=str(error))
            return False
        return True

    def _run(self, work: Work) -> None:
        result = TaskResult(Mistaken())
        try:
            off_host = partial(_off_host, work)
            result = run_task(work.plan, self._store, work.task(), self._clock, self._rng, off_host)
        except StorageError as error:
            result = TaskResult(Unrecorded(error))
        except Exception:  # a bug of ours in one task must not cost the others
            log.exception("a poll failed", source=work.group[0].id)
        finally:
            work.ended(result)


@contextmanager
def _off_host(work: Work) -> Iterator[None]:
    work.leave_host()
    try:
        yield
    finally:
        work.rejoin_host()
