"""`sources add` against a real site on loopback."""

import os
import pty
import subprocess
from pathlib import Path

import pytest

from support.desk import SETTINGS, DeskFiles, environment, item, rss
from support.web import WebServer

HEAD = "# Read.\nsources:\n  # --- Wires ---\n  wire: {feed: 'http://wire.example/rss'}   # the old one\n"
FOOT = "\n# end\n"
ATOM = (
    b"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><title>Daily, Atom</title>"
    b"<entry><id>i</id><title>Atom only</title><link href='http://example.org/atom-only'/>"
    b"<updated>2026-11-20T08:00:00Z</updated></entry></feed>"
)
DAILY = rss(
    item("1", "Older", date="Wed, 18 Nov 2026 08:00:00 GMT"),
    item("2", "Newest &amp; best", date="Fri, 20 Nov 2026 08:00:00 GMT"),
    title="Example Daily: News",
)
NEWS_SITEMAP = (
    b"<urlset xmlns:news='x'><url><loc>http://example.org/s</loc><news:news>"
    b"<news:publication><news:name>Sitemap Daily</news:name></news:publication>"
    b"<news:title>From the sitemap</news:title></news:news></url></urlset>"
)


def page(*links: str, body: str = "") -> bytes:
    head = f"<head><title>T</title>{''.join(links)}</head>"
    return f"<!doctype html><html>{head}<body>{body}</body></html>".encode()


def link(href: str, kind: str = "rss+xml", title: str = "") -> str:
    return f"<link rel='alternate' type='application/{kind}' href='{href}' title='{title}'>"


@pytest.fixture
def desk(desk: DeskFiles) -> DeskFiles:
    desk.write({})
    (desk.config / "sources.yaml").write_text(HEAD + FOOT)
    return desk


def listed(desk: DeskFiles) -> str:
    """What stands between what was there; it is an error when anything else changed."""
    text = (desk.config / "sources.yaml").read_text()
    assert text.startswith(HEAD)
    assert text.endswith(FOOT)
    return text[len(HEAD) : len(text) - len(FOOT)]


