"""A host of the fleet as `Sharing`: it joins, hands out, polls what it is given, and leaves."""

import os
import random
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta

from watchdesk import __version__
from watchdesk.config.settings import Settings
from watchdesk.delivery import lease_owner_name
from watchdesk.errors import StorageError, UnusableStorage
from watchdesk.logger import get_logger
from watchdesk.notices.fleet import on_any_disk, senders_of
from watchdesk.polling.report import PollReport
from watchdesk.service.circuit_breaker import CircuitBreaker
from watchdesk.service.fleet.common_clock import CommonClock
from watchdesk.service.fleet.dispatch import Dispatch
from watchdesk.service.fleet.engine import Engine
from watchdesk.service.fleet.files_hash import files_hash
from watchdesk.service.fleet.known_sites import KnownSites
from watchdesk.service.fleet.member import Member
from watchdesk.service.fleet.other_files import OtherFiles
from watchdesk.service.fleet.recent_polls import RecentPolls
from watchdesk.service.fleet.web_reach import WebReach
from watchdesk.service.measuring.histogram import Histogram
from watchdesk.service.poll_schedule import PollSchedule
from watchdesk.service.polling import Poller
from watchdesk.service.roles import Role
from watchdesk.service.states_ahead import Group
from watchdesk.sources import Hosts
from watchdesk.store.fleet_calls import Calls
from watchdesk.store.fleet_rows import HostSaid
from watchdesk.store.fleet_store import FleetStore

log = get_logger(__name__)

KNOWING = 600.0
"""Seconds between two times at which the database is told of all sources, should one be missing there."""


