"""Collects what the service says of itself, and writes it down whenever the main loop comes round."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from watchdesk.errors import RefusedRow, StorageError, WatchdeskError
from watchdesk.logger import get_logger
from watchdesk.model.rule_folders import RefusedFolder
from watchdesk.service.liveness.processes import Processes
from watchdesk.service.liveness.status import (
    HeartbeatStatus,
    Incident,
    PageStatus,
    Phase,
    ServiceStatus,
    StepStatus,
    StoreStatus,
    status_file,
)
from watchdesk.service.measuring.measurements import Measurements

log = get_logger(__name__)

EVERY = 5.0
"""Seconds between two writes while nothing changes."""
SELDOM = 60.0
"""Seconds between two lines in the log about the same failure."""
_MOST_INCIDENTS = 10
_MOST_URGENT = 10
_LONGEST = 600


class Liveness:
    """Safe to use from many threads; only `turn` writes, and only the main loop calls it."""

    def __init__(self, state_directory: Path, clock: Callable[[], datetime]) -> None:
        now = clock()
        self._clock = clock
        self.state_directory = state_directory
        self.measurements = Measurements()
        """What is counted beside it; it is in no file."""
        self._file = status_file(state_directory)
        self._status = ServiceStatus(Processes().own(), now, now, Processes.clock())
        self._changed = True
        self._written = 0.0
        self._lock = threading.Lock()
        self._logged: dict[str, tuple[str, float]] = {}

    @property
    def status(self) -> ServiceStatus:
        """As it would be written now."""
        with self._lock:
            return self._status

    def turn(self) -> None:
        """The main loop has come round. Written every few seconds, and at once when something changed."""
        now, clock = self._clock(), Processes.clock()
        with self._lock:
            self._status = replace(self._status, turn=now, clock=clock)
            if not self._changed and clock - self._written < EVERY:
                return
            self._changed, self._written = False, clock
            status = self._status
        try:
            self._file.write(status)
        except OSError as error:
            self._log_seldom("status file", "the status file cannot be written", str(error))

    def enter(self, phase: Phase, reason: str | None = None) -> None:
        """The life of the service goes on to its next phase."""
        self._change(phase=phase, reason=reason[:_LONGEST] if reason else None)

    def zone(self, name: str) -> None:
        """The desk's zone, for whoever cannot read its files."""
        self._change(zone=name)

    def store(self, status: StoreStatus) -> None:
        """What is found of the database."""
        self._change(store=status)

    def page(self, status: PageStatus | None) -> None:
        """Where the page is, or why it is not."""
        self._change(page=status)

    def configuration(
        self, **changes: datetime | str | tuple[str, ...] | tuple[RefusedFolder, ...] | None
    ) -> None:
        """What is found of the files."""
        before = self.status.configuration
        self._change(configuration=replace(before, **changes))  # type: ignore[arg-type]  # named by callers

    def heartbeat(self, status: HeartbeatStatus | None) -> None:
        """What became of the last request to the outside watcher."""
        self._change(heartbeat=status)

    def urgent(self, sentences: Sequence[str]) -> None:
        """What was found that needs a person now."""
        shown = tuple(sentence[:_LONGEST] for sentence in sentences[:_MOST_URGENT])
        self._change(urgent=shown)

    def incident(self, sentence: str) -> None:
        """Something happened that is over, and that a person has to know of."""
        log.warning("something needs a look", what=sentence)
        found = Incident(self._clock(), sentence)
        self._change(incidents=(*self.status.incidents, found)[-_MOST_INCIDENTS:])

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Records one turn of a step. A failure of it is logged and goes no further."""
        with self._lock:
            self._put(name, began=self._clock())
        try:
            yield
        except Exception as error:  # noqa: BLE001 - a step is tried again whatever it met; it is recorded
            self._failed(name, error)
        else:
            with self._lock:
                self._changed = self._changed or self._status.steps[name].failures > 0
                self._put(name, began=None, ended=self._clock(), failures=0, failing_since=None, reason=None)

    def ended(self, name: str, error: Exception | None) -> None:
        """A turn of a step that another process takes has ended; `error`: what it failed by."""
        with self.step(name):
            if error is not None:
                raise error

    def _failed(self, name: str, error: Exception) -> None:
        reason = str(error) if isinstance(error, WatchdeskError) else f"{type(error).__name__}: {error}"
        now = self._clock()
        with self._lock:
            before = self._status.steps[name]
            self._changed = self._changed or before.reason != reason[:_LONGEST]
            self._put(
                name,
                began=None,
                ended=now,
                failures=before.failures + 1,
                failing_since=before.failing_since or now,
                reason=reason[:_LONGEST],
                of_store=isinstance(error, StorageError) and not isinstance(error, RefusedRow),
            )
        unexpected = None if isinstance(error, WatchdeskError) else error
        self._log_seldom(name, "a step failed and will be tried again", reason, unexpected, step=name)

    def _put(self, name: str, **changes: datetime | int | str | None) -> None:
        steps = dict(self._status.steps)
        steps[name] = replace(steps.get(name, StepStatus()), **changes)  # type: ignore[arg-type]  # as above
        self._status = replace(self._status, steps=steps)

    def _change(self, **changes: object) -> None:
        with self._lock:
            before = self._status
            self._status = replace(before, **changes)  # type: ignore[arg-type]  # named by the methods above
            self._changed = self._changed or self._status != before

    def _log_seldom(
        self, what: str, said: str, reason: str, error: Exception | None = None, **more: str
    ) -> None:
        """A failure that goes on in the same way is logged once a minute."""
        before, then = self._logged.get(what, ("", 0.0))
        if reason != before or time.monotonic() - then >= SELDOM:
            self._logged[what] = reason, time.monotonic()
            given = {"exc_info": error} if error else {"why": reason}
            log.error(said, **more, **given)
