"""Work under way on threads of its own: bounded in all, bounded by group, never one key twice.

What the work is, and when it is offered, is left to others. The threads are daemons: what has not
finished when the process ends was never recorded, and is done again.
"""

import threading
from collections import Counter
from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)


class Workers:
    """Takes jobs while there is room. `size` and `per_group` may be changed while it works."""

    def __init__(
        self, name: str, size: int, per_group: int | None = None, freed: Callable[[], object] = lambda: None
    ) -> None:
        """`freed` is called, in the job's thread, when a job has made room."""
        self.name = name
        self._freed = freed
        self.size = size
        self.per_group = per_group
        self._under_way: dict[str, str] = {}
        self._changed = threading.Condition()

    def offer(self, key: str, job: Callable[[], object], group: str = "") -> bool:
        """Starts the job, or answers False: `key` is under way, or there is no room for it now."""
        with self._changed:
            if key in self._under_way or not self.has_room(group):
                return False
            self._under_way[key] = group
        try:
            threading.Thread(
                target=self._work, args=(key, job), name=f"{self.name} {key}", daemon=True
            ).start()
        except RuntimeError as error:  # the system has no room for another thread
            log.error("a thread could not be started", worker=self.name, job=key, why=str(error))
            with self._changed:
                del self._under_way[key]
                self._changed.notify_all()
            return False
        return True

    @property
    def is_busy(self) -> bool:
        """Whether anything is under way."""
        return bool(self._under_way)

    def has_room(self, group: str = "") -> bool:
        """Whether one more job of the group may start."""
        if len(self._under_way) >= self.size:
            return False
        return self.per_group is None or Counter(self._under_way.values())[group] < self.per_group

    def wait_for_change(self, timeout: float) -> None:
        """Returns when a job has finished, or after `timeout` seconds, or when nothing is under way."""
        with self._changed:
            if self._under_way:
                self._changed.wait(timeout)

    def wait_until_idle(self, timeout: float | None = None) -> tuple[str, ...]:
        """Waits for everything under way; after `timeout` seconds, answers with the keys still there."""
        with self._changed:
            self._changed.wait_for(lambda: not self._under_way, timeout)
            return tuple(self._under_way)

    def _work(self, key: str, job: Callable[[], object]) -> None:
        try:
            job()
        except Exception:  # a mistake of ours in one job must not cost the others; it is told with its trace
            log.exception("a job failed", worker=self.name, job=key)
        finally:
            with self._changed:
                del self._under_way[key]
                self._changed.notify_all()
        self._freed()