class FleetHost:
    """See `Sharing`. Made for one service; `join` comes before all else."""

    def __init__(
        self,
        store: FleetStore,
        clock: CommonClock,
        hosts: Hosts,
        outdated: Callable[[UnusableStorage], object],
        role: Role = Role.ALL,
    ) -> None:
        """`outdated` is called, in another thread, when a newer watchdesk has made it stop."""
        self.id, self._role = lease_owner_name(), role
        self._store, self._clock, self._hosts = store, clock, hosts
        self._configuration = ""
        self._member = Member(
            store.fleet,
            clock,
            self._said,
            self._lapsed,
            outdated,
            self._looks,
            self._lost,
            self._is_older,
            hosts.lease,
        )
        self._older: Callable[[], object] = lambda: None
        self._dispatch: Dispatch | None = None
        self._engine: Engine | None = None
        self._calls: Calls | None = None
        self._reach: WebReach | None = None
        self._sites: KnownSites | None = None
        self._recent: RecentPolls | None = None
        self._known_at = time.monotonic()
        self._other_files = OtherFiles(store, self.id)

    @property
    def role(self) -> Role:
        """What this host does."""
        return self._role

    @property
    def clock_of(self) -> str:
        """See `Sharing`."""
        return "the machine of the database"

    @property
    def leads(self) -> bool:
        """Whether this host does what one does for all, such as upkeep."""
        return self._member.leads

    def join(
        self,
        poller: Poller,
        breaker: CircuitBreaker,
        lateness: Histogram,
        settle_soon: Callable[[], object],
        older: Callable[[], object],
    ) -> None:
        """Becomes one of the fleet, with nothing to poll yet. Raises `StorageError`."""
        self._recent, self._older = RecentPolls(lateness), older
        self._dispatch = Dispatch(
            self._store, self.id, self._member, poller, breaker, self._hosts, self._clock, settle_soon
        )
        self._engine = Engine(self._store, self._dispatch.begin)
        self._calls = Calls(self._store.address, self.id, self._dispatch.sites)
        self._reach = WebReach(self._member, self._probe, self)
        poller.judge = self._reach
        self._member.join()
        self._calls.start()
        self._reach.start()

    def late(self, patience: timedelta) -> tuple[int, timedelta]:
        """How many sources have been due for so long, whoever is to poll them, and how long the first has.

        Raises `StorageError`.
        """
        return self._store.fleet.late(self.id, patience)

    @property
    def has_others(self) -> bool:
        """Whether other hosts live. Raises `StorageError`."""
        return any(host.lives and host.id != self.id for host in self._store.hosts())

    def others_may_know(self) -> bool:
        """Whether another host goes by other files, or did until a moment ago. Raises `StorageError`."""
        return self._other_files.may_be(self._configuration)

    def know(self, schedule: PollSchedule) -> None:
        """Tells the database what is polled by this schedule. Raises `StorageError`."""
        self._parts()[0].know(schedule)

    def follow(self, schedule: PollSchedule, cleared: Iterable[Group]) -> None:
        """Polls by this schedule, which the database knows, from now on."""
        dispatch, engine = self._parts()
        self._configuration = files_hash(schedule.plan)
        self._sites = KnownSites(schedule, self._store, random.Random())
        dispatch.follow(schedule, cleared)
        self._warn_of_disks(schedule.plan.settings)
        if self.role.polls:
            engine.follow(schedule.plan.settings.polling.concurrency)

    def hand_out(self) -> None:
        """Hands out what is due, to be called each second. Raises `StorageError`."""
        if not self.role.polls:
            return
        dispatch, engine = self._parts()
        if time.monotonic() - self._known_at > KNOWING:
            self._known_at = time.monotonic()
            dispatch.know_new()
            self._store.sites.forget()
        engine.hand_out()

    def hand_out_pages(self) -> None:
        """They are handed out with the shards of their sources."""

    def polled(self, group: Group, reports: Sequence[PollReport]) -> None:
        """A group was polled, which the schedule knows already."""
        self._parts()[0].polled(group, reports)

    def settle(self, write_states: Callable[[], bool]) -> bool:
        """Records what was polled; what `write_states` says. Raises `StorageError`."""
        return self._parts()[0].settle(write_states)

    def pause(self) -> None:
        """Gives up what it is to poll, as this machine reaches no site, and others do."""
        dispatch, engine = self._parts()
        engine.pause()
        dispatch.pause()

    def resume(self) -> None:
        """Polls again."""
        dispatch, engine = self._parts()
        dispatch.resume()
        engine.resume()

    def stop(self, cleared: Iterable[Group]) -> None:
        """Takes nothing more; `cleared`: what was queued."""
        dispatch, engine = self._parts()
        if self._reach:
            self._reach.close()
        dispatch.stop(cleared)
        engine.stop()

    def leave(self) -> None:
        """Gives back what is left, and is no host any more."""
        dispatch, engine = self._parts()
        if self._calls:
            self._calls.close()
        try:
            self._member.leave()
        except StorageError as error:
            log.warning("the fleet could not be left; others notice in a moment", why=str(error))
        dispatch.end()
        engine.close()

    def _parts(self) -> tuple[Dispatch, Engine]:
        if self._dispatch is None or self._engine is None:
            raise AssertionError("the host has not joined")
        return self._dispatch, self._engine

    def _lapsed(self) -> None:
        if self._dispatch:
            self._dispatch.lapse()

    def _lost(self, shards: Collection[int]) -> None:
        if self._dispatch:
            self._dispatch.lost(shards)

    def _is_older(self) -> None:
        if self._engine:
            self._engine.renew()
        self._older()

    def _looks(self) -> None:
        if self._dispatch:
            self._dispatch.sites.look()

    def _warn_of_disks(self, settings: Settings) -> None:
        with suppress(StorageError):  # `status` says it as well
            senders = senders_of(self._store.hosts())
            if channels := on_any_disk(settings, senders):
                log.warning(
                    "channels write to the disk of whichever machine sends",
                    channels=channels,
                    machines=senders,
                )

    def _probe(self) -> str:
        return self._sites.silence() if self._sites else ""

    def _said(self) -> HostSaid:
        dispatch, lately = self._dispatch, self._recent.lately() if self._recent else None
        return HostSaid(
            self.id,
            os.uname().nodename,
            __version__,
            self._configuration,
            dispatch.polls if dispatch else 0,
            self.role,
            lately.pace if lately else 0.0,
            lately.lateness_p50 if lately else None,
            lately.lateness_p99 if lately else None,
            dispatch.lapsed if dispatch else 0,
            self._store.engine_version,
            self._reach.unreached_because if self._reach else "",
        )
