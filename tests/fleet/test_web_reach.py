"""Whether a host that reaches no site is to blame itself, by what it and the others say."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.desk import wait_for
from support.postgresql import Cluster
from watchdesk.service.fleet.common_clock import CommonClock
from watchdesk.service.fleet.member import Member
from watchdesk.service.fleet.web_reach import WebReach
from watchdesk.service.poll_tasks import UnreachedPoll
from watchdesk.sources import Lease
from watchdesk.store.fleet_rows import HostSaid
from watchdesk.store.fleet_store import FleetStore, open_fleet_store

NO_WAY = "the server could not be reached: No route to host"


class Host:
    """A host that polls by itself, without a service around it: sites are named, and reached or not."""

    def __init__(self, store: FleetStore) -> None:
        self.store = store
        self.is_well, self.tried = True, 0
        self.booked: list[str] = []
        self.dropped: list[str] = []
        self.polls = True
        clock = CommonClock(lambda: datetime.now(UTC))
        self.member = Member(
            store.fleet,
            clock,
            self._said,
            lambda: None,
            lambda _: None,
            lambda: None,
            lambda _: None,
            lambda: None,
            Lease(),
        )
        self.reach = WebReach(self.member, self._try, self)

    def _said(self) -> HostSaid:
        return HostSaid("one", "one", "1", "", 0, unreached=self.reach.unreached_because)

    def _try(self) -> str:
        self.tried += 1
        return "" if self.is_well else NO_WAY

    def pause(self) -> None:
        self.polls = False

    def resume(self) -> None:
        self.polls = True

    def beat(self) -> bool:
        self.member._beat(time.monotonic())
        return True

    def fails_at(self, *sites: str) -> None:
        for site in sites:
            book, drop = (lambda s=site: self.booked.append(s)), (lambda s=site: self.dropped.append(s))
            self.reach.unreached(UnreachedPoll(site, NO_WAY, book, drop))


def another_polls(store: FleetStore, unreached: str = "", role: str = "all") -> None:
    store.fleet.beat(HostSaid("two", "two", "1", "", 0, role, unreached=unreached))


@pytest.fixture
def store(cluster: Cluster, tmp_path: Path) -> Iterator[FleetStore]:
    with closing(open_fleet_store(cluster.new_database(), tmp_path)) as opened:
        yield opened


@contextmanager
def judging(store: FleetStore) -> Iterator[Host]:
    host = Host(store)
    host.beat()
    host.reach.start()
    try:
        yield host
    finally:
        host.reach.close()


def test_a_site_that_is_down_is_to_blame_as_soon_as_another_answers(store: FleetStore) -> None:
    another_polls(store)
    with judging(store) as host:
        host.fails_at("down.example")
        assert not host.booked
        host.reach.reached()
        assert host.booked == ["down.example"]
        assert host.tried == 0


def test_where_nothing_else_is_polled_sites_that_were_read_well_are_tried(store: FleetStore) -> None:
    another_polls(store)
    with judging(store) as host:
        host.fails_at("down.example")
        wait_for(lambda: host.booked, "that it is to blame")
        assert host.tried == 1
        assert host.polls


def test_a_host_that_reaches_none_while_another_polls_stops_until_it_does(store: FleetStore) -> None:
    another_polls(store)
    with judging(store) as host:
        host.is_well = False
        host.fails_at("a.example", "b.example", "c.example")
        wait_for(lambda: not host.polls, "that it stops")
        assert host.dropped == ["a.example", "b.example", "c.example"]
        host.fails_at("d.example")  # it was in flight
        assert host.dropped[3:] == ["d.example"]
        assert host.beat()
        (told,) = [one for one in store.hosts() if one.name == "one"]
        assert told.unreached == NO_WAY
        assert told.unreached_since
        host.is_well = True
        wait_for(lambda: host.polls, "that it goes on")
        assert not host.booked
        assert host.beat()
        (told,) = [one for one in store.hosts() if one.name == "one"]
        assert (told.unreached, told.unreached_since) == ("", None)


def test_a_site_in_its_own_building_says_nothing_of_the_web(store: FleetStore) -> None:
    another_polls(store)
    with judging(store) as host:
        host.is_well = False
        host.fails_at("a.example", "a.example", "a.example", "a.example", "a.example")
        host.reach.reached()
        assert not host.booked
        wait_for(lambda: host.dropped, "that it is to blame itself")


@pytest.mark.parametrize("others", [[], [("two", NO_WAY, "all")], [("two", "", "sender")]])
def test_where_no_other_could_do_better_every_failure_counts(
    store: FleetStore, others: Sequence[tuple[str, str, str]]
) -> None:
    for _, unreached, role in others:
        another_polls(store, unreached, role)
    with judging(store) as host:
        host.is_well = False
        host.fails_at("a.example", "b.example", "c.example", "d.example")
        assert len(host.booked) == 4
        assert host.polls


def test_when_the_others_reach_no_site_either_it_polls_again(store: FleetStore) -> None:
    another_polls(store)
    with judging(store) as host:
        host.is_well = False
        host.fails_at("a.example", "b.example", "c.example")
        wait_for(lambda: not host.polls, "that it stops")
        another_polls(store, NO_WAY)
        host.beat()
        wait_for(lambda: host.polls, "that it goes on as one does")
        host.fails_at("a.example")
        assert host.booked == ["a.example"]
        another_polls(store)  # which reaches sites again, and this one does not
        host.beat()
        wait_for(lambda: not host.polls, "that it stops")


def test_what_is_kept_at_a_stop_counts_as_not_polled(store: FleetStore) -> None:
    another_polls(store)
    with judging(store) as host:
        host.fails_at("a.example")
    assert host.dropped == ["a.example"]
    host.fails_at("b.example")
    assert host.dropped[1:] == ["b.example"]
    assert not [one for one in threading.enumerate() if one.name == "reach of the fleet"]
