"""Turns what `watchdesk try` is given into articles: a page, a text or a feed, from a file or the web.

`sources` fetches; `articles` makes articles of what it gets.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from watchdesk import articles, sources
from watchdesk.articles import Step, Trail
from watchdesk.config.network import Network
from watchdesk.config.settings import Settings
from watchdesk.errors import UnreadableInput, UsageError
from watchdesk.model import Article, Fetched, Source, without_body
from watchdesk.sources import HttpFetcher

_FEED_STARTS = (b"<?xml", b"<rss", b"<feed", b"<rdf", b"{")


@dataclass(frozen=True, slots=True)
class Tried:
    """An article, and what each step of reading did to it."""

    article: Article
    steps: Sequence[Step] = ()


def read_input(
    what: str, settings: Settings, source_id: str | None, now: datetime, *, steps: bool = False
) -> Sequence[Tried]:
    """At least one article, with its `steps` if they are wanted.

    Raises `UsageError` or `UnreadableInput` with what is wrong.
    """
    body, url, content_type = _fetch(what, settings) if _is_url(what) else (*_read(what), None)
    source = _source(settings, source_id, url)
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:5].lower().startswith(_FEED_STARTS):
        feed_articles = _read_as_feed(body, url, content_type, source, now, steps=steps)
        if feed_articles:
            return feed_articles
    trail = Trail(steps)
    if b"<" in body[:4096] and b">" in body[:4096]:
        article = articles.read_page(body, url, source, now, content_type, trail)
    else:
        article = articles.read_text(_decoded(body, what), source, now, trail)
    return [Tried(article, trail.steps)]


def _is_url(what: str) -> bool:
    return what.startswith(("http://", "https://"))


def _fetch(url: str, settings: Settings) -> tuple[bytes, str | None, str | None]:
    # The person at the terminal may ask any address: the guard and robots.txt are for machines.
    polling = replace(settings.polling, private_addresses=True)
    network = Network(settings.proxies, settings.authorities)
    fetcher = HttpFetcher(polling, settings.contact, heed_robots=False, network=network)
    outcome = fetcher.page(url, Source(id="try", url=url))
    if not isinstance(outcome, Fetched):
        raise UsageError(f"{url} could not be read: {without_body(outcome)}")
    return outcome.body, outcome.url, outcome.headers.get("content-type")


def _read(what: str) -> tuple[bytes, None]:
    if what == "-":
        return sys.stdin.buffer.read(), None
    try:
        return Path(what).read_bytes(), None
    except OSError as error:
        hint = "; an address begins with https:// or http://" if "." in what else ""
        raise UsageError(f"{what} cannot be read: {error.strerror}{hint}") from None


def _source(settings: Settings, source_id: str | None, url: str | None) -> Source:
    """The source to read it as: the one named, else one of the same host, else a neutral one."""
    if source_id is not None:
        if source_id not in settings.sources:
            raise UsageError(f"there is no source '{source_id}' in sources.yaml")
        return settings.sources[source_id]
    host = urlsplit(url or "").hostname
    same_host = (s for s in settings.sources.values() if host and urlsplit(s.url).hostname == host)
    return next(same_host, Source(id="try", url=url or ""))


def _read_as_feed(
    body: bytes, url: str | None, content_type: str | None, source: Source, now: datetime, *, steps: bool
) -> Sequence[Tried]:
    """The articles of a feed; empty if it is something else, such as an XHTML page."""
    headers = {"content-type": content_type} if content_type else {}
    try:
        feed = sources.KINDS["feed"](Fetched(body, url or "", headers=headers), source)
    except UnreadableInput:
        return []
    tried = []
    for entry in feed.entries:
        trail = Trail(steps)
        tried.append(Tried(articles.normalise(entry, feed, source, now, trail), trail.steps))
    return tried


def _decoded(body: bytes, what: str) -> str:
    if not body.strip():
        raise UnreadableInput(f"{what} is empty")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", errors="replace")
