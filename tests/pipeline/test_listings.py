"""Listing pages and older pages, from a real server to the store."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from support.desk import SETTINGS, DeskFiles, item, rss
from support.web import Answer, Request, WebServer
from watchdesk.store import open_store

PAGE = """<html><title>Presse</title><ul>{}</ul></html>"""


def test_a_listing_page_is_followed_by_its_printed_dates_and_without_its_sessions(
    tmp_path: Path, web: WebServer
) -> None:
    desk, visits = DeskFiles(tmp_path), iter(range(1, 100))

    def page(_: Request) -> Answer:
        visit = next(visits)
        dates = ["vor 3 Stunden", "gestern", "demnächst", "morgen"]
        links = [
            f"/a{n};jsessionid={visit}F.node{visit}?PHPSESSID={visit}&amp;sid=a{visit}" for n in range(4)
        ]
        rows = zip(links, dates, strict=True)
        listed = "".join(
            f"<li><a href='{link}'>Meldung vom Hafen</a> <i>{date}</i></li>" for link, date in rows
        )
        return Answer(PAGE.format(listed).encode(), headers={"Content-Type": "text/html"})

    web.respond("/list", page)
    desk.write({}, SETTINGS)
    select = "select: {item: li, link: a, date: i}, language: de"
    listed = f"sources:\n  a: {{page: '{web.url('/list')}', {select}}}\n"
    (desk.config / "sources.yaml").write_text(listed)
    for _ in range(3):
        desk.run("once", "--all")
    store = open_store("sqlite", desk.state)
    found = {article.url: article.published_at for article in store.articles()}
    trouble = store.source_states()["a"].trouble
    store.close()
    now = datetime.now(UTC)
    assert found.keys() == {web.url(f"/a{number}") for number in range(4)}
    assert abs((found[web.url("/a0")] or now) - (now - timedelta(hours=3))) < timedelta(minutes=5)
    assert found[web.url("/a1")] is not None
    assert found[web.url("/a2")] is found[web.url("/a3")] is None
    assert any(told.startswith("1 of 4 dates cannot be read, such as 'demnächst'") for told in trouble)


def test_older_pages_that_only_repeat_the_newest_are_asked_for_once(tmp_path: Path, web: WebServer) -> None:
    desk = DeskFiles(tmp_path)
    desk.write({"a": web.url("/feed")}, SETTINGS)
    generator = "<generator>https://wordpress.org/?v=6.7</generator>"
    for first in (1, 11):
        items = (item(str(number), f"T {number}") for number in range(first, first + 5))
        web.serve("/feed", rss(generator, *items), etag=None)
        desk.run("once", "--all")
    asked = [request.query for request in web.requests if request.path == "/feed"]
    assert asked == ["", "", "paged=2"]
    store = open_store("sqlite", desk.state)
    assert len(list(store.articles())) == 10
    store.close()
