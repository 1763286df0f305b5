"""Where a site's feeds may be: named by a page, named by robots.txt, or at a common address. Pure.

`discover` requests them to see whether anything is there.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from urllib.parse import urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from watchdesk.articles.html_tree import html_tree
from watchdesk.encoding.decode import decoded
from watchdesk.errors import UnreadableInput
from watchdesk.sources.sitemap_index import looks_like_news
from watchdesk.sources.web.locations import is_web_address

MOST_ANCHORS = 10
_MOST_STRINGS = 20
"""How many pieces of a link's text are read; its name is among the first."""

_FEED_TYPES = re.compile(r"application/(?:rss|atom|rdf|feed)\+(?:xml|json)|application/json|text/xml", re.I)
_FEED_PATH = re.compile(
    r"(?:^|[/._-])(?:rss|atom|feeds?|rdf)(?:$|[/._?=-])|\.(?:rss|atom|rdf)$|format=(?:rss|atom|feed)", re.I
)
_COMMENTS = re.compile(
    r"(?<![a-z])(?:comments?|kommentare?|commentaires?|comentarios|replies)(?![a-z])", re.I
)
_SITEMAP_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.I | re.M)
_COMMON = (
    "feed",
    "rss",
    "rss.xml",
    "atom.xml",
    "feed.xml",
    "index.xml",
    "feeds/posts/default",
    "feed.json",
    "rss/news.xml",
    "index.rdf",
)
_COMMON_SITEMAPS = ("news-sitemap.xml", "sitemap-news.xml", "sitemap_news.xml")


class Found(StrEnum):
    """How an address was found; the surest first."""

    GIVEN = "given"
    """The address that the person gave."""
    NAMED = "named by the page"
    """By a link of its head (RSS autodiscovery, rssboard.org)."""
    LINKED = "linked from the page"
    """By a link that looks like one to a feed."""
    ROBOTS = "named by robots.txt"
    """By a Sitemap line (sitemaps.org protocol)."""
    COMMON = "at a common address"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address where a feed or a news sitemap may be."""

    url: str
    found: Found
    title: str | None = None

    @property
    def of_comments(self) -> bool:
        """Whether it looks like a feed of readers' comments."""
        words = f"{urlsplit(self.url).path} {urlsplit(self.url).query} {self.title or ''}"
        return bool(_COMMENTS.search(words))


def named_by(body: bytes, url: str, content_type: str | None) -> Sequence[Candidate]:
    """The feeds that a page from `url` names in its head, in order, then those its body links to.

    Feeds of comments come last. Empty if the document is not a page.
    """
    try:
        page = html_tree(decoded(body, content_type))
    except UnreadableInput:
        return ()
    base_tag = page.find("base", href=True)
    base = _absolute(url, _text(base_tag, "href")) or url if isinstance(base_tag, Tag) else url
    found = [*_alternates(page, base), *_anchors(page, base)]
    return sorted(_each_once(found), key=lambda candidate: candidate.of_comments)


def common_feeds(url: str) -> Sequence[Candidate]:
    """Where publishing systems put feeds: below the page's own path, then at the site's root."""
    path = urlsplit(url).path
    folders = [path if path.endswith("/") else f"{path}/", "/"]
    addresses = [urljoin(url, f"{folder}{name}") for folder in dict.fromkeys(folders) for name in _COMMON]
    return _each_once(Candidate(address, Found.COMMON) for address in addresses)


def common_sitemaps(url: str) -> Sequence[Candidate]:
    """Where news sitemaps commonly are."""
    return [Candidate(urljoin(url, f"/{name}"), Found.COMMON) for name in _COMMON_SITEMAPS]


def named_by_robots(body: bytes, url: str) -> Sequence[Candidate]:
    """The sitemaps that robots.txt names, those that look like news first."""
    lines = _SITEMAP_LINE.findall(body.decode("utf-8", errors="replace"))
    addresses = [address for line in lines if (address := _absolute(url, line))]
    found = [Candidate(address, Found.ROBOTS) for address in addresses]
    return sorted(_each_once(found), key=lambda candidate: not looks_like_news(candidate.url))


def _alternates(page: BeautifulSoup, base: str) -> Iterator[Candidate]:
    for link in page.find_all("link", href=True):
        relations = link.get("rel") or ()
        names = {str(name).lower() for name in ([relations] if isinstance(relations, str) else relations)}
        if "alternate" not in names and "feed" not in names:
            continue
        kind = (_text(link, "type") or "").partition(";")[0].strip()
        url = _absolute(base, _text(link, "href"))
        if url and (_FEED_TYPES.fullmatch(kind) or "feed" in names) and not _is_wordpress_api(url):
            yield Candidate(url, Found.NAMED, _text(link, "title"))


def _anchors(page: BeautifulSoup, base: str) -> Iterator[Candidate]:
    count = 0
    for anchor in page.find_all("a", href=True):
        url = _absolute(base, _text(anchor, "href"))
        if url is None:
            continue
        parts = urlsplit(url)
        words = " ".join(" ".join(islice(anchor.strings, _MOST_STRINGS)).split())
        if _FEED_PATH.search(f"{parts.path}?{parts.query}") or words.upper() in ("RSS", "ATOM", "RSS FEED"):
            count += 1
            yield Candidate(url, Found.LINKED, words or _text(anchor, "title"))
        if count == MOST_ANCHORS:
            break


def _is_wordpress_api(url: str) -> bool:
    """WordPress pages name their JSON and their embed as alternates; neither is a feed."""
    return "/wp-json/" in url or url.endswith("/wp-json")


def _each_once(found: Sequence[Candidate] | Iterator[Candidate]) -> list[Candidate]:
    first: dict[str, Candidate] = {}
    for candidate in found:
        first.setdefault(candidate.url, candidate)
    return list(first.values())


def _absolute(base: str, href: str | None) -> str | None:
    """A web address without its fragment; `feed:`, a scheme that feed readers made up, becomes `http:`."""
    if not href:
        return None
    written = re.sub(
        r"^feed:(?=https?:)|^feed(?=://)", lambda found: "http" if found[0] == "feed" else "", href
    )
    try:
        url = urldefrag(urljoin(base, written.strip())).url
    except ValueError:
        return None
    return url if is_web_address(url) else None


def _text(tag: Tag, name: str) -> str | None:
    value = tag.get(name)
    return " ".join(value.split()) or None if isinstance(value, str) else None
