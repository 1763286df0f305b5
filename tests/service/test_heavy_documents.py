"""The whole service beside sources whose every document is heavy to read. Counts polls, and no seconds."""

import itertools
import json
import time
from collections.abc import Callable
from contextlib import nullcontext

import pytest

from support.desk import SETTINGS, DeskFiles, item, rss, wait_for
from support.web import Answer, Request, WebServer

GOOD, LONG = 10, 24.0
SIZE = 4_000_000
SLOWER = SETTINGS.replace("every: 1s, fastest: 1s", "every: 2s, fastest: 2s")
MARKS = ("<!--", "<p<p", "\u0301\u0316", "by a", "<div>", "<table>", "x,\n", "<a x='")


def heavy(hostile: str, entries: int) -> Callable[[Request], Answer]:
    """A JSON Feed of `SIZE` characters that is another at every request."""
    text = hostile * (SIZE // entries // len(hostile.encode()))
    items = [{"id": f"VERSION-{n}", "content_html": f"VERSION {n} {text}"} for n in range(entries)]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Heavy", "items": items}
    return changing(json.dumps(feed, ensure_ascii=False), "application/feed+json")


def changing(document: str, content_type: str) -> Callable[[Request], Answer]:
    """The document under another version at every request."""
    body, versions = document.encode(), itertools.count()
    return lambda _: Answer(
        body.replace(b"VERSION", b"%d" % next(versions)), headers={"Content-Type": content_type}
    )


def polls(desk: DeskFiles, web: WebServer, others: str) -> int:
    """Polls of the good sources within `LONG` seconds, counted where they arrive."""
    for n in range(GOOD):
        web.serve(f"/good-{n}", rss(item(f"{n}", f"News {n}")))
    desk.write({f"good-{n}": web.url(f"/good-{n}") for n in range(GOOD)}, SLOWER)
    sources = desk.config / "sources.yaml"
    sources.write_text(sources.read_text() + others)
    web.requests.clear()
    with desk.service():
        wait_for(lambda: len(_good(web)) >= 3 * GOOD, "the first polls", 120)
        before = len(_good(web))
        time.sleep(LONG)
        return len(_good(web)) - before


def _good(web: WebServer) -> list[str]:
    return [request.path for request in list(web.requests) if request.path.startswith("/good-")]


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("elsewhere", [True, False], ids=["elsewhere", "on their own host"])
def test_heavy_documents_cost_innocent_sources_no_tenth_of_their_polls(
    desk: DeskFiles, web: WebServer, elsewhere: bool
) -> None:
    alone = polls(desk, web, "")
    with WebServer("127.0.0.2") if elsewhere else nullcontext(web) as hostile:
        nested = f"<ul>VERSION{'<li><a href=x>' * (SIZE // 14)}"
        hostile.respond("/nested", changing(nested, "text/html"))
        others = f"  nested: {{page: '{hostile.url('/nested')}', select: {{item: li, link: a}}}}\n"
        for n, marks in enumerate(MARKS):
            hostile.respond(f"/heavy-{n}", heavy(marks, entries=40 if n % 2 else 1))
            others += f"  heavy-{n}: {{feed: '{hostile.url(f'/heavy-{n}')}'}}\n"
        beside = polls(desk, web, others)
        asked = {request.path for request in list(hostile.requests)}
    assert asked >= {"/nested", *(f"/heavy-{n}" for n in range(len(MARKS)))}
    assert beside >= 0.9 * alone, f"{beside} polls, and {alone} without the heavy ones"
