"""How hard a host is asked, seen from the server's side."""

import random
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from support.hosts import backoff_until
from support.raw import RawServer
from support.web import Answer, Request, WebServer
from watchdesk.config.settings import PollingSettings
from watchdesk.model import Fetched, Held, Source, SourceState, Throttled, Validators
from watchdesk.sources import Hosts, HttpFetcher, host_of, remember, scheduled
from watchdesk.sources.web.hosts import Turn

POLLING = PollingSettings(private_addresses=True, timeout=timedelta(seconds=2))
NEVER = SourceState("a")


class Visits:
    """A responder that takes its time and remembers when each request came and was answered."""

    def __init__(self, takes: float) -> None:
        self.takes = takes
        self.times: list[tuple[float, float]] = []
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()

    def __call__(self, _request: Request) -> Answer:
        begun = time.monotonic()
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(self.takes)
        with self._lock:
            self._now -= 1
            self.times.append((begun, time.monotonic()))
        return Answer(b"feed")


def poll_together(fetcher: HttpFetcher, url: str, times: int) -> list[object]:
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(lambda _: fetcher.fetch(Source("a", url), NEVER), range(times)))


@pytest.mark.parametrize("per_host", [1, 2, 3])
def test_a_host_sees_per_host_requests_at_a_time(web: WebServer, per_host: int) -> None:
    visits = Visits(takes=0.02)
    web.respond("/f", visits)
    outcomes = poll_together(HttpFetcher(replace(POLLING, per_host=per_host), None), web.url("/f"), 6)
    assert all(isinstance(outcome, Fetched) for outcome in outcomes)
    assert visits.most <= per_host


def test_a_host_sees_a_pause_twice_as_long_as_its_answer_took(web: WebServer) -> None:
    visits = Visits(takes=0.05)
    web.respond("/f", visits)
    poll_together(HttpFetcher(replace(POLLING, per_host=1), None), web.url("/f"), 4)
    pauses = [later[0] - earlier[1] for earlier, later in zip(visits.times, visits.times[1:], strict=False)]
    assert len(pauses) == 3
    assert min(pauses) >= 0.1


def test_another_host_does_not_wait(web: WebServer) -> None:
    web.respond("/slow", Answer(b"feed", delay=1))
    fetcher = HttpFetcher(replace(POLLING, per_host=1), None)
    with WebServer() as other, ThreadPoolExecutor(1) as pool:
        other.serve("/f", b"feed")
        slow = pool.submit(fetcher.fetch, Source("a", web.url("/slow")), NEVER)
        before = time.monotonic()
        assert isinstance(fetcher.fetch(Source("b", other.url("/f")), NEVER), Fetched)
        assert time.monotonic() - before < 0.9
        assert isinstance(slow.result(), Fetched)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_silences_the_whole_host(web: WebServer, status: int, form: str) -> None:
    now = datetime.now(UTC)
    asked = "3600" if form == "seconds" else f"{now + timedelta(hours=1):%a, %d %b %Y %H:%M:%S} GMT"
    web.respond("/f", Answer(status=status, headers={"Retry-After": asked}))
    web.serve("/other", b"feed")
    fetcher = HttpFetcher(POLLING, None)
    source = Source("a", web.url("/f"))
    outcome = fetcher.fetch(source, NEVER)
    assert isinstance(outcome, Throttled)
    other = Source("b", web.url("/other"))
    for again in (
        fetcher.fetch(other, NEVER),
        fetcher.page(web.url("/other"), other),
        fetcher.part(web.url("/other"), other, Validators()),
    ):
        assert isinstance(again, Held)
        assert abs((again.until - now).total_seconds() - 3600) < 5
    assert [request.path for request in web.requests] == ["/f"]
    state = remember(source, NEVER, outcome, now)
    assert state.held_until is not None
    assert abs((state.held_until - now).total_seconds() - 3600) < 5


def test_what_was_held_is_held_after_a_restart(web: WebServer) -> None:
    web.respond("/f", Answer(status=503, headers={"Retry-After": "600"}))
    source, now = Source("a", web.url("/f")), datetime.now(UTC)
    outcome = HttpFetcher(POLLING, None).fetch(source, NEVER)
    state = remember(source, NEVER, outcome, now)
    hosts = Hosts(2, lambda: datetime.now(UTC))
    hosts.restore_backoffs([source], {"a": state})
    assert isinstance(HttpFetcher(POLLING, None, hosts).fetch(Source("b", web.url("/g")), NEVER), Held)
    assert len(web.requests) == 1


def test_a_server_asks_for_a_day_of_silence_at_most(web: WebServer) -> None:
    web.respond("/f", Answer(status=503, headers={"Retry-After": "99999999"}))
    fetcher, source, now = HttpFetcher(POLLING, None), Source("a", web.url("/f")), datetime.now(UTC)
    outcome = fetcher.fetch(source, NEVER)
    day = timedelta(days=1, minutes=1)
    assert (backoff_until(fetcher.hosts, host_of(source.url)) or now) - now < day
    assert (remember(source, NEVER, outcome, now).held_until or now) - now < day


