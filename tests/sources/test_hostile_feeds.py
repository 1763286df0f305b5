"""A hostile document costs seconds and some tens of megabytes at most, and reaches no other."""

import time
import tracemalloc
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from support.serving import end, serve
from watchdesk.errors import UnreadableInput
from watchdesk.model import ParsedFeed
from watchdesk.sources.feeds.feed import parse

TEN_MB = 10_000_000


def read(body: bytes) -> ParsedFeed:
    return parse(body, {}, "http://e.org/feed")


def rss(inner: bytes, head: bytes = b"", tail: bytes = b"") -> bytes:
    start = b'<?xml version="1.0"?>' + head + b'<rss version="2.0"><channel><title>t</title>'
    return start + inner + b"</channel></rss>" + tail


def doctype(entities: bytes) -> bytes:
    return b"<!DOCTYPE r [" + entities + b"]>"


def item(inner: bytes) -> bytes:
    return b"<item>" + inner + b"</item>"


TITLE = item(b"<title>&c;</title>")
LAUGHS = b"".join(b'<!ENTITY a%d "%s">' % (i, b"&a%d;" % (i - 1) * 10) for i in range(1, 10))


@pytest.mark.parametrize(
    "body",
    [
        rss(TITLE, doctype(b'<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">')),
        rss(TITLE, doctype(b'<!ENTITY a0 "ha">' + LAUGHS + b'<!ENTITY c "&a9;">')),
        rss(item(b"<title>" + b"&c;" * 3_000 + b"</title>"), doctype(b'<!ENTITY c "' + b"x" * 4000 + b'">')),
        rss(item(b"<title>" + b"&c;" * 300 + b"</title>"), doctype(b"<!ENTITY c '" + b"x" * 40_000 + b"'>")),
        rss(TITLE, doctype(b"".join(b'<!ENTITY c%d "x">' % i for i in range(2000)))),
    ],
    ids=["nested", "billion laughs", "quadratic", "quadratic with few", "many"],
)
def test_entities_that_grow_are_refused(body: bytes) -> None:
    with pytest.raises(UnreadableInput, match="entities"):
        read(body)


def test_external_entities_are_neither_fetched_nor_opened() -> None:
    asked: list[str] = []

    class Watcher(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    with HTTPServer(("127.0.0.1", 0), Watcher) as server:
        serve(server)
        address = f"http://127.0.0.1:{server.server_port}".encode()
        for entities in (
            b'<!ENTITY c SYSTEM "file:///etc/passwd">',
            b'<!ENTITY c SYSTEM "' + address + b'/c">',
            b'<!ENTITY % p SYSTEM "' + address + b'/p.dtd"> %p;',
        ):
            entry = read(rss(TITLE, doctype(entities))).entries[0]
            assert "root:" not in (entry.title or "")
        read(rss(TITLE.replace(b"&c;", b"x"), b'<!DOCTYPE rss SYSTEM "' + address + b'/d.dtd">'))
        end(server)
    assert asked == []


def test_an_entity_of_the_document_s_own_is_read() -> None:
    assert read(rss(TITLE, doctype(b'<!ENTITY c "Reuters">'))).entries[0].title == "Reuters"


COSTLY: dict[str, Callable[[], bytes]] = {
    "entries": lambda: rss(b"<item/>" * (TEN_MB // 7)),
    "entries of Atom": lambda: b"<feed>" + b"<entry/>" * (TEN_MB // 8) + b"</feed>",
    "entries that are broken": lambda: rss(b"<item><b></item>" * (TEN_MB // 16)),
    "tags": lambda: rss(item(b"<a/>" * (TEN_MB // 4))),
    "a long author": lambda: rss(item(b"<author>" + b"a" * (TEN_MB - 200) + b"</author>"), tail=b"</x>"),
    "a long title": lambda: rss(item(b"<title>" + b"a" * (TEN_MB - 200) + b"</title>")),
    "references": lambda: rss(item(b"<title>" + b"&x;" * (TEN_MB // 3) + b"</title>")),
    "attributes": lambda: rss(item(b"<a " + b"".join(b'a%d="1" ' % i for i in range(500_000)) + b"/>")),
    "namespaces": lambda: (
        b"<rss " + b"".join(b'xmlns:a%d="u" ' % i for i in range(400_000)) + b"><channel/></rss>"
    ),
    "categories": lambda: rss(item(b"".join(b"<category>%d</category>" % i for i in range(100_000)))),
    "keywords": lambda: rss(
        item(b"<keywords>" + b",".join(b"%d" % i for i in range(900_000)) + b"</keywords>")
    ),
    "comments": lambda: rss(item(b""), b"<!-- a -->\n" * 300_000),
    "line breaks": lambda: rss(item(b""), doctype(b"") + b"\n" * TEN_MB),
    "open tags": lambda: rss(b"<a>" * 50_000),
    "open comments": lambda: rss(b"<!--" * 250_000),
    "open sections": lambda: rss(item(b"<title>" + b"<![CDATA[" * 250_000)),
    "skipped hours": lambda: rss(b"<skipHours>" * 30_000),
    "noise": lambda: bytes(range(256)) * (TEN_MB // 256),
    "brackets": lambda: b'{"items":' + b"[" * 1_000_000,
}


COSTLIEST = {"entries", "a long title", "attributes", "open tags", "open sections", "brackets"}
"""One of each kind; all others are left to the long runs."""


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(body, id=name, marks=() if name in COSTLIEST else pytest.mark.slow)
        for name, body in COSTLY.items()
    ],
)
def test_ten_megabytes_of_it_are_bounded(body: Callable[[], bytes]) -> None:
    written = body()
    begun = time.process_time()
    try:
        feed = read(written)
    except UnreadableInput as told:
        assert str(told)
    else:
        assert len(feed.entries) <= 2000
    assert time.process_time() - begun < 8


def test_what_is_beyond_the_first_two_thousand_entries_is_told_and_costs_no_memory() -> None:
    body = rss(b"<item/>" * 300_000)
    tracemalloc.start()
    feed = read(body)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(feed.entries) == 2000
    assert "it has 300,000 entries, of which 2,000 were read" in feed.trouble
    assert most < 30_000_000


def test_two_thousand_entries_are_all_read() -> None:
    feed = read(rss(b"".join(item(b"<guid>%d</guid>" % i) for i in range(2000))))
    assert (len(feed.entries), feed.trouble) == (2000, ())
