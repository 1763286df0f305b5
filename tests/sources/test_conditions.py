"""Conditional requests, seen from the server's side: the second request is never an unconditional one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from support.raw import RawServer
from support.web import Answer, WebServer
from watchdesk.config.settings import PollingSettings
from watchdesk.model import Failed, Fetched, NotModified, Source, SourceState, Validators
from watchdesk.sources import HttpFetcher, remember, valid_state

POLLING = PollingSettings(private_addresses=True, timeout=timedelta(seconds=1))
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FETCHER = HttpFetcher(POLLING, None)


def polled(source: Source, state: SourceState) -> tuple[object, SourceState]:
    outcome = FETCHER.fetch(source, state)
    return outcome, remember(source, state, outcome, NOW)


ODD = {
    "strong": b'"abc"',
    "weak": b'W/"abc"',
    "weak in small letters": b'w/"abc"',
    "unquoted": b"abc-123",
    "half quoted": b'"abc',
    "with spaces": b'"a b  c"',
    "with quotes inside": b'""abc"";gzip"',
    "with a comma": b'"a,b"',
    "UTF-8": '"größe-Ω"'.encode(),
    "Latin-1": b'"gr\xf6\xdfe\x85"',
    "a tab": b'"a\tb"',
    "long": b'"' + b"x" * 7000 + b'"',
    "a star": b"*",
}


@pytest.mark.parametrize("tag", ODD.values(), ids=ODD.keys())
def test_an_odd_etag_is_sent_back_byte_for_byte(tag: bytes) -> None:
    with RawServer(b"HTTP/1.1 200 OK\r\nETag: " + tag + b"\r\nContent-Length: 4\r\n\r\nfeed") as server:
        source = Source("a", server.url("/f"))
        outcome, state = polled(source, SourceState("a"))
        assert isinstance(outcome, Fetched)
        again, _ = polled(source, state)
        assert isinstance(again, Fetched), again
        assert b"\r\nIf-None-Match: " + tag + b"\r\n" in server.requests[1]


def test_a_folded_validator_is_sent_on_one_line() -> None:
    answer = b'HTTP/1.1 200 OK\r\nETag: "a\r\n b"\r\nContent-Length: 4\r\n\r\nfeed'
    with RawServer(answer) as server:
        source = Source("a", server.url("/f"))
        polled(source, polled(source, SourceState("a"))[1])
        assert b'If-None-Match: "a b"\r\n' in server.requests[1]


def test_a_date_that_is_no_http_date_is_sent_back_as_it_came(web: WebServer) -> None:
    odd = "2026-03-01 10:00:00 local"
    web.serve("/f", b"feed", etag=None, last_modified=odd)
    source = Source("a", web.url("/f"))
    outcome, _ = polled(source, polled(source, SourceState("a"))[1])
    assert isinstance(outcome, NotModified)
    assert web.requests[1].headers["if-modified-since"] == odd


def test_what_no_server_would_take_back_is_not_sent_and_the_other_validator_is() -> None:
    state = SourceState("a", etag='"' + "x" * 20_000 + '"', last_modified="Sun, 01 Mar 2026 10:00:00 GMT")
    with RawServer(b"HTTP/1.1 304 Not Modified\r\n\r\n") as server:
        assert isinstance(FETCHER.fetch(Source("a", server.url()), state), NotModified)
        assert b"If-None-Match" not in server.requests[0]
        assert b"If-Modified-Since: Sun, 01 Mar 2026 10:00:00 GMT\r\n" in server.requests[0]


def test_control_characters_in_headers_are_not_remembered() -> None:
    answer = b'HTTP/1.1 200 OK\r\nETag: "a\x00b"\r\nX-Bell: \x07\r\nContent-Length: 4\r\n\r\nfeed'
    with RawServer(answer) as server:
        outcome = FETCHER.fetch(Source("a", server.url()), SourceState("a"))
        assert isinstance(outcome, Fetched)
        assert not outcome.headers.keys() & {"etag", "x-bell"}


def test_nothing_is_asked_unconditionally_after_the_first_answer(web: WebServer) -> None:
    """Through failures, throttling, bodies that cannot be read and unchanged answers."""
    web.serve("/f", b"feed", etag='"1"', last_modified="Sun, 01 Mar 2026 10:00:00 GMT")
    source, state = Source("a", web.url("/f")), SourceState("a")
    _, state = polled(source, state)
    for answer in (
        Answer(b"", 500),
        Answer(b"", 429, {"ETag": '"trap"'}),
        Answer(b"", 404, {"ETag": '"trap"'}),
        Answer(b"x" * 100, cut=3),
        Answer(b"no gzip", headers={"Content-Encoding": "gzip", "ETag": '"trap"'}),
        Answer(status=304),
        Answer(status=304, headers={"ETag": 'W/"1"'}),
    ):
        web.respond("/f", answer)
        _, state = polled(source, state)
    for request in web.requests[1:]:
        assert request.headers["if-none-match"] == '"1"'
        assert request.headers["if-modified-since"] == "Sun, 01 Mar 2026 10:00:00 GMT"
    assert len(web.requests) == 8


def test_validators_go_along_through_redirects(web: WebServer) -> None:
    web.serve("/new", b"feed", etag='"1"')
    web.respond("/f", Answer(status=302, headers={"Location": "/new"}))
    source = Source("a", web.url("/f"))
    outcome, _ = polled(source, polled(source, SourceState("a"))[1])
    assert isinstance(outcome, NotModified)


def test_a_part_is_asked_for_by_its_own_validators(web: WebServer) -> None:
    web.serve("/part", b"feed", etag='"part"')
    source = Source("a", web.url("/f"))
    assert isinstance(FETCHER.part(web.url("/part"), source, Validators()), Fetched)
    outcome = FETCHER.part(web.url("/part"), source, Validators(etag='"part"'))
    assert isinstance(outcome, NotModified)
    assert "if-none-match" not in web.requests[0].headers
    assert isinstance(FETCHER.part("ftp://example.org/", source, Validators()), Failed)


def test_a_readdressed_source_begins_anew(web: WebServer) -> None:
    """A validator, a move, even a 410 of another address says nothing of this one."""
    web.serve("/f", b"feed", etag='"1"')
    source = Source("a", web.url("/f"))
    old = SourceState(
        "a",
        url=web.url("/old"),
        etag='"1"',
        last_modified="x",
        body_hash="x",
        moved_to=web.url("/moved"),
        moved_polls=9,
        gone=True,
        failures=3,
        held_until=NOW + timedelta(hours=1),
    )
    outcome, state = polled(source, old)
    assert isinstance(outcome, Fetched)
    assert [request.path for request in web.requests] == ["/f"]
    assert not web.requests[0].headers.keys() & {"if-none-match", "if-modified-since"}
    assert (state.url, state.moved_to, state.gone, state.failures) == (source.url, None, False, 0)


def test_a_state_of_before_addresses_were_remembered_counts() -> None:
    state = SourceState("a", etag='"1"')
    assert valid_state(Source("a", "http://example.org/"), state) is state
    assert valid_state(Source("a", "http://example.org/"), replace(state, url="http://example.org/")).etag


def test_the_login_of_an_address_is_not_written_down_and_a_new_one_is_no_new_address(web: WebServer) -> None:
    web.serve("/f", b"feed", etag='"1"')
    source = Source("a", web.url("/f").replace("//", "//desk:sesame@"))
    _, state = polled(source, SourceState("a"))
    assert state.url == web.url("/f")
    outcome, state = polled(replace(source, url=source.url.replace("sesame", "poppy")), state)
    assert isinstance(outcome, NotModified)
    assert "poppy" not in repr(state)
