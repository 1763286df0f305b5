"""Polls the shards that this host is given.

It takes one, polls what is due in it, notes when that is due next, and gives it back.
`engine` says which shard; `Poller` polls as on one machine.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime

from watchdesk.errors import StorageError
from watchdesk.logger import get_logger
from watchdesk.polling.full_text import pages_due
from watchdesk.polling.report import PollOutcome, PollReport
from watchdesk.service.circuit_breaker import CircuitBreaker
from watchdesk.service.fleet.foreign_sites import ForeignSites
from watchdesk.service.fleet.member import Member
from watchdesk.service.poll_schedule import PollSchedule
from watchdesk.service.poll_tasks import NO_PAGES, Pages
from watchdesk.service.polling import Poller
from watchdesk.service.states_ahead import Group
from watchdesk.sources import Hosts, host_of
from watchdesk.store.fleet_rows import TakenShard
from watchdesk.store.fleet_shards import shard_of
from watchdesk.store.fleet_store import FleetStore

log = get_logger(__name__)

BARRED = 600.0
"""Seconds for which hosts of a lost shard are not asked: what was queued for them has ended by then."""
ELSEWHERE = 20.0
"""Seconds for which a source is left to hosts by whose files it is on another site."""
AT_A_TIME = 25
"""Sources of one host that are queued at a time."""
HOLD = 20.0
"""Seconds after which a job queues no more of a host with many sources: others of its shard are due, too."""
_BEGINNING = ""
"""Stands among what is outstanding until all of it is queued."""


@dataclass(slots=True)
class _Job:
    """A shard that is being polled."""

    token: int
    ended: Future[None] = field(default_factory=Future)
    polled: set[str] = field(default_factory=set)
    """Groups that are polled, by their first source."""
    outstanding: set[str] = field(default_factory=lambda: {_BEGINNING})
    """Groups that are polled, or whose pages are asked for, until that has ended."""
    dues: dict[str, datetime | None] = field(default_factory=dict)
    """By source: when it is due next; None: never again."""
    pages: Pages = field(default_factory=lambda: NO_PAGES)
    queued: dict[str, int] = field(default_factory=dict)
    """By host: groups that are queued, or being polled."""
    later: dict[str, deque[Group]] = field(default_factory=dict)
    """By host: what is due as well, and not queued yet."""
    began: float = field(default_factory=time.monotonic)

    def next_of(self, host: str) -> Sequence[Group]:
        """The next groups of a host, to be queued now."""
        waiting = self.later[host]
        groups = [waiting.popleft() for _ in range(min(AT_A_TIME, len(waiting)))]
        names = {group[0].id for group in groups}
        self.queued[host] = len(groups)
        self.polled |= names
        self.outstanding |= names
        return groups

    def goes_on(self, host: str) -> Sequence[Group]:
        """One of a host was polled; what is to be queued after it."""
        if host not in self.queued:  # a reload has given it another address
            return ()
        self.queued[host] -= 1
        if self.queued[host] or not self.later[host] or time.monotonic() - self.began > HOLD:
            return ()
        return self.next_of(host)

    def end(self) -> None:
        """Lets the engine know."""
        if not self.ended.done():
            self.ended.set_result(None)


class Dispatch:
    """Safe to use from many threads."""

    def __init__(
        self,
        store: FleetStore,
        host: str,
        member: Member,
        poller: Poller,
        breaker: CircuitBreaker,
        hosts: Hosts,
        clock: Callable[[], datetime],
        settle_soon: Callable[[], object],
    ) -> None:
        """`host`: the id of this one. `settle_soon`: has `settle` called."""
        self._store, self._host, self._member = store, host, member
        self._poller, self._breaker = poller, breaker
        self._hosts, self._clock = hosts, clock
        self._settle_soon = settle_soon
        self._lock = threading.RLock()
        self._settling = threading.Lock()
        self._jobs: dict[int, _Job] = {}
        self._doubtful: set[int] = set()
        """Shards of which nobody knows whether they were taken: the server went away meanwhile."""
        self._schedule: PollSchedule | None = None
        self._shards: Mapping[str, int] = {}
        """Of each source."""
        self._of_hosts: Mapping[str, int] = {}
        self._barred: dict[int, float] = {}
        """Shards that were lost: until when, by `time.monotonic`."""
        self._stopping = False
        self._pausing = False
        self.polls = 0
        self.lapsed = 0
        """Shards that were lost before they could be given back."""
        self.sites = ForeignSites(store.sites, host, member, hosts, self._is_polled, self._is_lost, clock)
        hosts.admission = self.sites
        store.guard(host, self._tokens_of, self.lost)

    def know(self, schedule: PollSchedule) -> None:
        """Tells the database what is polled by this schedule. Raises `StorageError`."""
        self._store.fleet.know(_dues(schedule))

    def know_new(self) -> None:
        """Tells the database of those that it does not know. Raises `StorageError`."""
        if self._schedule:
            self._store.fleet.know(_dues(self._schedule), only_new=True)

    def follow(self, schedule: PollSchedule, cleared: Iterable[Group]) -> None:
        """Works by this schedule from now on. `cleared`: what the one before had queued."""
        shards = {name: shard for name, (shard, _) in _dues(schedule).items()}
        of_hosts = {host_of(group[0].url): shards[group[0].id] for group in schedule.groups()}
        with self._lock:
            self._schedule, self._shards, self._of_hosts = schedule, shards, of_hosts
            for job in self._jobs.values():
                for waiting in job.later.values():  # they are of the schedule before
                    waiting.clear()
        self._dropped(cleared)

    def begin(self, shard: int) -> "Future[None] | None":
        """Takes the shard and begins to poll what is due in it; None where there is nothing to do.

        The result is there once all of it is recorded, or the shard lost. Raises `StorageError`.
        """
        schedule = self._schedule
        if schedule is None or shard in self._jobs or not self._may_begin():
            return None
        try:
            taken = self._store.fleet.take(
                shard, self._host, self._clock(), inherits=self._member.may_inherit
            )
        except StorageError:
            with self._lock:
                self._doubtful.add(shard)
            raise
        if taken is None:
            return None
        job = _Job(taken.token)
        with self._lock:
            self._jobs[shard] = job
            self._barred.pop(shard, None)
        self.sites.asked_already(taken.asked)
        self._member.hold(shard, taken.token)
        try:
            self._enqueue(schedule, job, self._without_elsewhere(shard, taken))
        finally:
            self._discard(_BEGINNING, job)
        return job.ended

    def _may_begin(self) -> bool:
        if self._stopping or self._pausing or not self._member.lives or self._breaker.is_open:
            return False
        # While one poll is to show that it can be recorded, one shard is enough.
        return not (self._breaker.is_half_open and self._jobs)

    def _without_elsewhere(self, shard: int, taken: TakenShard) -> TakenShard:
        """Without sources that are in the shard by the files of another host, where they are on another site.

        Here their site is of another shard: it may not be asked under this one, and nothing would be
        recorded.
        """
        shards = self._shards
        wanted = {*taken.due, *taken.with_pages}
        elsewhere = {name: shards[name] for name in wanted if shards.get(name, shard) != shard}
        if not elsewhere:
            return taken
        log.debug("sources are on another site by other files", sources=sorted(elsewhere))
        self._store.fleet.leave_to_others(shard, elsewhere, ELSEWHERE)
        due = {name: due for name, due in taken.due.items() if name not in elsewhere}
        pages = [name for name in taken.with_pages if name not in elsewhere]
        return replace(taken, due=due, with_pages=pages)

    def _enqueue(self, schedule: PollSchedule, job: _Job, taken: TakenShard) -> None:
        groups = {name: group for name in taken.due if (group := schedule.group(name))}
        if unknown := [name for name in taken.due if name not in groups]:
            self._store.fleet.miss(unknown)
        self._leave_alone(schedule, taken)
        schedule.taken({name: taken.due[name] for name in groups})
        pages = self._pages_of(schedule, taken.with_pages)
        beside = [group for group in schedule.groups_with(pages) if group[0].id not in groups]
        with self._lock:
            job.pages = pages
            for group in groups.values():
                job.later.setdefault(host_of(group[0].url), deque()).append(group)
            job.outstanding |= {group[0].id for group in beside}
            first = [group for host in job.later for group in job.next_of(host)]
        refused = list(self._poller.enqueue(schedule.plan, first, pages))
        refused += self._poller.enqueue_pages(schedule.plan, beside, pages)
        self._dropped(refused)

    def polled(self, group: Group, reports: Sequence[PollReport]) -> None:
        """A group was polled, or its pages asked for; the schedule knows it already."""
        name, schedule = group[0].id, self._schedule
        more: Sequence[Group] = ()
        with self._lock:
            job = next((one for one in self._jobs.values() if name in one.outstanding), None)
            if job is None or schedule is None:
                return
            if name in job.polled and any(r.outcome is not PollOutcome.SKIPPED for r in reports):
                self.polls += 1
                is_over = all(report.next_poll is None for report in reports)
                due = None if is_over else schedule.due(name)
                if due or is_over:
                    job.dues[name] = due
            if name in job.polled and not (self._stopping or self._pausing):
                more = job.goes_on(host_of(group[0].url))
        if more:
            self._dropped(self._poller.enqueue(schedule.plan, more, job.pages))
        self._discard(name, job)

    def settle(self, write_states: Callable[[], bool]) -> bool:
        """Records what was polled, and gives back shards in which nothing is left to do.

        `write_states`: writes all states that are kept for later. Raises `StorageError`.
        """
        with self._settling:
            with self._lock:
                done = {shard: job for shard, job in self._jobs.items() if not job.outstanding}
                noted = {shard: dict(job.dues) for shard, job in self._jobs.items() if job.dues}
                jobs = {shard: self._jobs[shard] for shard in (*done, *noted)}
            written = write_states()
            if noted:
                tokens = {shard: jobs[shard].token for shard in noted}
                self.lost(self._store.fleet.note_dues(self._host, tokens, noted))
                self._schedule_forgets()
            with self._lock:
                for shard, dues in noted.items():
                    for name, due in dues.items():
                        if jobs[shard].dues.get(name) == due:
                            del jobs[shard].dues[name]
            self._give_back(done)
        return written

    def pause(self) -> None:
        """Gives up what is queued, and begins nothing more before `resume`."""
        self._pausing = True
        with self._lock:
            for job in self._jobs.values():
                for waiting in job.later.values():
                    waiting.clear()
        self._dropped(self._poller.clear_queue())

    def resume(self) -> None:
        """Goes on."""
        self._pausing = False

    def stop(self, cleared: Iterable[Group]) -> None:
        """Begins nothing more. `cleared`: what was queued."""
        self._stopping = True
        self._dropped(cleared)

    def end(self) -> None:
        """Whatever is left is no more this host's."""
        self._forget(list(self._jobs))

    def lost(self, shards: Collection[int]) -> None:
        """These are another host's by now."""
        if shards:
            log.warning(
                "another host has taken shards; what was polled in them is dropped", shards=len(shards)
            )
            self._bar(shards)
            self._lose(shards)

    def lapse(self) -> None:
        """All shards are lost."""
        self._poller.clear_queue()
        self.sites.lapse()
        self._bar(list(self._jobs))
        self._lose(list(self._jobs))

    def _give_back(self, done: Mapping[int, _Job]) -> None:
        with self._lock:
            doubtful = self._doubtful - self._jobs.keys()
            self._doubtful = set()
        if doubtful:
            self._store.fleet.free_doubtful(self._host, doubtful)
        self.sites.tell_rests()
        done, rests = self._quiet(done)
        if not done:
            return
        try:
            self._store.fleet.free(self._host, {shard: job.token for shard, job in done.items()}, rests)
        except StorageError:
            with self._lock:
                self._doubtful |= done.keys()
            raise
        finally:
            self._forget(list(done))

    def _quiet(self, done: Mapping[int, _Job]) -> tuple[Mapping[int, _Job], Mapping[int, float]]:
        """Those of whose sites none is asked, as for a source of another shard, and the seconds they rest."""
        if not done:
            return done, {}
        self._member.drop(done)  # from now on, nothing begins there
        busy, rests = set[int](), dict[int, float]()
        for site, use in self._hosts.uses().items():
            shard = shard_of(site)
            if use.in_flight or use.waiting:
                busy.add(shard)
            rests[shard] = max(use.pause, rests.get(shard, 0.0))
        for shard in busy & done.keys():
            self._member.hold(shard, done[shard].token)
        return {shard: job for shard, job in done.items() if shard not in busy}, rests

    def _bar(self, shards: Collection[int]) -> None:
        now = time.monotonic()
        with self._lock:
            past = [shard for shard, until in self._barred.items() if until < now]
            for shard in past:
                del self._barred[shard]
            self._barred |= dict.fromkeys(shards, now + BARRED)

    def _lose(self, shards: Collection[int]) -> None:
        with self._lock:
            self.lapsed += len(self._jobs.keys() & set(shards))
        self._forget(shards)

    def _forget(self, shards: Collection[int]) -> None:
        self._member.drop(shards)
        with self._lock:
            jobs = [self._jobs.pop(shard) for shard in shards if shard in self._jobs]
        for job in jobs:
            job.end()

    def _dropped(self, groups: Iterable[Group]) -> None:
        """Groups that are not polled after all; they are due as before."""
        names = {group[0].id for group in groups}
        with self._lock:
            for job in self._jobs.values():
                job.outstanding -= names
        self._settle_soon()

    def _discard(self, name: str, job: _Job) -> None:
        with self._lock:
            job.outstanding.discard(name)
            is_done = not job.outstanding
        if is_done:
            self._settle_soon()

    def _schedule_forgets(self) -> None:
        """What is due by it is polled by somebody: only the database says so here."""
        if self._schedule:
            self._schedule.forget_past(self._clock())

    def _tokens_of(self, source_ids: Iterable[str]) -> Mapping[int, int]:
        shards = self._shards
        return self._member.tokens({shards[name] for name in source_ids if name in shards})

    def _is_polled(self, host: str) -> bool:
        return host in self._of_hosts

    def _is_lost(self, host: str) -> bool:
        """Hosts of a shard that was lost are another's to ask. To those of one that was never held here, a
        redirect or an article may lead.
        """
        shard = self._of_hosts.get(host)
        return shard is not None and self._barred.get(shard, 0.0) > time.monotonic()

    def _leave_alone(self, schedule: PollSchedule, taken: TakenShard) -> None:
        for name, until in taken.held.items():
            for group in schedule.groups_with([name]):
                self._hosts.back_off(host_of(group[0].url), until)

    def _pages_of(self, schedule: PollSchedule, source_ids: Collection[str]) -> Pages:
        if not source_ids:
            return NO_PAGES
        return pages_due(schedule.plan, self._store, self._clock(), source_ids=source_ids)


def _dues(schedule: PollSchedule) -> Mapping[str, tuple[int, datetime | None]]:
    """By source: its shard, and when its group is due, which stands with the group's first."""
    dues = schedule.dues()
    of_hosts = {host: shard_of(host) for host in {host_of(g[0].url) for g in schedule.groups()}}
    return {
        source.id: (of_hosts[host_of(group[0].url)], dues.get(source.id))
        for group in schedule.groups()
        for source in group
    }
