"""Tells the operators what is wrong: by way of the outbox, and directly where the database is in trouble."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from watchdesk import pipeline
from watchdesk.model import Digest
from watchdesk.notices import Cause, is_urgent, trouble_of
from watchdesk.notices.fleet import NobodySends, WorkMissing, work_missing
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
UNMANNED = timedelta(minutes=2)
"""Work that no machine does for less is done by one that is started again."""


class Telling:
    """What it has told of polls that are late, it remembers until they are in time.

    That nobody sends is told directly: of the outbox, nobody would.
    """

    def __init__(self, store: Store, clock: Clock, liveness: Liveness, direct: DirectReporter) -> None:
        self._store, self._clock, self._liveness, self._direct = store, clock, liveness, direct
        self._is_late = False
        self._missing: Mapping[str, datetime] = {}
        """Work that no machine does, by key, and when it was first seen."""
        self._unsent: Sequence[NobodySends] = ()

    def tell(self, plan: Plan, late_by: Callable[[timedelta], tuple[int, timedelta]]) -> Sequence[Digest]:
        """Puts what has not been told yet into the outbox. Raises `StorageError`.

        `late_by`: how many sources are late by so much, and by how much the first of them is.
        """
        count, longest = late_by(BACK_IN_TIME if self._is_late else LATE)
        self._is_late = count > 0
        late = [PollsLate(count, longest)] if count else []
        missing = self._long_missing(plan)
        self._unsent = [cause for cause in missing if isinstance(cause, NobodySends)]
        also = [*late, *(cause for cause in missing if not isinstance(cause, NobodySends))]
        directory = self._liveness.state_directory
        return pipeline.tell_operators(plan, self._store, self._clock(), directory, also, self._found)

    def report_directly(self, plan: Plan) -> None:
        """Without the store, which may be what is in trouble."""
        status = self._liveness.status
        causes: list[Cause] = [*service_causes(status, self._clock()), *self._unsent]
        files = status.configuration
        in_trouble = status.store and status.store.trouble  # else it goes the ordinary way
        if in_trouble and files.reason and files.refused_since:
            causes.append(ReloadRefused(files.reason, files.mistakes, files.refused_since))
        self._direct.report(plan, causes)

    def _long_missing(self, plan: Plan) -> Sequence[WorkMissing]:
        now = self._clock()
        missing = {
            trouble_of(cause).cause: cause for cause in work_missing(self._store.hosts(), plan.settings)
        }
        self._missing = {key: self._missing.get(key, now) for key in missing}
        return [cause for key, cause in missing.items() if now - self._missing[key] >= UNMANNED]

    def _found(self, causes: Sequence[Cause]) -> None:
        found = [*self._unsent, *causes]
        self._liveness.urgent([trouble_of(cause).sentence for cause in found if is_urgent(cause)])
