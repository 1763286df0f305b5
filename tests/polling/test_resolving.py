"""Links that lead elsewhere, from a real server to the store: one request, and the article's own address."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.desk import SETTINGS, DeskFiles, item, rss
from support.web import Answer, WebServer
from watchdesk.articles import url_key
from watchdesk.config.settings import PollingSettings
from watchdesk.model import Article, Failed, Fetched, Source
from watchdesk.sources import HttpFetcher
from watchdesk.store import open_store


@pytest.fixture
def paper() -> Iterator[WebServer]:
    """A publisher on another host than `web`, which is the feed's proxy."""
    with WebServer("127.0.0.2") as server:
        yield server


def polled(tmp_path: Path, web: WebServer, setting: str, *links: str, times: int = 1) -> dict[str, Article]:
    """The stored articles by their titles, `T 0` first."""
    desk = DeskFiles(tmp_path)
    desk.write({}, SETTINGS)
    source = f"sources:\n  a: {{feed: '{web.url('/feed')}', full_text: never{setting}}}\n"
    (desk.config / "sources.yaml").write_text(source)
    for _ in range(times):
        items = (
            item(str(n), f"T {n}").replace("</item>", f"<link>{link}</link></item>")
            for n, link in enumerate(links)
        )
        web.serve("/feed", rss(*items), etag=None)
        desk.run("once", "--all")
    store = open_store("sqlite", desk.state)
    found = {article.title: article for article in store.articles()}
    store.close()
    return found


def test_a_link_that_always_leads_elsewhere_is_asked_once_and_the_publisher_not_at_all(
    tmp_path: Path, web: WebServer, paper: WebServer
) -> None:
    story = paper.url("/2026/story?id=1")
    web.respond("/click/1", lambda _: Answer(status=302, headers={"Location": f"{story}&utm_source=rss"}))
    found = polled(tmp_path, web, ", resolve_links: always", web.url("/click/1"), times=3)
    assert (found["T 0"].url, found["T 0"].url_key) == (story, url_key(story))
    assert [request.path for request in web.requests].count("/click/1") == 1
    assert paper.requests == []


def test_the_redirects_of_one_site_are_followed_to_the_end(
    tmp_path: Path, web: WebServer, paper: WebServer
) -> None:
    web.respond("/click/1", lambda _: Answer(status=301, headers={"Location": "/click/2"}))
    web.respond("/click/2", lambda _: Answer(status=302, headers={"Location": paper.url("/story")}))
    found = polled(tmp_path, web, ", resolve_links: always", web.url("/click/1"))
    assert found["T 0"].url == paper.url("/story")


def test_a_redirect_page_of_html_is_read(tmp_path: Path, web: WebServer, paper: WebServer) -> None:
    page = f'<html><meta http-equiv="refresh" content="0; url={paper.url("/story")}"></html>'
    web.respond("/click/1", lambda _: Answer(page.encode(), headers={"Content-Type": "text/html"}))
    found = polled(tmp_path, web, ", resolve_links: always", web.url("/click/1"))
    assert found["T 0"].url == paper.url("/story")
    assert paper.requests == []


@pytest.mark.parametrize("setting", ["", ", resolve_links: known", ", resolve_links: never"])
def test_ordinary_links_are_not_asked(tmp_path: Path, web: WebServer, setting: str) -> None:
    found = polled(tmp_path, web, setting, web.url("/story"))
    assert found["T 0"].url == web.url("/story")
    assert {request.path for request in web.requests} == {"/feed"}


def test_a_link_that_fails_leads_home_or_is_forbidden_stays(
    tmp_path: Path, web: WebServer, paper: WebServer
) -> None:
    web.serve("/robots.txt", b"User-agent: *\nDisallow: /secret\n")
    web.respond("/click/0", lambda _: Answer(status=500))
    web.respond("/click/1", lambda _: Answer(status=302, headers={"Location": paper.url("/")}))
    web.respond("/secret/2", lambda _: Answer(status=302, headers={"Location": paper.url("/story")}))
    links = [web.url(path) for path in ("/click/0", "/click/1", "/secret/2")]
    found = polled(tmp_path, web, ", resolve_links: always", *links)
    assert [found[f"T {n}"].url for n in range(3)] == links
    assert "/secret/2" not in {request.path for request in web.requests}


def test_where_an_address_leads_is_asked_with_the_guard_and_the_contact_of_the_desk(
    web: WebServer, paper: WebServer
) -> None:
    web.respond("/click", lambda _: Answer(status=302, headers={"Location": paper.url("/story")}))
    source = Source("a", web.url("/feed"))
    open_desk = HttpFetcher(PollingSettings(private_addresses=True), "desk@example.org")
    answer = open_desk.target(web.url("/click"), source)
    assert isinstance(answer, Fetched)
    assert (answer.url, answer.body) == (paper.url("/story"), b"")
    [asked] = [request for request in web.requests if request.path == "/click"]
    assert "desk@example.org" in asked.headers["user-agent"]
    guarded = HttpFetcher(PollingSettings(), "desk@example.org")
    assert isinstance(guarded.target(web.url("/click"), source), Failed)
    assert [request.path for request in web.requests].count("/click") == 1
