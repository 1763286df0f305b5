"""Ten sources that do their worst, among two hundred good ones: they cost the others nothing."""

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from support.desk import DeskFiles, item, rss
from support.web import Answer, WebServer

GOOD = 200
SETTINGS = """\
polling: {first_poll: all, private_addresses: allow, timeout: 3s, largest: 1MB, per_host: 32, concurrency: 48}
articles: {full_text: never}
"""
BOMB = gzip.compress(b"\0" * 50_000_000)
ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>
<rss version="2.0"><channel><title>&d;</title></channel></rss>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY secret SYSTEM "file:///etc/passwd">]>
<rss version="2.0"><channel><title>T</title><item><title>&secret;</title></item></channel></rss>"""
NESTED = b"<rss version='2.0'><channel>" + b"<item><description>" * 20_000


def test_hostile_sources_cost_the_good_ones_nothing(desk: DeskFiles, web: WebServer) -> None:
    with WebServer() as hostile, _silent() as silent:
        hostile.respond("/endless", Answer(b"<rss>" * 200_000 * 4, headers={"Content-Length": "99999999999"}))
        hostile.respond("/drip", Answer(b"<rss version='2.0'>", drip=0.2))
        hostile.respond("/bomb", Answer(BOMB, headers={"Content-Encoding": "gzip"}))
        hostile.respond("/loop", Answer(status=301, headers={"Location": "/loop"}))
        hostile.respond("/file", Answer(status=302, headers={"Location": "file:///etc/passwd"}))
        hostile.respond("/late", Answer(rss(item("1", "One")), delay=30))
        hostile.respond("/entities", Answer(ENTITIES))
        hostile.respond("/outside", Answer(OUTSIDE))
        hostile.respond("/nested", Answer(NESTED))
        bad = {path: hostile.url(f"/{path}") for path in hostile.paths} | {"silent": silent}
        assert len(bad) == 10
        good = {f"paper-{n}": web.url(f"/{n}") for n in range(GOOD)}
        for n in range(GOOD):
            web.serve(f"/{n}", rss(item(f"{n}", f"NATO spending target {n}")))
        desk.write(bad | good, settings=SETTINGS)
        began = time.monotonic()
        document = desk.run_process("once", "--all", "--json").document
        took = time.monotonic() - began
    outcomes = {source["id"]: source for source in document["sources"]}
    assert {outcomes[name]["outcome"] for name in good} == {"new"}
    assert len(document["matches"]) == GOOD
    told = {source["id"]: source for source in desk.run("sources", "--json").document["sources"]}
    assert [name for name in bad if not told[name]["error"] and not told[name]["trouble"]] == []
    assert "root:" not in desk.run("search", "source:outside", "--json").out
    assert took < 60, f"{took:.0f} s"


@contextmanager
def _silent() -> Iterator[str]:
    """A server that takes every connection and never says a word."""
    listening = socket.create_server(("127.0.0.1", 0))
    taken: list[socket.socket] = []

    def take() -> None:
        while True:
            try:
                taken.append(listening.accept()[0])
            except OSError:
                return

    threading.Thread(target=take, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for connection in taken:
            connection.close()