@pytest.mark.parametrize("asked", [None, "0", "soon", "-5", "Sun, 01 Mar 2020 10:00:00 GMT"])
def test_without_a_wait_the_source_backs_off_alone(web: WebServer, asked: str | None) -> None:
    web.respond("/f", Answer(status=429, headers={"Retry-After": asked} if asked else {}))
    web.serve("/other", b"feed")
    fetcher, source, now = HttpFetcher(POLLING, None), Source("a", web.url("/f")), datetime.now(UTC)
    outcome = fetcher.fetch(source, NEVER)
    assert isinstance(outcome, Throttled)
    assert remember(source, NEVER, outcome, now).held_until is None
    assert isinstance(fetcher.fetch(Source("b", web.url("/other")), NEVER), Fetched)


def test_a_good_answer_ends_what_was_asked_for(web: WebServer) -> None:
    web.serve("/f", b"feed")
    source, now = Source("a", web.url("/f")), datetime.now(UTC)
    outcome = HttpFetcher(POLLING, None).fetch(source, NEVER)
    held = SourceState("a", held_until=now - timedelta(seconds=1))
    assert remember(source, held, outcome, now).held_until is None


def test_being_held_is_no_failure_of_the_source() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    state = SourceState("a", etag='"1"', failures=0, last_success=now)
    source = Source("a", "https://news.example/")
    outcome = Held(now + timedelta(hours=1))
    after = remember(source, state, outcome, now)
    after = scheduled(source, state, after, outcome, now, random.Random(1))
    assert (after.failures, after.etag, after.last_success) == (0, '"1"', now)
    assert after.next_poll is not None
    assert after.next_poll >= now + timedelta(hours=1)


def test_a_redirect_to_another_host_waits_for_its_turn_there(web: WebServer) -> None:
    with WebServer() as other:
        other.serve("/new", b"feed")
        web.respond("/f", Answer(status=302, headers={"Location": other.url("/new")}))
        fetcher = HttpFetcher(POLLING, None)
        until = datetime.now(UTC) + timedelta(minutes=10)
        fetcher.hosts.back_off(host_of(other.url()), until)
        assert fetcher.fetch(Source("a", web.url("/f")), NEVER) == Held(until)
        assert other.requests == []
        assert not backoff_until(fetcher.hosts, host_of(web.url()))


def test_the_host_that_asks_for_silence_is_held_not_the_one_that_led_there(web: WebServer) -> None:
    with WebServer() as other:
        other.respond("/new", Answer(status=503, headers={"Retry-After": "60"}))
        web.respond("/f", Answer(status=302, headers={"Location": other.url("/new")}))
        fetcher = HttpFetcher(POLLING, None)
        assert isinstance(fetcher.fetch(Source("a", web.url("/f")), NEVER), Throttled)
        assert backoff_until(fetcher.hosts, host_of(other.url()))
        assert not backoff_until(fetcher.hosts, host_of(web.url()))


def test_a_turn_that_does_not_come_is_no_failure(web: WebServer) -> None:
    web.serve("/f", b"feed")
    fetcher = HttpFetcher(replace(POLLING, per_host=1, timeout=timedelta(seconds=0.1)), None)
    with Turn(fetcher.hosts, host_of(web.url()), 1, None):
        assert isinstance(fetcher.fetch(Source("a", web.url("/f")), NEVER), Held)
    assert web.requests == []


def test_a_connection_is_asked_again_within_moments() -> None:
    with RawServer(_polite) as server:
        fetcher = HttpFetcher(POLLING, None)
        for _ in range(5):
            assert isinstance(fetcher.fetch(Source("a", server.url()), NEVER), Fetched)
        assert (len(server.requests), server.connections) == (5, 1)


def test_a_connection_that_was_idle_for_long_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchdesk.sources.web.guarded_connections._IDLE", 0)
    with RawServer(_polite) as server:
        fetcher = HttpFetcher(POLLING, None)
        for _ in range(3):
            assert isinstance(fetcher.fetch(Source("a", server.url()), NEVER), Fetched)
        assert (len(server.requests), server.connections) == (3, 3)


def test_a_kept_connection_that_the_server_gave_up_costs_nothing() -> None:
    def once(line: socket.socket, head: bytes) -> None:
        _polite(line, head)
        time.sleep(0.02)
        line.close()

    with RawServer(once) as server:
        fetcher = HttpFetcher(POLLING, None)
        for wait in (0, 0, 0.05, 0):
            time.sleep(wait)
            assert isinstance(fetcher.fetch(Source("a", server.url()), NEVER), Fetched)


def test_a_kept_connection_ends_with_its_new_exchange() -> None:
    """The second answer drips for ever: the deadline must know a connection that it has not made."""

    def turning_slow(line: socket.socket, head: bytes) -> None:
        if len(server.requests) == 1:
            return _polite(line, head)
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            time.sleep(0.05)
            line.sendall(b"x")
        return None

    with RawServer(turning_slow) as server:
        fetcher = HttpFetcher(replace(POLLING, timeout=timedelta(seconds=0.2)), None)
        assert isinstance(fetcher.fetch(Source("a", server.url()), NEVER), Fetched)
        before = time.monotonic()
        assert not isinstance(fetcher.fetch(Source("a", server.url()), NEVER), Fetched)
        assert time.monotonic() - before < 2
        assert server.connections == 1


def _polite(line: socket.socket, _head: bytes) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfeed")
