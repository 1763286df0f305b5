"""Jobs in flight, each on a thread of its own, as many as there are places.

The threads are daemons: a job that has not finished when the process ends was never recorded, and is done
again.
"""

import threading
from collections.abc import Callable

from watchdesk.logger import get_logger
from watchdesk.service.places import Lane, Places

log = get_logger(__name__)


class Workers(Places):
    """Takes jobs while there is room."""

    def __init__(
        self,
        name: str,
        size: int,
        per_group: int | None = None,
        freed: Callable[[str], object] = lambda _: None,
        *,
        lanes: bool = False,
    ) -> None:
        """As `Places`; `name` is for the log."""
        super().__init__(size, per_group, freed, lanes=lanes)
        self.name = name

    def offer(self, key: str, job: Callable[[], object], group: str = "", lane: Lane = Lane.QUICK) -> bool:
        """Starts the job. False: `key` is in flight already, or there is no room for it now."""
        if not self.enter(key, group, lane):
            return False
        try:
            threading.Thread(
                target=self._work, args=(key, job), name=f"{self.name} {key}", daemon=True
            ).start()
        except RuntimeError as error:  # the system has no room for another thread
            log.error("a thread could not be started", worker=self.name, job=key, why=str(error))
            self.leave(key, freed=False)
            return False
        return True

    def _work(self, key: str, job: Callable[[], object]) -> None:
        try:
            job()
        except Exception:  # a bug of ours in one job must not cost the others
            log.exception("a job failed", worker=self.name, job=key)
        finally:
            self.leave(key)
