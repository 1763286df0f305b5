"""Servers that are broken or mean harm: each costs its own source one poll, and nobody anything else."""

import gzip
import socket
import ssl
import struct
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from support.certificates import Authority
from support.raw import RawServer, Talk
from support.web import Answer, WebServer
from watchdesk.config.settings import PollingSettings
from watchdesk.model import Failed, Fetched, FetchOutcome, Source, SourceState, Unreached
from watchdesk.sources import HttpFetcher

POLLING = PollingSettings(private_addresses=True, timeout=timedelta(seconds=1), largest=100_000)
HASTY = replace(POLLING, timeout=timedelta(seconds=0.2))
NEVER = SourceState("a")
OK = b"HTTP/1.1 200 OK\r\n"


def fetched(server: RawServer, polling: PollingSettings = POLLING) -> FetchOutcome:
    return HttpFetcher(polling, None).fetch(Source("a", server.url()), NEVER)


BROKEN = {
    "nothing": b"",
    "HTTP/0.9": b"<rss>an answer of 1991</rss>",
    "a blank line first": b"\r\n\r\n" + OK,
    "no such protocol": b"SPDY/9 200 OK\r\n\r\nfeed",
    "a status of letters": b"HTTP/1.1 abc OK\r\n\r\nfeed",
    "a status of four digits": b"HTTP/1.1 2000 OK\r\n\r\nfeed",
    "a status line without end": b"HTTP/1.1 200 " + b"O" * 200_000,
    "a header line of 10 MB": OK + b"X: " + b"x" * 10_000_000 + b"\r\n\r\nfeed",
    "100,000 headers": OK + b"X: x\r\n" * 100_000 + b"\r\nfeed",
    "headers that break off": OK + b"Content-Le",
    "a body that breaks off": OK + b"Content-Length: 100\r\n\r\nfeed",
    "two lengths": OK + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nfeed",
    "chunks of letters": OK + b"Transfer-Encoding: chunked\r\n\r\nZZZ\r\nfeed\r\n0\r\n\r\n",
    "a chunk of negative length": OK + b"Transfer-Encoding: chunked\r\n\r\n-4\r\nfeed\r\n0\r\n\r\n",
    "a chunk that breaks off": OK + b"Transfer-Encoding: chunked\r\n\r\n64\r\nfeed",
    "chunks without an end": OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nfeed\r\n",
    "a chunk of 16 exabytes": OK + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nfeed",
    "a chunk's length of 10 MB": OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"0" * 10_000_000,
    "a chunk's extension of 10 MB": OK + b"Transfer-Encoding: chunked\r\n\r\n4;" + b"x" * 10_000_000,
    "a redirect to nowhere": b"HTTP/1.1 302 Found\r\nLocation: http://[\r\n\r\n",
    "a redirect of 60 kB": b"HTTP/1.1 302 Found\r\nLocation: /" + b"x" * 60_000 + b"\r\n\r\n",
    "a redirect with a NUL": b"HTTP/1.1 302 Found\r\nLocation: /a\x00b\r\n\r\n",
    "a 304 that was not asked for": b"HTTP/1.1 304 Not Modified\r\n\r\n",
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_answer_is_a_failure_in_a_sentence(answer: bytes) -> None:
    with RawServer(answer) as server:
        before = time.monotonic()
        outcome = fetched(server)
        assert time.monotonic() - before < 2
        assert isinstance(outcome, Failed), outcome
        assert outcome.reason.isprintable()
        assert 10 < len(outcome.reason) < 400


ODD = {
    "a length that is none": OK + b"Content-Length: four\r\n\r\nfeed",
    "a negative length": OK + b"Content-Length: -4\r\n\r\nfeed",
    "lines ended by newlines alone": b"HTTP/1.1 200 OK\nContent-Length: 4\n\nfeed",
    "no reason": b"HTTP/1.1 200\r\nContent-Length: 4\r\n\r\nfeed",
    "HTTP/1.0 until it hangs up": b"HTTP/1.0 200 OK\r\n\r\nfeed",
    "more than it announced": OK + b"Content-Length: 4\r\n\r\nfeed and more",
    "continue first": b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 4\r\n\r\nfeed",
    "a header without a colon": OK + b"Content-Length: 4\r\nnonsense\r\n\r\nfeed",
    "a NUL in a header": OK + b"X: a\x00b\r\nContent-Length: 4\r\n\r\nfeed",
    "a carriage return in a header": OK + b"Content-Length: 4\r\nX: a\rSet-Cookie: b\r\n\r\nfeed",
    "chunks with extensions": OK + b"Transfer-Encoding: chunked\r\n\r\n4;x=y\r\nfeed\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("answer", ODD.values(), ids=ODD.keys())
def test_an_odd_answer_that_holds_the_document_is_read(answer: bytes) -> None:
    with RawServer(answer) as server:
        outcome = fetched(server)
        assert isinstance(outcome, Fetched), outcome
        assert outcome.body == b"feed"
        assert all(value.isprintable() for value in outcome.headers.values())


def test_what_a_server_says_too_much_is_not_the_next_answer() -> None:
    """A second answer hidden behind the first must not be taken for that of the next request."""
    hidden = OK + b"Content-Length: 4\r\n\r\ntrap"

    def talk(line: socket.socket, _head: bytes) -> None:
        line.sendall(OK + b"Content-Length: 4\r\n\r\nfeed" + (hidden if len(server.requests) == 1 else b""))

    with RawServer(talk) as server:
        fetcher = HttpFetcher(POLLING, None)
        for _ in range(2):
            outcome = fetcher.fetch(Source("a", server.url()), NEVER)
            time.sleep(0.02)
            assert isinstance(outcome, Fetched)
            assert outcome.body == b"feed"


def dripping(before: bytes, drop: bytes) -> Talk:
    def talk(line: socket.socket, _head: bytes) -> None:
        line.sendall(before)
        while True:
            line.sendall(drop)
            time.sleep(0.05)

    return talk


ENDLESS = {
    "a status line, letter by letter": dripping(b"HTTP/1.1 200 ", b"O"),
    "a header, letter by letter": dripping(OK + b"X: ", b"x"),
    "header after header": dripping(OK, b"X: x\r\n"),
    "a body, byte by byte": dripping(OK + b"Content-Length: 1000\r\n\r\n", b"x"),
    "a body without an end": dripping(OK + b"\r\n", b"x"),
    "chunk after chunk": dripping(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "a chunk's length, digit by digit": dripping(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "empty gzip members": dripping(OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"")),
    "continue after continue": dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "nothing at all": lambda line, _head: time.sleep(3),
}


@pytest.mark.parametrize("talk", ENDLESS.values(), ids=ENDLESS.keys())
def test_an_answer_that_never_ends_is_cut_off(talk: Talk) -> None:
    with RawServer(talk) as server:
        before = time.monotonic()
        outcome = fetched(server, HASTY)
        assert isinstance(outcome, Failed), outcome
        assert time.monotonic() - before < 1.5


def flooding(before: bytes, drop: bytes) -> Talk:
    def talk(line: socket.socket, _head: bytes) -> None:
        line.sendall(before)
        while True:
            line.sendall(drop)

    return talk


FLOODS = {
    "a body without an end": flooding(OK + b"\r\n", b"x" * 65536),
    "a chunk's length without an end": flooding(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0" * 65536),
    "a line after the last chunk": flooding(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"x" * 65536),
    "a header without an end": flooding(OK + b"X: ", b"x" * 65536),
    "continue after continue": flooding(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
}


@pytest.mark.parametrize("talk", FLOODS.values(), ids=FLOODS.keys())
def test_a_flood_takes_no_memory(talk: Talk) -> None:
    with RawServer(talk) as server:
        fetcher = HttpFetcher(HASTY, None)
        tracemalloc.start()
        try:
            fetcher.fetch(Source("a", server.url()), NEVER)
            assert tracemalloc.get_traced_memory()[1] < 4_000_000
        finally:
            tracemalloc.stop()


def test_a_server_that_takes_the_call_and_says_nothing_is_given_up() -> None:
    """Its listening queue alone answers: the connection stands, and nobody is there."""
    with socket.create_server(("127.0.0.1", 0), backlog=1) as silent:
        outcome = HttpFetcher(HASTY, None).fetch(
            Source("a", f"http://127.0.0.1:{silent.getsockname()[1]}/"), NEVER
        )
        assert outcome == Unreached("the server did not answer within 0.2 s")


def test_a_connection_that_is_reset_is_told() -> None:
    def reset(line: socket.socket, _head: bytes) -> None:
        line.sendall(OK + b"Content-Length: 100\r\n\r\nfe")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.close()

    with RawServer(reset) as server:
        assert isinstance(fetched(server), Failed)


# Redirects


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "javascript:alert(1)",
        "data:text/xml,<rss/>",
        "gopher://127.0.0.1:70/",
        "https://:443/",
        "http://127.0.0.1:0/",
        "http://127.0.0.1:99999/",
        "http://[::1/",
        "http://127.0.0.1/" + "x" * 8000,
    ],
)
def test_a_redirect_to_what_is_no_web_address_is_not_followed(web: WebServer, location: str) -> None:
    web.respond("/f", Answer(status=302, headers={"Location": location}))
    outcome = HttpFetcher(POLLING, None).fetch(Source("a", web.url("/f")), NEVER)
    assert isinstance(outcome, Failed)
    assert len(web.requests) == 1


def test_redirects_that_grow_for_ever_end(web: WebServer) -> None:
    web.respond("/f", Answer(status=301, headers={"Location": "/f?" + "x" * 1000}))
    assert isinstance(HttpFetcher(POLLING, None).fetch(Source("a", web.url("/f")), NEVER), Failed)
    assert len(web.requests) == 11


def test_a_redirect_with_a_body_without_end_is_followed_at_once(web: WebServer) -> None:
    web.serve("/new", b"feed")
    location = f"HTTP/1.1 302 Found\r\nLocation: {web.url('/new')}\r\n\r\n".encode()
    with RawServer(flooding(location, b"x" * 65536)) as server:
        assert isinstance(fetched(server), Fetched)


# Certificates


CERTIFICATES: dict[str, tuple[Callable[[Authority], ssl.SSLContext], str | None]] = {
    "good": (lambda authority: authority.served("IP:127.0.0.1"), None),
    "signed by itself": (lambda authority: authority.self_signed(), "self-signed"),
    "expired": (lambda authority: authority.served("IP:127.0.0.1", days=-1), "expired"),
    "for another name": (lambda authority: authority.served("DNS:other.example"), "IP address mismatch"),
}


@pytest.mark.parametrize(("made", "said"), CERTIFICATES.values(), ids=CERTIFICATES.keys())
def test_a_certificate_must_hold(
    authority: Authority, made: Callable[[Authority], ssl.SSLContext], said: str | None
) -> None:
    with RawServer(OK + b"Content-Length: 4\r\n\r\nfeed", tls=made(authority)) as server:
        fetcher = HttpFetcher(POLLING, None, trust=authority.trusted)
        outcome = fetcher.fetch(Source("a", server.url()), NEVER)
        if said is None:
            assert isinstance(outcome, Fetched), outcome
        else:
            assert isinstance(outcome, Failed)
            assert outcome.reason.startswith("its certificate is not valid: ")
            assert said in outcome.reason
            assert server.requests == []


def test_a_certificate_of_an_unknown_authority_is_refused(authority: Authority) -> None:
    with RawServer(OK + b"\r\n", tls=authority.served("IP:127.0.0.1")) as server:
        outcome = fetched(server)
        assert isinstance(outcome, Failed)
        assert outcome.reason.startswith("its certificate is not valid: ")


def test_a_kept_tls_connection_is_asked_again_and_ends_with_its_deadline(authority: Authority) -> None:
    def talk(line: socket.socket, _head: bytes) -> None:
        if len(server.requests) < 3:
            line.sendall(OK + b"Content-Length: 4\r\n\r\nfeed")
        else:
            dripping(OK + b"\r\n", b"x")(line, b"")

    with RawServer(talk, tls=authority.served("IP:127.0.0.1")) as server:
        fetcher = HttpFetcher(HASTY, None, trust=authority.trusted)
        outcomes = [fetcher.fetch(Source("a", server.url()), NEVER) for _ in range(3)]
        assert [isinstance(outcome, Fetched) for outcome in outcomes] == [True, True, False]
        assert server.connections == 1


def test_a_handshake_that_never_ends_is_cut_off() -> None:
    with RawServer(dripping(b"", b"x")) as server:
        before = time.monotonic()
        source = Source("a", server.url().replace("http:", "https:"))
        assert isinstance(HttpFetcher(HASTY, None).fetch(source, NEVER), Failed)
        assert time.monotonic() - before < 1.5
