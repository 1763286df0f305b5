"""Tells the operators what is wrong: by way of the outbox, and directly where the database is in trouble."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from watchdesk import pipeline
from watchdesk.model import Digest
from watchdesk.notices import Cause, is_urgent, trouble_of
from watchdesk.notices.service import PollsLate, ReloadRefused
from watchdesk.plan import Clock, Plan
from watchdesk.ports import Store
from watchdesk.service.direct_reporting import DirectReporter
from watchdesk.service.liveness.recorder import Liveness
from watchdesk.service.liveness.verdict import service_causes

LATE = timedelta(minutes=10)
"""Sources that have been due for so long are late …"""
BACK_IN_TIME = timedelta(minutes=2)
"""… until none of them is by so much."""


class Telling:
    """What it has told of polls that are late, it remembers until they are in time."""

    def __init__(self, store: Store, clock: Clock, liveness: Liveness, direct: DirectReporter) -> None:
        self._store, self._clock, self._liveness, self._direct = store, clock, liveness, direct
        self._is_late = False

    def tell(self, plan: Plan, late_by: Callable[[timedelta], tuple[int, timedelta]]) -> Sequence[Digest]:
        """Puts what has not been told yet into the outbox. Raises `StorageError`.

        `late_by`: how many sources are late by so much, and by how much the first of them is.
        """
        count, longest = late_by(BACK_IN_TIME if self._is_late else LATE)
        self._is_late = count > 0
        late = [PollsLate(count, longest)] if count else []
        directory = self._liveness.state_directory
        return pipeline.tell_operators(plan, self._store, self._clock(), directory, late, self._found)

    def report_directly(self, plan: Plan) -> None:
        """Without the store, which may be what is in trouble."""
        status = self._liveness.status
        causes: list[Cause] = [*service_causes(status, self._clock())]
        files = status.configuration
        in_trouble = status.store and status.store.trouble  # else it goes the ordinary way
        if in_trouble and files.reason and files.refused_since:
            causes.append(ReloadRefused(files.reason, files.mistakes, files.refused_since))
        self._direct.report(plan, causes)

    def _found(self, causes: Sequence[Cause]) -> None:
        self._liveness.urgent([trouble_of(cause).sentence for cause in causes if is_urgent(cause)])
