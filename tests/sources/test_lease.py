"""A machine that was frozen after it had its turn at a host asks nobody when it wakes up."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from support.web import Answer, Request, WebServer
from watchdesk.config.settings import PollingSettings
from watchdesk.model import Fetched, FetchOutcome, Held, Source, SourceState
from watchdesk.sources import Hosts, HttpFetcher, Lease

POLLING = PollingSettings(private_addresses=True, timeout=timedelta(seconds=2))


def void(lease: Lease) -> None:
    """As of a machine that was frozen, and has heard from its database since."""
    lease.void(time.monotonic())
    lease.renew(time.monotonic() + 15)


def run_out(lease: Lease) -> None:
    """As of a machine that was frozen, and has not looked yet."""
    lease.renew(time.monotonic())


class Frozen(Hosts):
    """Where the machine is frozen as soon as it has its turn: no server would time it so."""

    def __init__(self, wakes: Callable[[Lease], object]) -> None:
        super().__init__(2, lambda: datetime.now(UTC))
        self._wakes = wakes

    def take(self, host: str, patience: float, crawl_delay: float | None) -> float:
        """And then it is frozen."""
        since = super().take(host, patience, crawl_delay)
        self._wakes(self.lease)
        return since


@pytest.fixture(params=[void, run_out])
def wakes(request: pytest.FixtureRequest) -> Iterator[Callable[[Lease], object]]:
    yield request.param


def fetched(hosts: Hosts, url: str) -> FetchOutcome:
    return HttpFetcher(POLLING, None, hosts).fetch(Source("a", url), SourceState("a"))


def test_a_turn_that_it_had_before_is_not_used(web: WebServer, wakes: Callable[[Lease], object]) -> None:
    web.serve("/feed", b"news")
    assert isinstance(fetched(Frozen(wakes), web.url("/feed")), Held)
    assert not web.requests


def test_nor_is_a_redirect_followed(web: WebServer, wakes: Callable[[Lease], object]) -> None:
    hosts = Hosts(2, lambda: datetime.now(UTC))

    def leads_on(_: Request) -> Answer:
        wakes(hosts.lease)
        return Answer(status=302, headers={"Location": "/there"})

    web.respond("/feed", leads_on)
    web.serve("/there", b"news")
    assert isinstance(fetched(hosts, web.url("/feed")), Held)
    assert [request.path for request in web.requests] == ["/feed"]


def test_a_turn_that_comes_after_it_is_used(web: WebServer) -> None:
    web.serve("/feed", b"news")
    hosts = Hosts(2, lambda: datetime.now(UTC))
    void(hosts.lease)
    assert isinstance(fetched(hosts, web.url("/feed")), Fetched)
