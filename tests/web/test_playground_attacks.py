"""The playground under attack: what is typed, what publishers wrote, who asks, and how much."""

import json
import os
import signal
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from support.desk import SETTINGS, DeskFiles, item, rss, wait_for
from support.page import FREE_PORT, ServedPage, served
from support.web import WebServer
from watchdesk.backtest import Draft
from watchdesk.web.playground.messages import Search
from watchdesk.web.playground.seats import SEATS, WAITING
from watchdesk.web.workers import TooBusy

SCRIPT = "<script>alert(1)</script>"
BIDI = "\u202egnp.exe\u2066"
SLOW = Search(Draft("/[a-z]/"), timedelta(days=7))
"""Holds a process for as long as nobody takes what it says."""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPage]:
    """A desk whose publishers mean it harm."""
    with WebServer() as web:
        desk = DeskFiles(tmp_path_factory.mktemp("desk"))
        title = "NATO &lt;script&gt;alert(1)&lt;/script&gt; " + BIDI
        web.serve("/feed", rss(item("1", title, f"Defence spending {BIDI} of NATO.")))
        desk.write({"wire": web.url("/feed")}, SETTINGS + FREE_PORT)
        assert desk.run("once", "--all").status == 0
        with served(desk) as one:
            yield one


def live(page: ServedPage, **fields: str) -> requests.Response:
    with requests.Session() as session:
        token = page.form_token("/playground", session)
        return session.post(f"{page.address}/playground-live", {"form_token": token, **fields}, timeout=60)


def test_nothing_that_is_typed_or_published_becomes_markup_or_turns_the_line(page: ServedPage) -> None:
    for fields in (
        {"query": "NATO"},
        {"query": f"NATO AND {SCRIPT} {BIDI}"},
        {"query": f'NATO OR "{SCRIPT}{BIDI}"', "exclude": f"titel:{SCRIPT}{BIDI}"},
        {"query": "NATO", "sources": f"{SCRIPT}{BIDI}", "against": f"{SCRIPT}{BIDI}"},
        {"query": "NATO AND grain", "for": "why", "article": "1"},
        {"query": "NATO", "title": f"{SCRIPT}{BIDI}", "match-1": "1", "for": "rule"},
        {"query": f'NATO AND NOT "{BIDI}"', "text": f"{SCRIPT}{BIDI}\n\nNATO {SCRIPT}", "for": "try"},
    ):
        answer = live(page, **fields)
        html = "".join(json.loads(line)["html"] for line in answer.text.splitlines())
        assert "<script" not in html, fields
        assert not set(html) & set("\u202e\u2066"), fields
        with requests.Session() as session:
            page.form_token("/playground", session)
            shown = session.get(f"{page.address}/playground", params=fields, timeout=60).text
        assert SCRIPT not in shown
        assert not set(shown) & set("\u202e\u2066"), fields


def test_what_is_taken_away_holds_no_character_that_turns_the_line(page: ServedPage, tmp_path: Path) -> None:
    fields = {"query": f'NATO AND NOT "{BIDI}"', "title": f"{SCRIPT}{BIDI}", "match-1": "1", "for": "rule"}
    (part, _) = map(json.loads, live(page, **fields).text.splitlines())
    assert part["part"] == "rule"
    assert "\\u202e" in part["html"]


def test_a_page_of_another_site_can_send_nothing(page: ServedPage) -> None:
    fields = {"query": "NATO", "form_token": "made up"}
    for path in ("/playground-live", "/playground?for=rule"):
        assert page.post(path, fields).status_code == 403
        with requests.Session() as session:
            token = page.form_token("/playground", session)
            answer = session.post(
                page.address + path,
                {**fields, "form_token": token},
                headers={"Sec-Fetch-Site": "cross-site"},
                timeout=30,
            )
            assert answer.status_code == 403
    api = page.post("/api/v1/backtest", '{"query": "NATO"}', headers={"Content-Type": "text/plain"})
    assert api.status_code == 415
    headers = {"Content-Type": "application/json", "Sec-Fetch-Site": "cross-site"}
    assert page.post("/api/v1/backtest", '{"query": "NATO"}', headers=headers).status_code == 403


def test_a_link_from_another_site_searches_nothing_by_itself(page: ServedPage) -> None:
    html = page.get("/playground?query=NATO").text
    assert "articles match" not in html
    assert ">NATO</textarea>" in html


def test_what_is_too_long_is_refused(page: ServedPage) -> None:
    assert page.post("/api/v1/backtest", json={"query": "x" * 10_000_000}).status_code == 413
    with requests.Session() as session:
        token = page.form_token("/playground", session)
        fields = {"form_token": token, "query": "x" * 10_000_000}
        assert session.post(f"{page.address}/playground-live", fields, timeout=60).status_code == 413
    assert "50,000 characters" in live(page, query="a OR " * 20_000 + "b").text
    assert "At most 60 articles" in live(page, query="a", **{f"match-{n}": "1" for n in range(70)}).text


def test_a_query_may_be_as_deep_as_it_likes(page: ServedPage) -> None:
    answer = live(page, query="(" * 20_000 + "NATO" + ")" * 20_000)
    assert "wrong" in answer.text
    assert "2 articles match" not in answer.text
    assert "1 article matches" in live(page, query="NATO").text


def test_no_more_than_a_few_search_at_once(page: ServedPage) -> None:
    playground = page.companion._desk.playground  # type: ignore[union-attr]  # as a handler has it
    held = [playground.replies(SLOW) for _ in range(SEATS)]
    for one in held:
        next(one)
    waiting = [threading.Thread(target=lambda: list(playground.replies(SLOW))) for _ in range(WAITING)]
    for thread in waiting:
        thread.start()
    wait_for(lambda: playground._waiting == WAITING, "those that wait")
    with pytest.raises(TooBusy):
        next(playground.replies(SLOW))
    assert page.post("/api/v1/check-query", json={"query": "NATO"}).status_code == 503
    assert page.get("/").status_code == 200
    for one in held:
        one.close()
    for thread in waiting:
        thread.join(30)
    assert page.post("/api/v1/check-query", json={"query": "NATO"}).status_code == 200


def test_a_search_ends_when_its_browser_goes_away(page: ServedPage) -> None:
    playground = page.companion._desk.playground  # type: ignore[union-attr]  # as above
    with requests.Session() as session:
        token = page.form_token("/playground", session)
        fields = {"form_token": token, "query": "NATO"}
        answer = session.post(f"{page.address}/playground-live", fields, stream=True, timeout=30)
        next(answer.iter_lines())
        answer.close()
    wait_for(lambda: not playground._used, "the end of the search")


def test_a_process_that_is_killed_is_replaced(page: ServedPage) -> None:
    playground = page.companion._desk.playground  # type: ignore[union-attr]  # as above
    replies = playground.replies(SLOW)
    next(replies)
    (seat,) = playground._used
    seat.process.kill()
    with pytest.raises(TooBusy, match="has ended"):
        list(replies)
    assert "1 article matches" in live(page, query="NATO").text


def test_a_process_that_hangs_is_killed(page: ServedPage) -> None:
    playground = page.companion._desk.playground  # type: ignore[union-attr]  # as above
    live(page, query="NATO")  # a process is there and has read the files
    replies = playground.replies(SLOW, longest=2)
    next(replies)
    (seat,) = playground._used
    os.kill(seat.process.process_id, signal.SIGSTOP)
    with pytest.raises(TooBusy, match="longer than"):
        list(replies)
    assert not seat.process.is_there()
