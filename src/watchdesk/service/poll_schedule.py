"""Which polls are due: by what the store remembers at the start, and by what each poll says from then on."""

import heapq
import random
import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count

from watchdesk import sources
from watchdesk.model import Appointment
from watchdesk.plan import Plan
from watchdesk.polling.report import PollReport
from watchdesk.scheduling import first_polls, not_beyond
from watchdesk.service.states_ahead import Group


class PollSchedule:
    """The sources of one plan, by when they are due; safe to use from many threads."""

    def __init__(
        self, plan: Plan, known: Mapping[str, Appointment], now: datetime, rng: random.Random
    ) -> None:
        """`known`: what is remembered of sources that were polled before, by id."""
        self.plan = plan
        self._groups = {g[0].id: g for g in sources.by_request(plan.settings.sources.values())}
        self._first_of = {source.id: group[0].id for group in self._groups.values() for source in group[1:]}
        """By the ids of all but the first of a group."""
        self._due = DueQueue()
        self._lock = threading.Lock()
        self._looked = self._since = now
        self._taken: dict[str, datetime] = {}
        """When those that were taken and did not begin yet were due."""
        new: list[Group] = []
        due_at, get = sources.due_at, known.get
        for group in self._groups.values():
            dues = [due_at(source, get(source.id), now) for source in group]
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
        """Takes the groups of sources that are due, the longest overdue first."""
        with self._lock:
            if now < self._looked:  # the clock was put back: what it had set would be due much too late
                self._due.shift(now - self._looked)
            self._looked = now
            taken = self._due.take(now)
            for key, due in taken.items():
                self._taken.setdefault(key, due)
            return [self._groups[key] for key in taken]

    def next_due(self) -> datetime | None:
        """When the first group that was not taken yet is due; None: none ever is."""
        with self._lock:
            return self._due.first()

    def lateness(self, group: Group, now: datetime) -> timedelta | None:
        """How late the poll of a group begins that was taken; None where nobody waited for it.

        What was overdue when this schedule was made is late from then on: the time before says nothing of
        how the service keeps up.
        """
        with self._lock:
            due = self._taken.pop(group[0].id, None)
            return now - max(due, self._since) if due else None

    def groups_with(self, ids: Iterable[str]) -> Sequence[Group]:
        """The groups in which these sources are, without those that are paused or unknown."""
        firsts = dict.fromkeys(self._first_of.get(name, name) for name in ids)
        return [self._groups[first] for first in firsts if first in self._groups]

    def groups(self) -> Sequence[Group]:
        """All groups, also those that are never due again."""
        return list(self._groups.values())

    def group(self, source_id: str) -> Group | None:
        """The group whose first source this is; None where it is not, or is paused or unknown."""
        return self._groups.get(source_id)

    def dues(self) -> Mapping[str, datetime]:
        """When each group is due, by its first source; without those that are never due again."""
        with self._lock:
            return self._due.all()

    def due(self, source_id: str) -> datetime | None:
        """When the group with this first source is due; None: never again."""
        with self._lock:
            return self._due.of(source_id)

    def taken(self, dues: Mapping[str, datetime]) -> None:
        """Groups that somebody else has found due at these times are polled now."""
        with self._lock:
            self._taken |= dues

    def forget_past(self, now: datetime) -> None:
        """Forgets what was due until now, where somebody else says what is polled."""
        with self._lock:
            self._due.take(now)

    def polled(self, group: Group, reports: Sequence[PollReport]) -> None:
        """Records when the group is due again; never, when all of its sources are gone for good.

        A group of the configuration before counts where its sources and their addresses are the same.
        """
        dues = [report.next_poll for report in reports if report.next_poll]
        with self._lock:
            known = self._groups.get(group[0].id, ())
            if dues:
                self._taken.pop(group[0].id, None)
            if dues and known == group:
                self._put(group, min(dues))
            elif dues and _addresses(known) == _addresses(group):
                self._put(known, min(not_beyond(source, min(dues), self._looked) for source in known))

    def postpone(self, group: Group, due: datetime) -> None:
        """Puts back a group that could not be polled yet, as when a reload finds it in flight."""
        with self._lock:
            if group[0].id not in self._due:  # else it has been polled meanwhile
                self._put(group, due)

    def _put(self, group: Group, due: datetime) -> None:
        self._due.put(group[0].id, due)


def _addresses(group: Group) -> Sequence[tuple[str, str]]:
    return [(source.id, source.url) for source in group]


class DueQueue:
    """Keys by the time at which they are due, each once. What is not due costs nothing.

    Not for several threads at once.
    """

    def __init__(self) -> None:
        self._due: dict[str, tuple[datetime, int]] = {}
        self._heap: list[tuple[datetime, int, str]] = []
        self._numbers = count()

    def __len__(self) -> int:
        return len(self._due)

    def __contains__(self, key: str) -> bool:
        return key in self._due

    def put(self, key: str, due: datetime) -> None:
        """Adds a key, or moves it."""
        number = next(self._numbers)
        self._due[key] = due, number
        heapq.heappush(self._heap, (due, number, key))

    def take(self, now: datetime) -> Mapping[str, datetime]:
        """Takes what is due at `now`, the longest overdue first; key → when it was due."""
        taken: dict[str, datetime] = {}
        while self._heap and self._heap[0][0] <= now:
            due, number, key = heapq.heappop(self._heap)
            # A key that was moved since has left stale entries behind.
            if self._due.get(key) == (due, number):
                del self._due[key]
                taken[key] = due
        return taken

    def all(self) -> Mapping[str, datetime]:
        """When each key is due."""
        return {key: due for key, (due, _) in self._due.items()}

    def of(self, key: str) -> datetime | None:
        """When this key is due; None: it is not there."""
        found = self._due.get(key)
        return found[0] if found else None

    def first(self) -> datetime | None:
        """When the first of them is due."""
        while self._heap:
            due, number, key = self._heap[0]
            if self._due.get(key) == (due, number):
                return due
            heapq.heappop(self._heap)  # left behind by a key that was moved
        return None

    def shift(self, by: timedelta) -> None:
        """Moves every time, as when the clock they were set by was put back."""
        for key, (due, _) in list(self._due.items()):
            self.put(key, due + by)
