"""Reading pages beside trafilatura, and feeds beside feedparser."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import feedparser
from matching.newswire import newswire
from polling.prose import SHOWN, ProseFeed
from reading.pages import pages
from trafilatura import extract

from short.turns import Pair
from watchdesk.articles import prepare, read_page
from watchdesk.model import Source
from watchdesk.sources.feeds.feed import parse

_NOW = datetime(2026, 11, 29, tzinfo=UTC)
_SOURCE = Source("pier", "https://pier.example/feed")
_HEADERS = {"content-type": "application/rss+xml; charset=utf-8"}


def pairs() -> Iterator[Pair]:
    """How well pages are read, articles.py measures, and a test holds."""
    logging.disable(logging.CRITICAL)
    prepare()
    every = [page.html for page in pages()][::6]
    yield Pair(
        "a page, trafilatura with its defaults",
        0.5,
        lambda: [read_page(html, None, _SOURCE, _NOW) for html in every],
        lambda: [extract(html, include_comments=False) for html in every],
    )
    feed = ProseFeed(0, newswire(SHOWN, 1), _NOW).document(0)
    yield Pair(
        "a feed of 20 entries, feedparser",
        6.5,
        lambda: [parse(document, _HEADERS, _SOURCE.url) for document in [feed] * 5],
        lambda: feedparser.parse(feed),
        1 / 5,
    )
