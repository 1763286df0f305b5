"""When `once` ran: where nobody starts the service, cron or a timer is judged by its usual distance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Literal

from watchdesk.logger import get_logger
from watchdesk.service.liveness.state_file import StateFile

log = get_logger(__name__)

FILE = "once.json"
_KEPT = 12
_FEWEST = 2
_NEAR = 0.2


@dataclass(frozen=True, slots=True)
class SinglePasses:
    """The last runs of `once` that came to their end, oldest first."""

    ended: tuple[datetime, ...]
    version: Literal[1] = 1

    @property
    def usual(self) -> timedelta | None:
        """The distance between them; None where they keep none, as when a person starts them."""
        distances = [(b - a).total_seconds() for a, b in zip(self.ended, self.ended[1:], strict=False)]
        if len(distances) < _FEWEST:
            return None
        middle = median(distances)
        regular = sum(abs(distance - middle) <= _NEAR * middle for distance in distances)
        return timedelta(seconds=middle) if regular > max(1, len(distances) / 2) else None

    def overdue(self, now: datetime) -> bool:
        """Whether the next is missing for as long again."""
        usual = self.usual
        return usual is not None and now - self.ended[-1] > 2 * usual


def passes_file(state_directory: Path) -> StateFile[SinglePasses]:
    """The file."""
    return StateFile(state_directory / FILE, SinglePasses)


def read_passes(state_directory: Path) -> SinglePasses | None:
    """None where `once` was never used. Raises `OSError` when it may not be read."""
    return passes_file(state_directory).read()


def record_pass(state_directory: Path, now: datetime) -> None:
    """Remembers that a pass came to its end; where that cannot be written, the log says so."""
    file = passes_file(state_directory)
    try:
        before = file.read()
        file.write(SinglePasses(_kept((*(before.ended if before else ()), now))))
    except OSError as error:
        log.warning("this pass could not be remembered", file=str(file.path), why=error.strerror)


def _kept(ended: Sequence[datetime]) -> tuple[datetime, ...]:
    """Those of a clock that was ahead by mistake are left out."""
    return tuple(moment for moment in ended if moment <= ended[-1])[-_KEPT:]
