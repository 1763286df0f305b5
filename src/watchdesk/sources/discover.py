"""Finds a site's feeds: requests and reads one candidate after another, the best first.

`candidates` lists where feeds may be; the person who asks chooses which one to follow.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin

from watchdesk.errors import UnreadableInput
from watchdesk.model import Fetched, ParsedFeed, Source, SourceState, without_body
from watchdesk.ports import Fetcher
from watchdesk.sources.candidates import (
    Candidate,
    Found,
    common_feeds,
    common_sitemaps,
    named_by,
    named_by_robots,
)
from watchdesk.sources.feeds.feed import read_feed
from watchdesk.sources.sitemap import read_sitemap
from watchdesk.sources.sitemap_index import looks_like_news

MOST_REQUESTS = 40
_MOST_SITEMAPS = 3
_READERS = {"feed": read_feed, "sitemap": read_sitemap}


@dataclass(frozen=True, slots=True)
class Discovered:
    """A feed or a sitemap that was requested and could be read."""

    url: str
    """The address to follow: where it was found, or where it has permanently moved."""
    kind: str
    """A key of `KINDS`."""
    found: Found
    feed: ParsedFeed
    """For an index of sitemaps, the entries of its first part."""
    title: str | None = None
    of_comments: bool = False


@dataclass(slots=True)
class Discovery:
    """The result of looking for a site's feeds."""

    feeds: Sequence[Discovered] = ()
    """The best first; feeds of comments and feeds without entries last."""
    asked: int = 0
    """Requests made."""
    unreachable: str | None = None
    """Why the given address itself could not be read; None if it could."""


def discover(url: str, fetchers: Callable[[str], Fetcher], on_request: Callable[[str], None]) -> Discovery:
    """The feeds of the site that `url` belongs to, or the feed that is at `url`.

    `fetchers`: which fetcher to use for an address. `on_request` is called with each address before it is
    requested. Common addresses are tried only if the page names no feed of articles, to spare the site.
    """
    search = _Search(fetchers, on_request)
    answer = search.ask(url)
    if not isinstance(answer, Fetched):
        return Discovery(asked=search.asked, unreachable=answer)
    given = search.read(answer, Candidate(url, Found.GIVEN))
    if given:
        return Discovery([given], search.asked)
    search.try_all(named_by(answer.body, answer.url, answer.headers.get("content-type")))
    search.try_all(_robots(search, answer.url))
    if not search.has_articles:
        search.try_all([*common_feeds(answer.url), *common_sitemaps(answer.url)])
    return Discovery(_best_first(search.feeds), search.asked)


@dataclass(slots=True)
class _Search:
    """What has been requested and found so far."""

    fetchers: Callable[[str], Fetcher]
    on_request: Callable[[str], None]
    feeds: list[Discovered] = field(default_factory=list)
    urls: set[str] = field(default_factory=set)
    contents: set[object] = field(default_factory=set)

    @property
    def asked(self) -> int:
        return len(self.urls)

    @property
    def has_articles(self) -> bool:
        """Whether it found a feed that is worth following by itself."""
        return any(one.kind == "feed" and one.feed.entries and not one.of_comments for one in self.feeds)

    def ask(self, url: str) -> Fetched | str:
        """The document, or why there is none."""
        self.urls.add(url)
        self.on_request(url)
        answer = self.fetchers(url).fetch(Source(id="discover", url=url), SourceState("discover"))
        return answer if isinstance(answer, Fetched) else without_body(answer)

    def try_all(self, candidates: Iterable[Candidate]) -> None:
        """Requests those not requested yet, while requests are left, and keeps those with new content."""
        for candidate in candidates:
            if candidate.url in self.urls or self.asked >= MOST_REQUESTS:
                continue
            answer = self.ask(candidate.url)
            found = self.read(answer, candidate) if isinstance(answer, Fetched) else None
            if found and (content := _content(found)) not in self.contents:
                self.contents.add(content)
                self.feeds.append(found)

    def read(self, answer: Fetched, candidate: Candidate) -> Discovered | None:
        """The feed or sitemap in the document; None if it is neither."""
        for kind, reader in _READERS.items():
            try:
                feed = reader(answer, Source(id="discover", url=answer.url))
            except UnreadableInput:
                continue
            if kind == "sitemap" and feed.parts:
                feed = self._first_part(feed)
            url = answer.moved_to or candidate.url
            title = feed.title or candidate.title
            return Discovered(url, kind, candidate.found, feed, title, candidate.of_comments)
        return None

    def _first_part(self, index: ParsedFeed) -> ParsedFeed:
        """The index with the entries of its first part, so that there is something to show."""
        url = next(iter(index.parts))
        answer = self.ask(url) if self.asked < MOST_REQUESTS else None
        if not isinstance(answer, Fetched):
            return index
        try:
            part = read_sitemap(answer, Source(id="discover", url=url))
        except UnreadableInput:
            return index
        return replace(part, parts=index.parts)


def _robots(search: _Search, url: str) -> Iterable[Candidate]:
    """News sitemaps that robots.txt names, directly or through an index; other sitemaps are archives."""
    robots = urljoin(url, "/robots.txt")
    answer = search.ask(robots) if search.asked < MOST_REQUESTS else None
    if not isinstance(answer, Fetched):
        return
    for candidate in named_by_robots(answer.body, answer.url)[:_MOST_SITEMAPS]:
        if looks_like_news(candidate.url):
            yield candidate
        elif candidate.url not in search.urls and search.asked < MOST_REQUESTS:
            yield from _news_in_index(search, candidate)


def _news_in_index(search: _Search, candidate: Candidate) -> Iterable[Candidate]:
    answer = search.ask(candidate.url)
    if not isinstance(answer, Fetched):
        return
    try:
        parts = read_sitemap(answer, Source(id="discover", url=answer.url)).parts
    except UnreadableInput:
        return
    yield from (replace(candidate, url=part) for part in parts if looks_like_news(part))


def _content(one: Discovered) -> object:
    """A value that is equal for documents with the same entries, such as a site's RSS and Atom feeds."""
    links = frozenset(entry.url or entry.guid or entry.title for entry in one.feed.entries)
    return links or one.url


def _best_first(feeds: Iterable[Discovered]) -> Sequence[Discovered]:
    return sorted(feeds, key=lambda one: (one.of_comments, not one.feed.entries, one.kind != "feed"))
