"""What a server may do, against a real one."""

import gzip
import socket
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from support.web import Answer, WebServer
from watchdesk.config.network import Network
from watchdesk.config.settings import PollingSettings
from watchdesk.model import (
    Failed,
    Fetched,
    Gone,
    Held,
    NotModified,
    Source,
    SourceState,
    Throttled,
    Unreached,
)
from watchdesk.sources import HttpFetcher, Presence
from watchdesk.transport.trust import trust_store

POLLING = PollingSettings(private_addresses=True, timeout=timedelta(seconds=1), largest=100_000)
NEVER = SourceState("a")


def fetcher(polling: PollingSettings = POLLING) -> HttpFetcher:
    return HttpFetcher(polling, "desk@example.org")


def test_validators_are_sent_back_exactly_as_received(web: WebServer) -> None:
    web.serve("/f", b"feed", etag='W/"odd, one"', last_modified="Sun, 1 Mar 2026 10:00:00 +0100")
    first = fetcher().fetch(Source("a", web.url("/f")), NEVER)
    assert isinstance(first, Fetched)
    state = replace(NEVER, etag=first.headers["etag"], last_modified=first.headers["last-modified"])
    assert isinstance(fetcher().fetch(Source("a", web.url("/f")), state), NotModified)
    sent = web.requests[1].headers
    assert sent["if-none-match"] == 'W/"odd, one"'
    assert sent["if-modified-since"] == "Sun, 1 Mar 2026 10:00:00 +0100"


def test_the_user_agent_says_who_asks(web: WebServer) -> None:
    web.serve("/f")
    fetcher().fetch(Source("a", web.url("/f")), NEVER)
    assert web.requests[0].headers["user-agent"].startswith("watchdesk/")
    assert "desk@example.org" in web.requests[0].headers["user-agent"]


# 304 answers a condition, and there is none here: nothing was read that could be unchanged.
@pytest.mark.parametrize("hundred", [200, 300, 400, 500])
def test_every_status_has_its_outcome(web: WebServer, hundred: int) -> None:
    asking = fetcher(replace(POLLING, timeout=timedelta(seconds=30)))
    for status in sorted({*range(hundred, hundred + 100)} - {300, 301, 302, 303, 307, 308}):
        path = f"/{status}"
        web.respond(path, Answer(b"" if status in (204, 304) else b"body", status))
        outcome = asking.fetch(Source("a", web.url(path)), NEVER)
        expected = {200: Fetched, 410: Gone, 429: Throttled, 503: Throttled}.get(status, Failed)
        assert isinstance(outcome, expected), status
        assert not isinstance(outcome, Held)
        assert outcome.status == status


@pytest.mark.parametrize(
    "url", ["http://nobody.invalid/f", "http://127.0.0.1:1/f", "https://127.0.0.1:{port}/f"]
)
def test_where_nothing_comes_from_a_server_the_network_may_be_at_fault(web: WebServer, url: str) -> None:
    port = web.url().rstrip("/").rpartition(":")[2]
    source = Source("a", url.format(port=port))
    assert isinstance(fetcher().fetch(source, NEVER), Unreached)
    presence = Presence(POLLING, None, Network(), 5.0, trust_store(Network().authorities))
    assert presence.absence(source)
    assert not web.requests


def test_where_something_comes_the_server_is_there(web: WebServer) -> None:
    web.respond("/gone", Answer(status=404))
    web.respond("/short", Answer(b"a feed", headers={"Content-Length": "4000"}))
    for path in ("/gone", "/short"):
        outcome = fetcher().fetch(Source("a", web.url(path)), NEVER)
        assert isinstance(outcome, Failed)
        assert not isinstance(outcome, Unreached)
    asked = len(web.requests)
    presence = Presence(POLLING, None, Network(), 5.0, trust_store(Network().authorities))
    assert presence.absence(Source("a", web.url("/gone"))) is None
    assert len(web.requests) == asked


def test_retry_after_is_read_as_seconds_and_as_a_date(web: WebServer) -> None:
    web.respond("/f", Answer(status=429, headers={"Retry-After": "120"}))
    assert fetcher().fetch(Source("a", web.url("/f")), NEVER) == Throttled(429, timedelta(seconds=120))
    later = datetime.now(UTC) + timedelta(hours=1)
    web.respond("/f", Answer(status=503, headers={"Retry-After": f"{later:%a, %d %b %Y %H:%M:%S} GMT"}))
    outcome = fetcher().fetch(Source("a", web.url("/f")), NEVER)
    assert isinstance(outcome, Throttled)
    assert outcome.after is not None
    assert timedelta(minutes=59) < outcome.after <= timedelta(hours=1)


