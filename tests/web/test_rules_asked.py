"""What rules say is told by the files; where they are not those in force, that is said."""

import pytest

from support.desk import RULES, DeskFiles
from support.page import ServedPage, seeded, served
from support.web import WebServer
from watchdesk.config.link_key import LinkKey
from watchdesk.digests.links import Opens, signature

LISTS = "lists: {allies: [NATO, Brussels]}\n"


@pytest.fixture
def desk_of_news(desk: DeskFiles) -> DeskFiles:
    with WebServer() as web:
        seeded(desk, web, articles=1)
    rules = desk.config / "rules" / "desk.yaml"
    rules.write_text(LISTS + RULES)
    return desk


def edit(page: ServedPage, before: str, after: str) -> None:
    file = page.desk.config / "rules" / "desk.yaml"
    file.write_text(file.read_text().replace(before, after))


def test_the_api_has_the_queries_that_the_service_does_without(desk_of_news: DeskFiles) -> None:
    with served(desk_of_news) as page:
        printed = desk_of_news.run("rules", "--json").document
        (told, _) = page.get("/api/v1/rules").json()["rules"]
        assert told == printed["rules"][0]
        rule = page.get("/api/v1/rules/nato-spending").json()
        assert rule["query"].startswith("NATO AND")
        assert rule["by_word"] == {'"defence spending"': 1}
        assert "Ukraine aid" not in page.get("/rules?text=defence").text
        found = page.get("/api/v1/articles?query=@allies").json()
        assert [one["id"] for one in found["articles"]] == [1]
        assert "@friends" in page.get("/api/v1/articles?query=@friends").json()["detail"]


def test_an_edit_that_is_not_in_force_is_said(desk_of_news: DeskFiles) -> None:
    with served(desk_of_news) as page:
        edit(page, "NATO AND", "pigeons AND")
        shown = page.get("/articles/1").text
        assert "The files were edited since" in shown
        assert "fails by <code>pigeons</code>" in shown
        assert "The files were edited since" in page.get("/rules/nato-spending").text


def test_of_files_that_cannot_be_read_the_page_shows_what_is_stored(desk_of_news: DeskFiles) -> None:
    with served(desk_of_news) as page:
        edit(page, "NATO AND", "AND AND")
        article, rule = page.get("/articles/1?rule=nato-spending"), page.get("/rules/nato-spending")
        for shown in (article, rule):
            assert shown.status_code == 200
            assert "cannot be told now: the files of the desk cannot be read now, for 1 mistake" in shown.text
        assert "score 0." in article.text
        assert "1 article" in rule.text
        for path in ("articles/1", "articles/1/explain?rule=nato-spending", "rules", "rules/nato-spending"):
            refused = page.get(f"/api/v1/{path}")
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
            assert "1 mistake" in refused.json()["detail"]
            assert "has to mend them first" in refused.json()["to_do"]
        for body in ({}, {"query": "@allies"}):
            refused = page.post("/api/v1/backtest", json=body)
            assert (refused.status_code, "mend them first" in refused.text) == (503, True)


def test_a_link_of_a_digest_says_who_has_to_mend_the_files(desk_of_news: DeskFiles) -> None:
    settings = desk_of_news.config / "watchdesk.yaml"
    settings.write_text(settings.read_text().replace("127.0.0.1:0'", "127.0.0.1:0', token: {file: token}"))
    (desk_of_news.config / "token").write_text("correct horse battery staple")
    key, until = LinkKey(desk_of_news.state).made(), 2**32
    signed = signature(key, Opens.ARTICLE, "1", "nato-spending", until=until)
    with served(desk_of_news) as page:
        edit(page, "NATO AND", "AND AND")
        shown = page.get(f"/articles/1?rule=nato-spending&until={until}&key={signed}")
        assert "<mark>defence spending</mark>" in shown.text
        assert "once the desk&#39;s files are mended" in shown.text


def test_of_rules_that_do_not_answer_in_time_the_page_shows_what_is_stored(
    desk_of_news: DeskFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seconds in ("PAGE_PATIENCE", "LEAST"):  # however quick the machine, no answer is there by then
        monkeypatch.setattr(f"watchdesk.web.rules_asked.{seconds}", 0.0)
    with served(desk_of_news) as page:
        for path in ("/articles/1?rule=nato-spending", "/rules/nato-spending"):
            shown = page.get(path)
            assert (shown.status_code, "cannot be told now: " in shown.text) == (200, True), path
        refused = page.post("/api/v1/backtest", json=[1])
        assert refused.json()["detail"] == "the body: a JSON object is wanted"
        (part,) = page.post("/api/v1/backtest", json={"query": "NATO"}).json()["rules"]
        assert part["in_files"] is False
