"""What a chore is, and which there are. When each runs is decided in `rounds`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol, runtime_checkable

from watchdesk.plan import Clock, Configured
from watchdesk.store import SqlStore


@dataclass(frozen=True, slots=True, repr=False)  # a log is not to hold the whole configuration
class Workplace:
    """All that a chore works with."""

    store: SqlStore
    """Opened beside the service, or by `once` itself."""
    configured: Configured
    clock: Clock


class Chore(Protocol):
    """Work on the database that may take long and is done in small steps.

    It lives as long as its process, which may be killed at any time: what has to last is in the database.
    Two processes may run the same chore at once, the service's and that of `once`.
    """

    name: str
    """As `status` and the log have it: `remove what is old`."""
    every: timedelta
    """After a run that did all there was to do."""
    needs_steady_clock: bool
    """Whether it waits while the clock has leapt, as what deletes must.

    For a run of it the clock stands still: at the moment for which it was checked.
    """

    def step(self, place: Workplace) -> bool:
        """Does some 50 ms of work, with one short transaction; whether there is more to do at once.

        Whatever it raises is recorded, and it is tried again later.
        """


@runtime_checkable
class Paced(Protocol):
    """A chore that is to wait between its steps, however much time there is."""

    rest: float
    """Seconds from the end of its last step to the next."""


def chores(state_directory: Path) -> Sequence[Chore]:
    """All of them, new. What they need is imported here, for it may be heavy."""
    from watchdesk.service.liveness.damage import CheckFile  # noqa: PLC0415 - as above
    from watchdesk.service.upkeep.backfilling import Backfilling  # noqa: PLC0415
    from watchdesk.service.upkeep.compressing import Compressing  # noqa: PLC0415
    from watchdesk.service.upkeep.indexing import Indexing  # noqa: PLC0415
    from watchdesk.service.upkeep.measuring import Measuring  # noqa: PLC0415
    from watchdesk.service.upkeep.planner_counts import PlannerCounts  # noqa: PLC0415
    from watchdesk.service.upkeep.pruning import Pruning  # noqa: PLC0415
    from watchdesk.service.upkeep.reading import ReadingAll  # noqa: PLC0415
    from watchdesk.service.upkeep.watching_sources import WatchingSources  # noqa: PLC0415

    return (
        Backfilling(),
        Pruning(),
        PlannerCounts(),
        Measuring(),
        WatchingSources(),
        Indexing(),
        Compressing(),
        ReadingAll(CheckFile(state_directory)),
    )
