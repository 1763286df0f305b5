"""Compressed answers: what is asked for, what is understood, and what is not swallowed whole."""

import gzip
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import brotli
import pytest
from hypothesis import given, settings
from hypothesis.strategies import binary, integers, lists, sampled_from

from support.examples import tries
from support.web import Answer, WebServer
from watchdesk.config.settings import PollingSettings
from watchdesk.model import Failed, Fetched, FetchOutcome, Source, SourceState
from watchdesk.sources import HttpFetcher
from watchdesk.sources.web.codings import decoded

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

POLLING = PollingSettings(private_addresses=True, timeout=timedelta(seconds=2), largest=1_000_000)
FEED = b"<rss>" + bytes(range(256)) * 40 + b"</rss>"


def twice(body: bytes) -> bytes:
    return gzip.compress(gzip.compress(body))


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "GZip": gzip.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
    "deflate": zlib.compress,
    "gzip, gzip": twice,
    "br, gzip": lambda body: gzip.compress(brotli.compress(body)),
    "deflate, gzip": lambda body: gzip.compress(zlib.compress(body)),
    "zstd, br": lambda body: brotli.compress(zstd.compress(body), quality=4),
    "identity": lambda body: body,
}


def fetched(web: WebServer, body: bytes, coding: str) -> FetchOutcome:
    web.respond("/f", Answer(body, headers={"Content-Encoding": coding}))
    return HttpFetcher(POLLING, None).fetch(Source("a", web.url("/f")), SourceState("a"))


def test_gzip_br_and_zstd_are_asked_for(web: WebServer) -> None:
    fetched(web, FEED, "identity")
    assert web.requests[0].headers["accept-encoding"] == "gzip, br, zstd"


@pytest.mark.parametrize("coding", CODINGS)
def test_every_coding_that_is_asked_for_is_understood(web: WebServer, coding: str) -> None:
    outcome = fetched(web, CODINGS[coding](FEED), coding)
    assert isinstance(outcome, Fetched), outcome
    assert outcome.body == FEED


