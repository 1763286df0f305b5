"""Which polls are due: what the store remembers at the start, and what each poll says from then on."""

import random
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime

from watchdesk import sources
from watchdesk.model import Appointment
from watchdesk.plan import Plan
from watchdesk.polling.report import PollReport
from watchdesk.scheduling import first_polls
from watchdesk.service.agenda import Agenda
from watchdesk.service.polling import Group


class Timetable:
    """The sources of one plan, by when they are due; safe to use from many threads."""

    def __init__(
        self, plan: Plan, known: Mapping[str, Appointment], now: datetime, rng: random.Random
    ) -> None:
        """`known`: what is remembered of sources that were polled before, by id."""
        self.plan = plan
        self._groups = {g[0].id: g for g in sources.by_request(plan.settings.sources.values())}
        self._agenda = Agenda()
        self._lock = threading.Lock()
        self._looked = now
        new: list[Group] = []
        for group in self._groups.values():
            dues = [sources.due_at(source, known.get(source.id), now) for source in group]
            if all(due is sources.NEVER_AGAIN for due in dues):
                continue
            if all(due is None for due in dues):
                new.append(group)
            else:
                self._put(group, min(due or now for due in dues if due is not sources.NEVER_AGAIN))
        every = plan.settings.polling.every
        for group, due in zip(new, first_polls(len(new), now, every, rng), strict=True):
            self._put(group, due)

    def take(self, now: datetime) -> Sequence[Group]:
        """Groups of sources that are due, the longest overdue first; each is taken once."""
        with self._lock:
            if now < self._looked:  # the clock was put back; what it had set would be due much too late
                self._agenda.shift(now - self._looked)
            self._looked = now
            return [self._groups[key] for key in self._agenda.take(now)]

    def polled(self, group: Group, reports: Sequence[PollReport]) -> None:
        """Enters when the group is due again; not at all when every one of it is gone for good."""
        dues = [report.next_poll for report in reports if report.next_poll]
        with self._lock:
            # The configuration may have changed while it was polled.
            if dues and self._groups.get(group[0].id) == group:
                self._put(group, min(dues))

    def postpone(self, group: Group, due: datetime) -> None:
        """Enters a group that was taken and could not be polled, as when a reload finds it under way."""
        with self._lock:
            self._put(group, due)

    def _put(self, group: Group, due: datetime) -> None:
        self._agenda.put(group[0].id, due)
