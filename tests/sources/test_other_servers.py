"""Servers that want what we do not speak are told in words that say so; interim answers are no failure."""

import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from support.certificates import Authority
from support.raw import RawServer
from watchdesk.config.network import Authorities, Network
from watchdesk.config.settings import PollingSettings
from watchdesk.model import Failed, Fetched, FetchOutcome, Source, SourceState
from watchdesk.sources import HttpFetcher

POLLING = PollingSettings(private_addresses=True, timeout=timedelta(seconds=3))
NEVER = SourceState("a")
FEED = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfeed"
EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
SETTINGS = bytes((0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100))
GOAWAY = bytes((0, 0, 8, 7, 0, 0, 0, 0, 0)) + bytes(8)


def fetched(url: str, trust: ssl.SSLContext | None = None, source: Source | None = None) -> FetchOutcome:
    fetcher = HttpFetcher(POLLING, None, trust=trust or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    return fetcher.fetch(replace(source, url=url) if source else Source("a", url), NEVER)


def reason(outcome: FetchOutcome) -> str:
    assert isinstance(outcome, Failed), outcome
    return outcome.reason


@pytest.mark.parametrize(
    "before",
    [
        EARLY,
        EARLY * 3,
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 102 Processing\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + EARLY + b"HTTP/1.1 199 Whatever\r\nX: y\r\n\r\n",
    ],
)
def test_an_interim_answer_before_the_answer_is_no_failure(before: bytes) -> None:
    with RawServer(before + FEED) as server:
        outcome = fetched(server.url())
        assert isinstance(outcome, Fetched), outcome
        assert outcome.body == b"feed"
        assert "link" not in outcome.headers


def test_interim_answers_without_end_are_a_failure() -> None:
    with RawServer(EARLY * 10_000 + FEED) as server:
        assert "interim answers without end" in reason(fetched(server.url()))
    with RawServer(EARLY) as server:
        assert "hung up" in reason(fetched(server.url()))


@pytest.mark.parametrize("says", [SETTINGS + GOAWAY, GOAWAY])
@pytest.mark.parametrize("hangs_up", [True, False])
def test_a_server_that_speaks_http2_alone_is_told_as_such(says: bytes, hangs_up: bool) -> None:
    def talk(line: socket.socket, _head: bytes) -> None:
        line.sendall(says)
        if hangs_up:
            line.shutdown(socket.SHUT_WR)

    with RawServer(talk) as server:
        assert "speaks HTTP/2 alone" in reason(fetched(server.url()))


@pytest.mark.parametrize(("status", "words"), [(426, "HTTP/2"), (505, "HTTP/1.1"), (421, "HTTP/1.1")])
def test_a_status_that_asks_for_another_protocol_says_so(status: int, words: str) -> None:
    with RawServer(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode()) as server:
        assert words in reason(fetched(server.url()))


@contextmanager
def openssl_server(authority: Authority, *options: str) -> Iterator[str]:
    """The address of a server by openssl itself, which refuses as others do."""
    authority.served("IP:127.0.0.1")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    files = [
        f"-{key}={authority.folder / f'IP:127.0.0.12.{end}'}"
        for key, end in (("cert", "pem"), ("key", "key"))
    ]
    given = [part for file in files for part in file.split("=", 1)]
    command = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", *given, "-www", "-quiet", *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        ends = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert time.monotonic() < ends
                time.sleep(0.02)
        yield f"https://127.0.0.1:{port}/"
    finally:
        process.kill()
        process.wait()


def test_a_server_that_negotiates_http2_alone_is_told_as_such(authority: Authority) -> None:
    with openssl_server(authority, "-alpn", "h2") as url:
        assert "speaks HTTP/2 alone" in reason(fetched(url, authority.trusted))


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_a_server_that_asks_for_a_client_certificate_is_told_as_such(
    authority: Authority, version: str
) -> None:
    with openssl_server(authority, "-Verify", "1", version) as url:
        assert "a client certificate" in reason(fetched(url, authority.trusted))


@pytest.mark.parametrize("status", ["400 Bad Request", "403 Forbidden"])
def test_one_that_asks_for_it_after_the_handshake_is_told_as_well(status: str) -> None:
    body = b"<html><head><title>400 No required SSL certificate was sent</title></head></html>"
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with RawServer(head + body) as server:
        assert "asks for a client certificate" in reason(fetched(server.url()))


@pytest.mark.parametrize(
    ("challenge", "words"),
    [
        (
            'Digest realm="a, basic", nonce="x", qop="auth"',
            "by digest authentication, and watchdesk knows basic",
        ),
        ("Negotiate\r\nWWW-Authenticate: NTLM", "by Negotiate (Kerberos) or NTLM"),
        ('Bearer realm="x"', "by a bearer token"),
        ('HOBA challenge="x"', "by hoba, and watchdesk knows basic"),
        ("AWS4-HMAC-SHA256", "by aws4-hmac-sha256"),
        ('Digest realm = "a" , qop = "auth"', "by digest authentication, and"),
        ('Digest realm="a", nonce="x"\r\nWWW-Authenticate: Basic realm="b"', "set auth for this source"),
        ('Basic realm="digest"', "set auth for this source"),
    ],
)
def test_a_login_that_is_not_spoken_is_told_by_its_name(challenge: str, words: str) -> None:
    answer = f"HTTP/1.1 401 No\r\nWWW-Authenticate: {challenge}\r\nContent-Length: 0\r\n\r\n"
    with RawServer(answer.encode()) as server:
        assert words in reason(fetched(server.url()))


def test_a_login_that_is_not_accepted_is_told_as_such() -> None:
    answer = b'HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n'
    with RawServer(answer) as server:
        told = reason(fetched(server.url(), source=Source("a", "", user="desk", password="tok3n")))
        assert "does not accept the user and password" in told
        assert "tok3n" not in told


def test_a_certificate_that_does_not_hold_names_whose_are_believed(authority: Authority) -> None:
    added = authority.folder / "authority.pem"
    with RawServer(FEED, tls=authority.served("IP:127.0.0.1")) as server:
        for authorities, words in (
            (Authorities(), "believed are the system's. If an authority of your own vouches for it"),
            (Authorities((_other(authority),), "SSL_CERT_FILE"), "believed are those of SSL_CERT_FILE. If"),
            (Authorities((), None, _other(authority)), "the system's and those of polling.ca"),
        ):
            fetcher = HttpFetcher(POLLING, None, network=Network(authorities=authorities))
            told = reason(fetcher.fetch(Source("a", server.url()), NEVER))
            assert "its certificate is not valid" in told
            assert words in told
            assert "polling.ca" in told
        for authorities in (Authorities((added,), "SSL_CERT_FILE"), Authorities((), None, added)):
            fetcher = HttpFetcher(POLLING, None, network=Network(authorities=authorities))
            assert isinstance(fetcher.fetch(Source("a", server.url()), NEVER), Fetched)
    with RawServer(FEED, tls=authority.served("IP:127.0.0.9")) as server:
        told = reason(fetched(server.url(), authority.trusted))
        assert "polling.ca" not in told  # an authority of one's own would not help


def _other(authority: Authority) -> Path:
    authority.self_signed()
    return authority.folder / "alone.pem"
