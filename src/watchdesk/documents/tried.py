"""An article that is tried: a page, a text or a feed, given as bytes or by its address."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from watchdesk import articles, sources
from watchdesk.articles import Step, Trail
from watchdesk.config.network import Network
from watchdesk.config.settings import Settings
from watchdesk.errors import UnreadableInput, UsageError
from watchdesk.model import Article, Fetched, Source, without_body
from watchdesk.sources import HttpFetcher

_INSTEAD = (
    "what is given to this page is never asked there, whatever polling.private_addresses allows to sources; "
    "give the text of the page instead, or try the address by `watchdesk try` on the desk's machine"
)
_FEED_STARTS = (b"<?xml", b"<rss", b"<feed", b"<rdf", b"{")


@dataclass(frozen=True, slots=True)
class Tried:
    """An article, and what each step of reading did to it."""

    article: Article
    steps: Sequence[Step] = ()


@dataclass(frozen=True, slots=True)
class Input:
    """What is to be read."""

    body: bytes
    name: str
    """What messages call it."""
    url: str | None = None
    content_type: str | None = None


def fetched(url: str, settings: Settings, *, by_hand: bool) -> Input:
    """The page. Raises `UsageError` where it cannot be read.

    `by_hand`: a person at the terminal asks, who may ask any address: the guard and robots.txt are for
    machines, such as a page that others may be made to send a request from.
    """
    polling = replace(settings.polling, private_addresses=by_hand)
    network = Network(settings.proxies, settings.authorities)
    advice = None if by_hand else _INSTEAD
    fetcher = HttpFetcher(polling, settings.contact, heed_robots=not by_hand, network=network, advice=advice)
    outcome = fetcher.page(url, Source(id="try", url=url))
    if not isinstance(outcome, Fetched):
        raise UsageError(f"{url} could not be read: {without_body(outcome)}")
    return Input(outcome.body, url, outcome.url, outcome.headers.get("content-type"))


def source_of(settings: Settings, source_id: str | None, url: str | None) -> Source:
    """The source to read it as: the one named, else one of the same host, else a neutral one.

    Raises `UsageError` for one that there is not.
    """
    if source_id is not None:
        if source_id not in settings.sources:
            raise UsageError(f"there is no source '{source_id}' in sources.yaml")
        return settings.sources[source_id]
    host = urlsplit(url or "").hostname
    same_host = (s for s in settings.sources.values() if host and urlsplit(s.url).hostname == host)
    return next(same_host, Source(id="try", url=url or ""))


def read_tried(given: Input, source: Source, now: datetime, *, steps: bool = False) -> Sequence[Tried]:
    """At least one article, with its `steps` if they are wanted. Raises `UnreadableInput`."""
    body = given.body
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:5].lower().startswith(_FEED_STARTS):
        feed_articles = _read_as_feed(given, source, now, steps=steps)
        if feed_articles:
            return feed_articles
    trail = Trail(steps)
    if b"<" in body[:4096] and b">" in body[:4096]:
        article = articles.read_page(body, given.url, source, now, given.content_type, trail)
    else:
        article = articles.read_text(_decoded(given), source, now, trail)
    return [Tried(article, trail.steps)]


def _read_as_feed(given: Input, source: Source, now: datetime, *, steps: bool) -> Sequence[Tried]:
    """The articles of a feed; empty if it is something else, such as an XHTML page."""
    headers = {"content-type": given.content_type} if given.content_type else {}
    try:
        feed = sources.KINDS["feed"](Fetched(given.body, given.url or "", headers=headers), source)
    except UnreadableInput:
        return []
    tried = []
    for entry in feed.entries:
        trail = Trail(steps)
        tried.append(Tried(articles.normalise(entry, feed, source, now, trail), trail.steps))
    return tried


def _decoded(given: Input) -> str:
    if not given.body.strip():
        raise UnreadableInput(f"{given.name} is empty")
    try:
        return given.body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return given.body.decode("cp1252", errors="replace")
