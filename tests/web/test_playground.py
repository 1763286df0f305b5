"""The playground: what a rule finds while it is typed, without a browser."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from support.desk import SETTINGS, DeskFiles
from support.page import FREE_PORT, ServedPage, configured, seeded, served
from support.proxy import HttpProxy
from support.web import WebServer
from watchdesk.backtest import Draft
from watchdesk.web.playground.messages import Found, Search

ARTICLES = 20


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPage]:
    """Nothing here changes the desk."""
    with WebServer() as web:
        desk = DeskFiles(tmp_path_factory.mktemp("desk"))
        seeded(desk, web, articles=ARTICLES)
        with served(desk) as one:
            yield one


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as one:
        yield one


def parts(page: ServedPage, session: requests.Session, **fields: str) -> dict[str, str]:
    """What the page's script gets, the last of each part."""
    token = page.form_token("/playground", session)
    answer = session.post(f"{page.address}/playground-live", {"form_token": token, **fields}, timeout=60)
    assert answer.status_code == 200, answer.text
    lines: list[dict[str, Any]] = [json.loads(line) for line in answer.text.splitlines()]
    assert lines[-1]["part"] == "end"
    return {line["part"]: line["html"] for line in lines}


def test_a_query_finds_marks_and_counts_while_it_is_typed(
    page: ServedPage, session: requests.Session
) -> None:
    found = parts(page, session, query='NATO AND "defence spending"', against="nato-spending")
    assert "No mistakes in the query" in found["problems"]
    assert "20 articles match" in found["progress"]
    assert "0 new, 20 found by both; 0 lost" in found["progress"]
    assert "<mark>NATO</mark>" in found["rows"]
    assert "<svg" in found["picture"]
    assert "<table>" in found["picture"]


def test_a_search_whose_time_is_up_says_how_far_it_is(page: ServedPage) -> None:
    desk = page.companion._desk
    assert desk
    search = Search(Draft("NATO"), timedelta(days=7), seconds=0.0)
    found = [reply for reply in desk.playground.replies(search) if isinstance(reply, Found)]
    assert found[-1].is_over
    assert not found[-1].is_whole
    assert 0 < found[-1].read < ARTICLES
    assert found[-1].articles == ARTICLES


def test_a_page_that_a_browser_waits_for_is_told_once_what_was_found(page: ServedPage) -> None:
    desk = page.companion._desk
    assert desk
    for tells, early in ((True, True), (False, False)):
        search = Search(Draft("NATO"), timedelta(days=7), tells=tells)
        found = [reply for reply in desk.playground.replies(search) if isinstance(reply, Found)]
        assert (len(found) > 1) is early
        assert found[-1].total.now == ARTICLES


def test_a_search_that_several_load_is_worked_on_once(page: ServedPage) -> None:
    desk, shown = page.companion._desk, set[str]()
    assert desk
    for _ in range(2):
        with requests.Session() as session:
            page.form_token("/playground", session)
            searched = session.get(f"{page.address}/playground?query=spending", timeout=60).text
            shown.add(searched.partition('id="results"')[2].partition('id="away"')[0])
    assert len(shown) == 1
    assert "20 articles match" in shown.pop()
    (known,) = desk.searches._answers._found
    assert known == frozenset({("query", "spending")})


def test_a_rule_of_nothing_is_refused_line_by_line(page: ServedPage, session: requests.Session) -> None:
    told = parts(page, session, query="", **{"for": "rule"})["refused"]
    assert "<pre" in told
    assert "query is empty\n  hint: say at least one word" in told


def test_lists_of_the_files_can_be_named_and_a_reload_is_followed(page: ServedPage) -> None:
    rules = page.desk.config / "rules" / "desk.yaml"
    before = rules.read_text()
    mistake = asked(page, "check-query", query="@allies").json()["problems"][0]
    assert "there is no list 'allies'" in mistake["message"]
    rules.write_text("lists: {allies: [NATO]}\n" + before)
    page.companion.follow(configured(page.desk))
    assert asked(page, "check-query", query="@allies").json()["usable"] is True
    rules.write_text(before)
    page.companion.follow(configured(page.desk))


def asked(page: ServedPage, operation: str, **body: object) -> requests.Response:
    return requests.post(f"{page.address}/api/v1/{operation}", json=body, timeout=60)


