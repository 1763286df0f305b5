"""What a feed says of its own pace and of the entries before those it holds."""

from datetime import timedelta
from pathlib import Path

import pytest

from watchdesk.model import ParsedFeed, UpdateHints
from watchdesk.sources.feeds.feed import parse

FILES = Path(__file__).parents[1] / "data" / "feeds"
URL = "https://e.org/feed?x=1"
OLD = UpdateHints(timedelta(minutes=90), frozenset((0, 1)), frozenset((6,)))


def read(body: bytes, url: str = URL) -> ParsedFeed:
    return parse(body, {}, url)


def broken(body: bytes) -> bytes:
    """The same for feedparser's loose reader."""
    return body + b"</x>"


@pytest.mark.parametrize("made", [bytes, broken])
def test_hints_are_read_by_either_reader(made: type[bytes]) -> None:
    assert read(made((FILES / "plain-rss-091.xml").read_bytes())).hints == OLD
    assert read(made((FILES / "plain-rss.xml").read_bytes())).hints.ttl == timedelta(minutes=30)


@pytest.mark.parametrize("made", [bytes, broken])
@pytest.mark.parametrize(
    ("links", "older"),
    [
        ('<atom:link rel="next" href="/feed?page=2"/>', "https://e.org/feed?page=2"),
        ('<atom:link rel="prev-archive" href="https://e.org/2026/01"/>', "https://e.org/2026/01"),
        ('<atom:link rel="next" href="javascript:x"/>', None),
        (f'<atom:link rel="next" href="{URL}"/>', None),
        ('<atom:link rel="self" href="/feed?page=2"/>', None),
        ("<generator>https://wordpress.org/?v=6.7</generator>", "https://e.org/feed?x=1&paged=2"),
        ('<generator uri="https://wordpress.org/">WordPress</generator>', "https://e.org/feed?x=1&paged=2"),
    ],
)
def test_the_document_with_older_entries(made: type[bytes], links: str, older: str | None) -> None:
    body = (
        '<rss xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>T</title>'
        f"{links}<item><title>A</title></item></channel></rss>"
    )
    assert read(made(body.encode())).older == older


@pytest.mark.parametrize(
    ("url", "older"),
    [
        ("https://e.org/feed/?paged=7&cat=3", "https://e.org/feed/?cat=3&paged=8"),
        ("https://e.org/feed/?paged=x", None),
        ("https://e.org/feed/?paged=99999", None),
    ],
)
def test_the_pages_of_wordpress_are_counted_on(url: str, older: str | None) -> None:
    body = (FILES / "plain-rss.xml").read_bytes()
    assert read(body, url).older == older


def test_an_empty_page_of_wordpress_is_the_last() -> None:
    body = b"<rss><channel><title>T</title><generator>https://wordpress.org/</generator></channel></rss>"
    assert read(body).older is None


def test_json_feed_names_its_next_page() -> None:
    assert read(b'{"items": [], "next_url": "/feed/2"}').older == "https://e.org/feed/2"


def test_cdf_is_read() -> None:
    feed = read((FILES / "odd-cdf.xml").read_bytes())
    entry = feed.entries[0]
    assert (feed.title, feed.base_url) == ("Channel", "http://cdf.example/")
    assert (entry.title, entry.url, entry.summary) == ("One", "http://cdf.example/1", "The first")
    assert entry.updated == "2026-02-12T08:00"


def test_a_cdata_section_within_another_costs_no_entry() -> None:
    first, second = read((FILES / "odd-cdata.xml").read_bytes()).entries
    assert "before" in (first.summary or "")
    assert "within" in (first.summary or "")
    assert (second.title, second.url) == ("Two", "http://c.example/2")