def test_the_feed_that_a_page_names_is_written_and_all_else_stays(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/news/", page(link("/rss")), content_type="text/html")
    web.serve("/rss", DAILY)
    answered = desk.run("sources", "add", web.url("/news/"), "--tag", "press", "--tag", "eu")
    assert answered.status == 0, answered.err
    assert listed(desk) == (
        f"  example-daily-news:\n    feed: {web.url('/rss')}\n"
        f"    title: 'Example Daily: News'\n    tags: [press, eu]\n"
    )
    assert "Example Daily: News: feed, 2 entries, newest" in answered.out
    assert "(named by the page)" in answered.out
    assert answered.out.index("- Newest & best") < answered.out.index("- Older")
    assert "example-daily-news was added to" in answered.out
    assert "a running service notices it by itself" in answered.out
    assert desk.run("check").status == 0
    assert [source["id"] for source in desk.run("sources", "--json").document["sources"]] == [
        "wire",
        "example-daily-news",
    ]


def test_all_that_is_found_is_shown_comments_last_and_copies_folded(desk: DeskFiles, web: WebServer) -> None:
    same = DAILY.replace(b"Daily: News", b"the same, again")
    web.serve(
        "/",
        page(
            link("/comments/feed", title="Comments"),
            link("/rss"),
            link("/copy"),
            link("/atom", "atom+xml"),
            link("/json", "feed+json"),
            link("/gone"),
            body="<a href='/topics/rss.xml'>RSS</a><a href='/about'>About</a>",
        ),
        content_type="text/html",
    )
    web.serve("/comments/feed", rss(item("c", "Re: Older"), title="Comments"))
    web.serve("/rss", DAILY)
    web.serve("/copy", same)
    web.serve("/atom", ATOM, content_type="application/atom+xml")
    web.serve("/json", b'{"title": "J", "items": [{"id": "j", "url": "http://e.org/j", "title": "Of JSON"}]}')
    web.serve("/topics/rss.xml", rss(item("t", "A topic"), title="Topics"))
    web.serve("/robots.txt", f"User-agent: *\nSitemap: {web.url('/sitemap.xml')}\n".encode())
    index = f"<sitemapindex><sitemap><loc>{web.url('/news-1.xml')}</loc></sitemap></sitemapindex>"
    web.serve("/sitemap.xml", index.encode())
    web.serve("/news-1.xml", NEWS_SITEMAP)
    answered = desk.run("sources", "add", web.url("/"), "--json", "--pick", "2")
    assert answered.status == 0, answered.err
    document = answered.document
    assert [(one["number"], one["kind"], one["url"], one["found"]) for one in document["found"]] == [
        (1, "feed", web.url("/rss"), "named by the page"),
        (2, "feed", web.url("/atom"), "named by the page"),
        (3, "feed", web.url("/json"), "named by the page"),
        (4, "feed", web.url("/topics/rss.xml"), "linked from the page"),
        (5, "sitemap", web.url("/news-1.xml"), "named by robots.txt"),
        (6, "feed", web.url("/comments/feed"), "named by the page"),
    ]
    assert document["found"][0]["titles"] == ["Newest & best", "Older"]
    assert document["found"][0]["newest"] == "2026-11-20T08:00:00Z"
    assert document["written"] == {
        "id": "daily-atom",
        "kind": "feed",
        "url": web.url("/atom"),
        "file": str(desk.config / "sources.yaml"),
    }
    assert "/feed" not in [request.path for request in web.requests]


def test_common_addresses_are_tried_where_the_page_names_none(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/blog", page(), content_type="text/html")
    web.serve("/blog/feed", DAILY)
    answered = desk.run("sources", "add", web.url("/blog"), "--id", "daily")
    assert answered.status == 0, answered.err
    assert f"  daily:\n    feed: {web.url('/blog/feed')}\n" in listed(desk)
    assert "(at a common address)" in answered.out
    paths = [request.path for request in web.requests]
    assert len(paths) == len(set(paths)) <= 40


def test_a_news_sitemap_is_written_as_one_and_polled(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/", page(), content_type="text/html")
    web.serve("/sitemap-news.xml", NEWS_SITEMAP)
    assert desk.run("sources", "add", web.url("/")).status == 0
    assert listed(desk) == (
        f"  sitemap-daily:\n    sitemap: {web.url('/sitemap-news.xml')}\n    title: Sitemap Daily\n"
    )


def test_the_address_of_a_feed_is_taken_as_it_is(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/rss", DAILY)
    assert desk.run("sources", "add", web.url("/rss")).status == 0
    assert [request.path for request in web.requests] == ["/rss"]


def test_what_is_followed_already_is_said_and_nothing_is_written(desk: DeskFiles, web: WebServer) -> None:
    answered = desk.run("sources", "add", "https://wire.example/rss/")
    assert (answered.status, listed(desk)) == (0, "")
    assert answered.out == "the source 'wire' follows it already; nothing was written\n"
    web.serve("/", page(link("/rss")), content_type="text/html")
    web.serve("/rss", DAILY)
    assert desk.run("sources", "add", web.url("/"), "--id", "one").status == 0
    before = listed(desk)
    again = desk.run("sources", "add", web.url("/"), "--id", "two", "--json").document
    assert (again["followed_by"], again["written"], listed(desk)) == ("one", None, before)


@pytest.mark.parametrize("arguments", [(), ("--json",)], ids=["text", "json"])
def test_a_site_without_feeds_is_said_to_have_none(
    desk: DeskFiles, web: WebServer, arguments: tuple[str, ...]
) -> None:
    web.serve("/", page(), content_type="text/html")
    answered = desk.run("sources", "add", web.url("/"), *arguments)
    assert (answered.status, listed(desk)) == (1, "")
    assert "no feed or news sitemap was found" in answered.err
    if arguments:
        assert answered.document["found"] == []
        assert answered.document["error"] in answered.err


def test_a_site_without_encryption_that_was_typed_without_its_scheme_is_told_how_to_ask_it(
    desk: DeskFiles, web: WebServer
) -> None:
    plain = web.url("/feed")
    answered = desk.run("sources", "add", plain.removeprefix("http://"))
    assert answered.status == 1
    assert f"if the site has no encryption: {plain}" in answered.err


def test_a_site_that_cannot_be_read_is_told_with_the_reason(desk: DeskFiles, web: WebServer) -> None:
    answered = desk.run("sources", "add", web.url("/nothing"))
    assert answered.status == 1
    assert "could not be read: there is nothing at this address" in answered.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ftp://example.org/",), "is not a web address"),
        (("https://example.org/", "--id", "No Name"), "cannot be a name"),
        (("https://example.org/", "--id", "wire"), "a source 'wire' already"),
        (("https://example.org/", "--tag", " "), "--tag needs a word"),
        (("https://example.org/", "--pick", "0"), "--pick"),
    ],
)
def test_what_cannot_be_done_is_a_mistake_of_use(
    desk: DeskFiles, arguments: tuple[str, ...], words: str
) -> None:
    answered = desk.run("sources", "add", *arguments)
    assert (answered.status, listed(desk)) == (2, "")
    assert words in answered.err


def test_a_number_that_is_not_there_is_a_mistake_of_use(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/rss", DAILY)
    answered = desk.run("sources", "add", web.url("/rss"), "--pick", "2")
    assert (answered.status, listed(desk)) == (2, "")
    assert "--pick 2: there are only 1; nothing was written" in answered.err


def test_a_private_address_is_read_when_typed_and_warned_of_when_it_will_not_be_polled(
    desk: DeskFiles, web: WebServer
) -> None:
    (desk.config / "watchdesk.yaml").write_text(SETTINGS.replace("private_addresses: allow, ", ""))
    web.serve("/", page(link("/rss"), link("http://127.0.0.2:1/rss")), content_type="text/html")
    web.serve("/rss", DAILY)
    answered = desk.run("sources", "add", web.url("/"))
    assert answered.status == 0, answered.err
    assert web.url("/rss") in listed(desk)
    assert "warning: 127.0.0.1 is in a private network" in answered.err
    assert "polling.private_addresses" in answered.err


def test_a_file_with_a_mistake_is_told_and_left(desk: DeskFiles, web: WebServer) -> None:
    text = "sources:\n  a: {feed: https://a.example/, evry: 1h}\n"
    (desk.config / "sources.yaml").write_text(text)
    answered = desk.run("sources", "add", web.url("/rss"))
    assert answered.status == 2
    assert "did you mean 'every'?" in answered.err
    assert (desk.config / "sources.yaml").read_text() == text
    assert web.requests == []


def test_titles_cannot_write_to_the_terminal_or_into_the_file(desk: DeskFiles, web: WebServer) -> None:
    evil = "Evil\u202e \u009b31m&#x0a;  other: {feed: http://e.org/} # [bold]"
    web.serve("/rss", rss(item("1", "[red]\u009b31mx"), title=evil))
    answered = desk.run("sources", "add", web.url("/rss"))
    assert answered.status == 0, answered.err
    assert "\u009b" not in answered.out
    assert "[bold]" in answered.out
    assert desk.run("sources", "--json").document["sources"][1]["url"] == web.url("/rss")
    assert len(desk.run("sources", "--json").document["sources"]) == 2


@pytest.mark.parametrize(("typed", "written"), [("2\n", "/atom"), ("\n", "/rss"), ("0\n", "")])
def test_on_a_terminal_the_person_is_asked(desk: DeskFiles, web: WebServer, typed: str, written: str) -> None:
    web.serve("/", page(link("/rss"), link("/atom", "atom+xml")), content_type="text/html")
    web.serve("/rss", DAILY)
    web.serve("/atom", ATOM)
    person, terminal = pty.openpty()
    command = desk.command("sources", "add", web.url("/"))
    asked = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment())
    os.close(terminal)
    os.write(person, typed.encode())
    said = b""
    try:
        while piece := os.read(person, 4096):
            said += piece
    except OSError:  # how a terminal whose other side has gone says so
        pass
    os.close(person)
    assert asked.wait(30) == 0
    assert b"Which one?" in said
    assert listed(desk).count("feed: ") == (1 if written else 0)
    assert web.url(written) in listed(desk) or not written
    assert Path(desk.config / "sources.yaml").exists()