def test_the_api_gives_the_documents_of_the_commands(page: ServedPage) -> None:
    query = {"query": 'NATO AND "part 1"', "against": "nato-spending"}
    given = asked(page, "backtest", **query).json()
    printed = page.desk.run(
        "backtest", "--query", query["query"], "--against", "nato-spending", "--json"
    ).document
    assert given.keys() == printed.keys()
    assert given["rules"] == printed["rules"]
    assert given["near_misses"] == printed["near_misses"]
    everything = asked(page, "backtest", days=2).json()
    assert [rule["rule"] for rule in everything["rules"]] == ["nato-spending", "ukraine-aid"]
    text = "NATO agrees\n\nMinisters agreed."
    tried = asked(page, "try", text=text, query="NATO AND grain").json()
    told = page.desk.run("try", "-", "--query", "NATO AND grain", "--json", stdin=text.encode()).document
    assert tried == told
    assert {miss["rule"] for miss in asked(page, "try", text=text).json()["misses"]} == {
        "nato-spending",
        "ukraine-aid",
    }


def test_the_api_says_what_is_wrong_with_a_query(page: ServedPage) -> None:
    document = asked(page, "check-query", query="NATO AND titel:x", exclude="a b").json()
    assert document["usable"] is False
    assert [(one["field"], one["line"], one["column"]) for one in document["problems"]] == [
        ("exclude", 1, 3),
        ("query", 1, 10),
    ]
    assert document["problems"][1]["hint"] == "did you mean 'title:'?"
    assert asked(page, "check-query", query="NATO").json() == {"usable": True, "problems": []}


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("backtest", {"query": "NATO AND"}),
        ("backtest", {"query": "NATO", "against": "nothing"}),
        ("backtest", {"rules": ["nothing"]}),
        ("backtest", {"query": "NATO", "days": 0}),
        ("backtest", {"query": "NATO", "at_least": 2}),
        ("backtest", {"query": "x" * 60_000}),
        ("try", {}),
        ("try", {"text": "a", "address": "https://example.org/"}),
        ("try", {"address": "file:///etc/passwd"}),
        ("try", {"text": "a", "source": "nothing"}),
        ("check-query", {"query": 7}),
    ],
)
def test_what_cannot_be_asked_is_a_problem_document(page: ServedPage, operation: str, body: Any) -> None:
    answer = asked(page, operation, **body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")


def test_a_private_address_is_refused_even_where_polls_may_ask_it(page: ServedPage) -> None:
    """The settings of this desk allow private addresses: its sources are on loopback."""
    answer = asked(page, "try", address=f"{page.address}/healthz")
    assert answer.status_code == 422
    detail = answer.json()["detail"]
    assert "in a private network" in detail
    assert "never asked there, whatever polling.private_addresses allows" in detail
    assert "robots.txt" not in detail
    assert "give the text of the page instead" in detail
    assert "watchdesk.yaml" not in detail


STORY = b"""<html lang=en><head><title>NATO meets</title></head><body><article><h1>NATO meets again</h1>
<p>Ministers of NATO agreed on a new spending target, after a night of talks in Brussels that began late.</p>
<p>The defence spending of the members is counted anew in the spring, officials of two countries said.</p>
</article></body></html>"""


def test_an_address_is_asked_for_with_the_manners_of_a_poll(tmp_path: Path) -> None:
    """Through a proxy that knows the name: an address on loopback is refused here."""
    desk = DeskFiles(tmp_path)
    with WebServer() as web:
        web.serve("/story", STORY, content_type="text/html")
        web.serve("/robots.txt", b"User-agent: *\nDisallow: /private", content_type="text/plain")
        with HttpProxy({"news.example": ("127.0.0.1", urlsplit(web.url()).port or 0)}) as proxy:
            polling = f"proxy: 'http://{proxy.address}', timeout: 5s}}"
            desk.write({}, SETTINGS.replace("timeout: 5s}", polling) + FREE_PORT)
            desk.run("silence", "--list")  # there is a database from here on
            with served(desk) as page:
                found = asked(page, "try", address="http://news.example/story", query="NATO").json()
                refused = asked(page, "try", address="http://news.example/private", query="NATO")
    assert found["article"]["title"] == "NATO meets again"
    assert [match["rule"] for match in found["matches"]] == ["query"]
    assert refused.status_code == 422
    assert "robots.txt" in refused.json()["detail"]
