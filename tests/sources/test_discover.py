"""Where feeds are looked for, and that a site is not bothered while it is searched."""

import pytest

from support.desk import item, rss
from support.web import WebServer
from watchdesk.config.settings import PollingSettings
from watchdesk.sources import Discovery, HttpFetcher, discover
from watchdesk.sources.candidates import Candidate, Found, common_feeds, named_by, named_by_robots
from watchdesk.sources.discover import MOST_REQUESTS

URL = "https://daily.example/news/today.html"


def named(html: str) -> list[tuple[str, str | None]]:
    return [(one.url, one.title) for one in named_by(html.encode(), URL, "text/html")]


@pytest.mark.parametrize(
    ("html", "found"),
    [
        (
            "<LINK REL='Alternate' TYPE='application/rss+xml' HREF=/rss>",
            [("https://daily.example/rss", None)],
        ),
        (
            "<base href='/en/'><link rel='alternate' type='application/atom+xml; charset=utf-8' href='atom'>",
            [("https://daily.example/en/atom", None)],
        ),
        (
            "<link rel='feed' href='feed://feeds.example/x' title=' A  feed '>",
            [("http://feeds.example/x", "A feed")],
        ),
        ("<link rel='alternate' hreflang='de' href='/de'><link rel='stylesheet' href='/feed.css'>", []),
        ("<link rel='alternate' type='application/json' href='/wp-json/wp/v2/posts/1'>", []),
        (
            "<link rel='alternate' type='application/rss+xml' href='/comments/feed/'>"
            "<link rel='alternate' type='application/rss+xml' href='/feed/'>"
            "<link rel='alternate' type='application/rss+xml' href='/feed/#again'>",
            [("https://daily.example/feed/", None), ("https://daily.example/comments/feed/", None)],
        ),
        (
            "<a href='rss.xml'>All news</a><a href='/feedback'>Feedback</a><a href='/x'>RSS</a>"
            "<a href='mailto:a@b.example'>RSS</a><a href='https://['>feed</a>",
            [("https://daily.example/news/rss.xml", "All news"), ("https://daily.example/x", "RSS")],
        ),
    ],
)
def test_feeds_that_a_page_names_are_found(html: str, found: list[tuple[str, str | None]]) -> None:
    assert named(html) == found


def test_common_addresses_are_below_the_page_and_at_the_root() -> None:
    addresses = [one.url for one in common_feeds("https://daily.example/blog")]
    assert addresses[0] == "https://daily.example/blog/feed"
    assert "https://daily.example/feeds/posts/default" in addresses
    assert len(common_feeds("https://daily.example/")) * 2 == len(addresses)


def test_robots_txt_names_sitemaps_those_of_news_first() -> None:
    robots = b"User-agent: *\nDisallow: /x\nSITEMAP: https://e.org/all.xml\r\nSitemap:/news.xml # daily\n"
    assert named_by_robots(robots, "https://e.org/robots.txt") == [
        Candidate("https://e.org/news.xml", Found.ROBOTS),
        Candidate("https://e.org/all.xml", Found.ROBOTS),
    ]


def searched(web: WebServer, path: str = "/") -> Discovery:
    fetcher = HttpFetcher(PollingSettings(private_addresses=True), None)
    return discover(web.url(path), lambda _: fetcher, lambda _: None)


def test_however_many_links_a_page_has_requests_are_few(web: WebServer) -> None:
    links = "".join(f"<link rel=alternate type=application/rss+xml href=/{n}>" for n in range(500))
    web.serve("/", f"<!doctype html><head>{links}</head>".encode(), content_type="text/html")
    web.serve("/3", rss(item("1", "One")))
    found = searched(web)
    assert [one.url for one in found.feeds] == [web.url("/3")]
    assert found.asked == len(web.requests) == MOST_REQUESTS


def test_a_feed_that_moved_for_good_is_followed_where_it_is_now(web: WebServer) -> None:
    web.serve("/", b"<!doctype html><link rel=alternate type=application/rss+xml href=/old>")
    web.serve("/old", status=301, headers={"Location": "/new"})
    web.serve("/new", rss(item("1", "One")))
    assert [one.url for one in searched(web).feeds] == [web.url("/new")]


def test_a_feed_without_entries_is_offered_last(web: WebServer) -> None:
    links = "".join(
        f"<link rel=alternate type=application/rss+xml href=/{name}>" for name in ("empty", "full")
    )
    web.serve("/", f"<!doctype html>{links}".encode(), content_type="text/html")
    web.serve("/empty", rss())
    web.serve("/full", rss(item("1", "One")))
    assert [one.url for one in searched(web).feeds] == [web.url("/full"), web.url("/empty")]


def test_an_index_of_sitemaps_is_shown_by_its_first_part(web: WebServer) -> None:
    index = f"<sitemapindex><sitemap><loc>{web.url('/news-1.xml')}</loc></sitemap></sitemapindex>"
    web.serve("/index.xml", index.encode())
    web.serve("/news-1.xml", b"<urlset><url><loc>http://e.org/a</loc></url></urlset>")
    (found,) = searched(web, "/index.xml").feeds
    assert (found.url, found.kind) == (web.url("/index.xml"), "sitemap")
    assert [entry.url for entry in found.feed.entries] == ["http://e.org/a"]


def test_pages_that_stand_for_everything_are_no_feeds(web: WebServer) -> None:
    for path in ("/", "/feed", "/rss", "/robots.txt", "/news-sitemap.xml"):
        web.serve(path, b"<!doctype html><title>Not found</title>", content_type="text/html")
    found = searched(web)
    assert (list(found.feeds), found.unreachable) == ([], None)
