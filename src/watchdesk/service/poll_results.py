"""What the service remembers of a poll that has ended, and reports of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import assert_never

from watchdesk.errors import LostShard, OutdatedRules, StorageError
from watchdesk.logger import get_logger
from watchdesk.model import Failed, SourceState
from watchdesk.plan import Clock
from watchdesk.polling.report import PollOutcome, PollReport
from watchdesk.service.circuit_breaker import CircuitBreaker
from watchdesk.service.places import Lane
from watchdesk.service.poll_tasks import Mistaken, Polled, PollEnd, Unpolled, Unrecorded
from watchdesk.service.states_ahead import Group
from watchdesk.service.write_behind import WriteBehind
from watchdesk.sources import remember, valid_state

log = get_logger(__name__)

SLOW = 5.0
"""A source that took longer to answer, in seconds, is polled in the slow lane until it answers faster."""


class PollResults:
    """Safe to use from many threads, one for each group at a time."""

    def __init__(
        self, write_behind: WriteBehind, breaker: CircuitBreaker, clock: Clock, *, says_failures: bool
    ) -> None:
        """`says_failures`: whether a poll that could not be recorded is logged."""
        self._write_behind = write_behind
        self._breaker = breaker
        self._clock = clock
        self._says_failures = says_failures
        self._lanes: dict[str, Lane] = {}
        """By the id of a group's first source: how its server answered last time."""

    def lane_of(self, group: Group) -> Lane:
        """In which the group is to be polled next."""
        return self._lanes.get(group[0].id, Lane.NEW)

    def reports_of(
        self, group: Group, states: Mapping[str, SourceState], end: PollEnd | None
    ) -> Sequence[PollReport]:
        """Notes what came of a poll that was begun with these states, and says when the next one is due."""
        match end:
            case Polled():
                try:
                    return self._recorded(group, states, end)
                except StorageError as error:
                    return self._unrecorded(group, states, error)
            case Unrecorded(OutdatedRules() | LostShard() as outdated):
                self._breaker.poll_undecided()
                return self.repeated(group, str(outdated), timedelta(0), PollOutcome.SKIPPED)
            case Unrecorded(error):
                return self._unrecorded(group, states, error)
            case Unpolled(reason):
                self._breaker.poll_undecided()
                return self.repeated(group, reason, timedelta(0))
            case Mistaken() | None:
                return self._mistaken(group, states)
            case _:
                assert_never(end)

    def repeated(
        self, group: Group, error: str, after: timedelta, outcome: PollOutcome = PollOutcome.FAILED
    ) -> Sequence[PollReport]:
        """Reports of a poll that is to be made again after so long."""
        again = self._clock() + after
        return [PollReport(s.id, outcome, error=error, next_poll=again) for s in group]

    def _recorded(
        self, group: Group, states: Mapping[str, SourceState], polled: Polled
    ) -> Sequence[PollReport]:
        for state in polled.kept:
            self._write_behind.keep(state)
        self._lanes[group[0].id] = Lane.SLOW if polled.longest_wait > SLOW else Lane.QUICK
        self._write_behind.forget(states)
        if any(report.outcome is PollOutcome.NEW for report in polled.reports):
            self._breaker.poll_recorded()
        return polled.reports

    def _unrecorded(
        self, group: Group, states: Mapping[str, SourceState], error: StorageError
    ) -> Sequence[PollReport]:
        """It counts as a failed poll and waits longer each time: publishers are not asked in vain."""
        if self._says_failures:
            log.error("a poll could not be recorded; it will be repeated", source=group[0].id, why=str(error))
        self._breaker.poll_failed(error)
        now = self._clock()
        reports = []
        for source in group:
            before = valid_state(source, states.get(source.id) or self._write_behind.kept(source.id))
            again = self._write_behind.keep_failure(before, str(error), now)
            reports.append(PollReport(source.id, PollOutcome.FAILED, error=str(error), next_poll=again))
        return reports

    def _mistaken(self, group: Group, states: Mapping[str, SourceState]) -> Sequence[PollReport]:
        """A bug of ours counts as a failed poll, so that whoever looks after the sources sees it."""
        failed = Failed("watchdesk made a mistake; its log says which")
        for source in group:
            before = valid_state(source, states.get(source.id) or SourceState(source.id))
            after = remember(source, before, failed, self._clock())
            self._write_behind.keep(replace(after, next_poll=self._clock() + source.every))
        return self.repeated(group, failed.reason, group[0].every)
