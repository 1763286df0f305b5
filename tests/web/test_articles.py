"""The archive on the page and in the API: what `watchdesk search` finds, a page at a time, bounded."""

import csv
import io
import json
import re
from collections.abc import Iterator

import pytest

from support.desk import DeskFiles
from support.page import ServedPage, seeded, served
from support.web import WebServer
from watchdesk.web.exports import cell
from watchdesk.web.searching import SEARCHING

MANY = 60


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPage]:
    desk = DeskFiles(tmp_path_factory.mktemp("articles"))
    with WebServer() as web:
        seeded(desk, web, articles=MANY)
    with served(desk) as one:
        yield one


def titles(html: str) -> list[str]:
    found = re.findall(r'<p class="name"><a href="[^"]+"><bdi>(.*?)</bdi>', html)
    return [re.sub("</?mark>", "", title) for title in found]


def test_the_page_and_the_api_find_what_the_command_finds(page: ServedPage) -> None:
    query = "spending NEAR/3 part AND NOT pigeons"
    printed = page.desk.run("search", query, "--json", "--limit", "100").document["articles"]
    assert len(printed) == MANY
    given = page.get("/api/v1/articles", params={"query": query, "limit": 100}).json()
    assert given == {"articles": printed, "next": None, "searched_back_to": None}
    shown = page.get("/articles", params={"query": query}).text
    assert titles(shown) == [one["title"] for one in printed[:50]]
    assert "defence <mark>spending</mark>, <mark>part</mark> " in shown


def test_pages_follow_one_another_without_a_gap(page: ServedPage) -> None:
    first = page.get("/articles?query=NATO").text
    following = re.search(r'href="\.(/articles\?[^"]+)" rel="next"', first)
    assert following
    second = page.get(following[1].replace("&amp;", "&")).text
    assert len(titles(first)) == 50
    assert set(titles(first) + titles(second)) == {
        f"NATO defence spending, part {number}" for number in range(MANY)
    }
    assert 'rel="next"' not in second


def test_without_a_query_the_newest_articles_are_shown(page: ServedPage) -> None:
    assert len(titles(page.get("/articles").text)) == 50
    found = page.get("/api/v1/articles?limit=1").json()
    assert found["articles"][0]["snippet"] == "Ukraine aid."
    again = page.get("/api/v1/articles", params={"limit": 1, "cursor": found["next"]}).json()
    assert again["articles"][0]["id"] == found["articles"][0]["id"] - 1


def test_a_search_that_takes_too_long_says_how_far_it_came_and_goes_on(
    page: ServedPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SEARCHING, "patience", 0.0)
    found, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        answer = page.get("/api/v1/articles", params={"query": "spending AND part", "cursor": cursor}).json()
        found += answer["articles"]
        cursor, pages = answer["next"], pages + 1
        assert bool(answer["searched_back_to"]) == bool(cursor)
    assert pages > 1
    assert len({one["id"] for one in found}) == len(found) == MANY
    shown = page.get("/articles?query=part").text
    assert "Searched back to <time" in shown
    assert "Search on from there" in shown


def test_a_mistake_is_shown_with_its_place_and_a_hint(page: ServedPage) -> None:
    shown = page.get("/articles", params={"query": "NATO and spending OR <b>"}).text
    assert "query:1:6" in shown
    assert "\n         ^\n</pre>" in shown
    assert '<p class="then"><bdi>hint: ' in shown  # which wraps
    assert "&lt;b&gt;" in shown
    answer = page.get("/api/v1/articles", params={"query": "NATO AND ("})
    assert answer.status_code == 400
    assert "query:1:10" in answer.json()["detail"]
    assert page.get("/api/v1/articles?since=soon").status_code == 400
    assert page.get("/api/v1/articles?cursor=9.x").status_code == 400
    assert page.get(f"/api/v1/articles?cursor=9.{10**19}").status_code == 400


def test_what_is_found_can_be_taken_away_as_a_file(page: ServedPage) -> None:
    rows = list(csv.DictReader(io.StringIO(page.get("/articles.csv?query=NATO").content.decode("utf-8-sig"))))
    assert len(rows) == MANY
    lines = page.get("/articles.jsonl?query=NATO").text.splitlines()
    assert [json.loads(line)["title"] for line in lines] == [row["title"] for row in rows]
    feed = page.get("/articles.atom?query=NATO")
    assert feed.headers["Content-Type"].startswith("application/atom+xml")
    assert feed.text.count("<entry>") == MANY
    assert page.get("/articles.csv?query=NATO+AND").status_code == 400


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\uff1d1", "\ufeff=1", "\r=1"]
)
def test_no_cell_of_a_file_is_a_formula(text: str) -> None:
    assert cell(text).startswith("'")
    assert cell("NATO = spending") == "NATO = spending"