def test_a_body_over_the_limit_is_refused_after_decompression(web: WebServer) -> None:
    web.respond("/big", Answer(b"x" * 100_001))
    web.respond("/bomb", Answer(gzip.compress(b"x" * 50_000_000), headers={"Content-Encoding": "gzip"}))
    for path in ("/big", "/bomb"):
        outcome = fetcher().fetch(Source("a", web.url(path)), NEVER)
        assert isinstance(outcome, Failed)
        assert "polling.largest" in outcome.reason


@pytest.mark.parametrize(
    "answer",
    [Answer(b"x" * 1000, drip=0.2), Answer(b"slow", delay=60), Answer(b"x" * 1000, cut=10)],
    ids=["drips for ever", "never answers", "hangs up"],
)
def test_a_server_that_does_not_finish_is_cut_off(web: WebServer, answer: Answer) -> None:
    web.respond("/f", answer)
    before = time.monotonic()
    outcome = fetcher().fetch(Source("a", web.url("/f")), NEVER)
    assert isinstance(outcome, Failed)
    assert time.monotonic() - before < 8


def test_redirects_are_followed_and_a_permanent_move_is_told(web: WebServer) -> None:
    web.respond("/old", Answer(status=301, headers={"Location": "/new"}))
    web.respond("/now", Answer(status=302, headers={"Location": "/new"}))
    web.serve("/new", b"feed")
    moved = fetcher().fetch(Source("a", web.url("/old")), NEVER)
    assert isinstance(moved, Fetched)
    assert moved.moved_to == web.url("/new")
    passing = fetcher().fetch(Source("a", web.url("/now")), NEVER)
    assert isinstance(passing, Fetched)
    assert passing.moved_to is None


def test_a_circle_of_redirects_ends(web: WebServer) -> None:
    web.respond("/f", Answer(status=302, headers={"Location": "/f"}))
    assert isinstance(fetcher().fetch(Source("a", web.url("/f")), NEVER), Failed)
    assert len(web.requests) < 25


def test_a_login_stays_with_its_origin(web: WebServer) -> None:
    with WebServer() as elsewhere:
        elsewhere.serve("/f", b"feed")
        web.respond("/f", Answer(status=302, headers={"Location": elsewhere.url("/f")}))
        source = Source("a", web.url("/f"), user="desk", password="sesame", headers={"X-Key": "k"})
        assert isinstance(fetcher().fetch(source, NEVER), Fetched)
        assert web.requests[0].headers["authorization"].startswith("Basic ")
        assert "authorization" not in elsewhere.requests[0].headers
        assert "x-key" not in elsewhere.requests[0].headers


def test_a_private_address_is_refused_unless_allowed(web: WebServer) -> None:
    web.serve("/f", b"feed")
    refusing = fetcher(replace(POLLING, private_addresses=False))
    outcome = refusing.fetch(Source("a", web.url("/f")), NEVER)
    assert isinstance(outcome, Failed)
    assert "polling.private_addresses" in outcome.reason
    assert web.requests == []
    allowing = fetcher(replace(POLLING, private_addresses=("127.0.0.0/8",)))
    assert isinstance(allowing.fetch(Source("a", web.url("/f")), NEVER), Fetched)


def test_what_cannot_be_reached_is_said_without_secrets() -> None:
    source = Source("a", "http://user:hunter2@no-such-host.invalid/f")
    outcome = fetcher().fetch(source, NEVER)
    assert isinstance(outcome, Failed)
    assert "hunter2" not in outcome.reason


def test_headers_that_a_source_asks_for_are_sent(web: WebServer) -> None:
    web.serve("/f")
    fetcher().fetch(Source("a", web.url("/f"), headers={"X-Key": "k"}), NEVER)
    assert web.requests[0].headers["x-key"] == "k"


def test_a_port_where_nobody_listens_is_told_as_such() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    outcome = fetcher().fetch(Source("a", f"http://127.0.0.1:{port}/"), NEVER)
    assert isinstance(outcome, Failed)
    assert outcome.reason == "the server refuses connections; check the address and its port"
