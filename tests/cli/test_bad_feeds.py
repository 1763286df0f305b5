"""What is wrong with a feed is that source's trouble, and nobody else's."""

import pytest

from support.desk import DeskFiles, item, rss
from support.web import WebServer

GOOD = rss(item("1", "NATO agrees a new spending target", "Ministers agreed on defence spending."))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty document"),
        (b"Service temporarily unavailable", "not a feed"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page, not a feed"),
        (b'{"error": "no such feed"}', "not a JSON Feed"),
        (b"\x00\x01\x02\x03", "not a feed"),
    ],
)
def test_what_is_no_feed_is_told_in_sources(desk: DeskFiles, web: WebServer, body: bytes, words: str) -> None:
    web.serve("/bad", body)
    web.serve("/good", GOOD)
    desk.write({"bad": web.url("/bad"), "good": web.url("/good")})
    answered = desk.run("once", "--all", "--json")
    assert answered.status == 1
    bad, good = answered.document["sources"]
    assert bad["outcome"] == "failed"
    assert words in bad["error"]
    assert good["new_articles"] == 1
    assert words in " ".join(desk.run("sources").out.split())


def test_a_feed_that_is_cut_off_gives_what_can_be_read(desk: DeskFiles, web: WebServer) -> None:
    whole = rss(item("1", "First", "One."), item("2", "Second", "Two."), item("3", "Third", "Three."))
    web.serve("/cut", whole[: whole.index(b"Third")])
    desk.write({"cut": web.url("/cut")})
    assert desk.run("once", "--all", "--json").document["articles"] >= 2
    assert "not well-formed" in " ".join(desk.run("sources").out.split())


def test_entries_without_guid_link_or_date_are_articles_and_come_once(
    desk: DeskFiles, web: WebServer
) -> None:
    bare = "<item><title>NATO spending target without an address</title><description>d</description></item>"
    dated = (
        "<item><guid>g1</guid><title>From 1970</title><pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate></item>"
    )
    future = (
        "<item><guid>g2</guid><title>From 2099</title><pubDate>Thu, 01 Jan 2099 00:00:00 GMT</pubDate></item>"
    )
    web.serve("/odd", rss(bare, dated, future), etag=None)
    desk.write({"odd": web.url("/odd")})
    first = desk.run("once", "--all", "--json").document
    assert first["articles"] == 3
    assert [m["article"]["published_at"] for m in first["matches"]] == [None]
    web.serve("/odd", rss(bare, dated, future, title="Another name"), etag=None)
    assert desk.run("once", "--all", "--json").document["articles"] == 0


def test_two_articles_with_the_same_guid_are_both_kept(desk: DeskFiles, web: WebServer) -> None:
    web.serve(
        "/twice",
        rss(item("1", "One story", link="http://e.org/a"), item("1", "Another", link="http://e.org/b")),
    )
    desk.write({"twice": web.url("/twice")})
    assert desk.run("once", "--all", "--json").document["articles"] == 2


def test_a_wrong_encoding_is_read_and_told(desk: DeskFiles, web: WebServer) -> None:
    body = rss(item("1", "Zelenský dankt für die Hilfe", "Kurz.")).decode().encode("latin-1")
    web.serve("/latin", body)
    desk.write({"latin": web.url("/latin")})
    assert desk.run("once", "--all", "--json").document["articles"] == 1
    found = desk.run("search", "zelensky", "--json").document["articles"]
    assert [article["title"] for article in found] == ["Zelenský dankt für die Hilfe"]