def test_a_gzip_of_several_members_is_read_whole(web: WebServer) -> None:
    outcome = fetched(web, gzip.compress(FEED[:100]) + gzip.compress(FEED[100:]), "gzip")
    assert isinstance(outcome, Fetched)
    assert outcome.body == FEED


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate", "gzip, gzip"])
def test_a_damaged_stream_is_told(web: WebServer, coding: str) -> None:
    whole = CODINGS[coding](FEED)
    outcome = fetched(web, whole[:5] + b"\xff" * 12 + whole[17:], coding)
    assert isinstance(outcome, Failed), outcome
    assert "damaged" in outcome.reason


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate", "gzip, gzip"])
def test_a_stream_that_ends_early_is_told(web: WebServer, coding: str) -> None:
    """The transfer is whole; what was compressed is not."""
    whole = CODINGS[coding](FEED)
    outcome = fetched(web, whole[: len(whole) // 2], coding)
    assert isinstance(outcome, Failed), outcome
    assert "damaged" in outcome.reason


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_what_was_never_compressed_is_told(web: WebServer, coding: str) -> None:
    outcome = fetched(web, FEED, coding)
    assert isinstance(outcome, Failed)
    assert "damaged" in outcome.reason


def test_a_zstd_stream_with_a_window_wider_than_http_allows_is_refused(web: WebServer) -> None:
    """RFC 9659: a reader would have to set aside 128 MB for these few bytes."""
    options = {int(zstd.CompressionParameter.window_log): 27}
    stream = zstd.ZstdCompressor(options=options)
    wide = stream.compress(bytes(30_000_000)) + stream.flush()
    outcome = HttpFetcher(replace(POLLING, largest=50_000_000), None)
    web.respond("/f", Answer(wide, headers={"Content-Encoding": "zstd"}))
    refused = outcome.fetch(Source("a", web.url("/f")), SourceState("a"))
    assert isinstance(refused, Failed)


def test_an_empty_body_needs_no_end(web: WebServer) -> None:
    for coding in ("gzip", "br", "zstd", "deflate"):
        assert isinstance(fetched(web, b"", coding), Fetched)


def test_what_follows_a_gzip_is_passed_over(web: WebServer) -> None:
    outcome = fetched(web, gzip.compress(FEED) + bytes(100), "gzip")
    assert isinstance(outcome, Fetched)
    assert outcome.body == FEED


@pytest.mark.parametrize("coding", ["utf-8", "none", "binary", "", "pack200-gzip"])
def test_a_coding_that_nobody_knows_is_passed_over(web: WebServer, coding: str) -> None:
    outcome = fetched(web, FEED, coding)
    assert isinstance(outcome, Fetched)
    assert outcome.body == FEED


def test_deflate_without_its_frame_is_read(web: WebServer) -> None:
    outcome = fetched(web, zlib.compress(FEED)[2:-4], "deflate")
    assert isinstance(outcome, Fetched)
    assert outcome.body == FEED


@settings(max_examples=tries(50))
@given(
    body=binary(max_size=300_000),
    cuts=lists(integers(1, 5000), max_size=20),
    coding=sampled_from(sorted(CODINGS)),
)
def test_however_it_comes_in_the_same_comes_out(body: bytes, cuts: list[int], coding: str) -> None:
    packed, chunks = CODINGS[coding](body * 3), []
    for cut in cuts:
        chunks.append(packed[:cut])
        packed = packed[cut:]
    pieces = list(decoded(filter(None, [*chunks, packed]), coding))
    assert b"".join(pieces) == body * 3
    assert max(map(len, pieces), default=0) <= 64 * 1024


def test_too_many_codings_are_refused(web: WebServer) -> None:
    assert isinstance(fetched(web, FEED, ", ".join(["gzip"] * 100)), Failed)


BOMBS = """
import resource, sys, threading, tracemalloc
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from watchdesk.config.settings import PollingSettings
from watchdesk.model import Source, SourceState
from watchdesk.sources import HttpFetcher

class Bomb(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Encoding", bomb.name)
        self.end_headers()
        self.wfile.write(bomb.read_bytes())
    def log_message(self, *args):
        pass

server = HTTPServer(("127.0.0.1", 0), Bomb)
threading.Thread(target=server.serve_forever, daemon=True).start()
fetcher = HttpFetcher(PollingSettings(private_addresses=True, largest=500_000), None)
source = Source("a", f"http://127.0.0.1:{server.server_port}/")
tracemalloc.start()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for bomb in Path(sys.argv[1]).iterdir():
    tracemalloc.reset_peak()
    outcome = fetcher.fetch(source, SourceState("a"))
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(bomb.name, tracemalloc.get_traced_memory()[1], more * 1024, outcome.reason, sep=";")
"""
MUCH = 16_000_000
"""Bytes in all: half a megabyte of body, pieces, the windows of decompressors. A bomb holds 100 MB."""


def test_bombs_end_at_the_limit_without_going_off(tmp_path: Path) -> None:
    zeros = bytes(100_000_000)
    once = {
        "gzip": gzip.compress(zeros, 6),
        "br": brotli.compress(zeros, quality=1),
        "zstd": zstd.compress(zeros),
    }
    nested = {"gzip, gzip": gzip.compress(once["gzip"]), "br, gzip": gzip.compress(once["br"])}
    bombs = {**once, **nested, "gzip, gzip, gzip": gzip.compress(nested["gzip, gzip"])}
    for coding, bomb in bombs.items():
        assert len(bomb) < 200_000
        (tmp_path / coding).write_bytes(bomb)
    command = [sys.executable, "-c", BOMBS, str(tmp_path)]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout
    assert len(said.splitlines()) == len(bombs)
    for line in said.splitlines():
        _, traced, resident, reason = line.split(";")
        assert "polling.largest" in reason
        assert max(int(traced), int(resident)) < MUCH
