"""What a page claims about itself: titles, dates, author, address, language, the site's name.

Which claim counts is decided in `headlines`, `dates` and `page`.
"""

from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from watchdesk.articles.linked_data import linked_article
from watchdesk.articles.markup import text_of
from watchdesk.articles.plain import one_line
from watchdesk.articles.written_dates import is_stamp

_DATE_META = """
    article:published_time og:published_time article:published datepublished parsely-pub-date sailthru.date
    dc.date.issued dcterms.issued dcterms.created dc.date dcterms.date pubdate publishdate publish-date
    publish_date publication_date cxenseparse:recs:publishtime rnews:datepublished article.published date
    og:article:published_time originalpublicationdate article_date_original
"""
_DATE_NAMES = tuple(_DATE_META.split())
"""Names of `<meta>` that hold the time of publication, the most trusted first."""
_AUTHOR_NAMES = ("author", "article:author", "parsely-author", "dc.creator", "byl", "sailthru.author")
_AUTHOR_CLASSES = frozenset(("author-name", "byline", "entry-author", "article-author"))
_ELSEWHERE = ("nav", "aside", "footer")
_MOST_STRINGS = 400
_LONGEST_STAMP = 80


@dataclass(frozen=True, slots=True)
class Claims:
    """A page's claims, as written; dates in order of trust."""

    headline: str | None
    og_title: str | None
    h1s: tuple[str, ...]
    title: str | None
    dates: tuple[str, ...]
    author: str | None
    canonical: str | None
    language: str | None
    site_names: tuple[str, ...]
    description: str | None
    body: str | None
    """The article's text in the page's linked data."""


def read_claims(page: BeautifulSoup) -> Claims:
    """Reads a page's head, its linked data, its headings and its printed dates."""
    meta = _meta(page)
    linked = linked_article(page)
    first_author = next((meta[name] for name in _AUTHOR_NAMES if name in meta), None)
    sites = (meta.get("og:site_name"), linked.publisher, meta.get("application-name"))
    html = page.find("html")
    return Claims(
        headline=linked.headline,
        og_title=meta.get("og:title") or meta.get("twitter:title"),
        h1s=tuple(text for h1 in page.find_all("h1", limit=8) if (text := text_of(h1))),
        title=one_line(page.title.get_text()) if page.title else None,
        dates=_dates(page, meta, linked.published),
        author=linked.author or first_author or _printed_author(page),
        canonical=_canonical(page) or meta.get("og:url"),
        language=linked.language or (_attribute(html, "lang") if isinstance(html, Tag) else None),
        site_names=tuple(one_line(name) for name in sites if name),
        description=meta.get("og:description") or meta.get("description"),
        body=linked.body,
    )


def _meta(page: BeautifulSoup) -> dict[str, str]:
    """Names in lower case → the first content given."""
    found: dict[str, str] = {}
    for tag in page.find_all("meta"):
        content = _attribute(tag, "content")
        for key in ("property", "name", "itemprop"):
            name = _attribute(tag, key)
            if name and content:
                found.setdefault(name.lower(), content)
    return found


def _dates(page: BeautifulSoup, meta: dict[str, str], linked: str | None) -> tuple[str, ...]:
    found = [linked] if linked else []
    found += [meta[name] for name in _DATE_NAMES if name in meta]
    found += [
        value
        for tag in page.find_all(itemprop="datePublished", limit=3)
        if (value := _attribute(tag, "datetime") or _attribute(tag, "content") or one_line(tag.get_text()))
    ]
    times = [tag for tag in page.find_all("time", limit=20) if not tag.find_parent(_ELSEWHERE)]
    found += [value for tag in times if (value := _attribute(tag, "datetime") or one_line(tag.get_text()))][
        :2
    ]
    return (*found, *_printed_stamps(page))


def _printed_stamps(page: BeautifulSoup) -> list[str]:
    """The first line of the page that is only a date."""
    body = page.body
    strings = body.stripped_strings if body else iter(())
    for _, text in zip(range(_MOST_STRINGS), strings, strict=False):
        if len(text) <= _LONGEST_STAMP and is_stamp(line := one_line(text)):
            return [line]
    return []


def _printed_author(page: BeautifulSoup) -> str | None:
    tag = page.find(_names_author)
    return text_of(tag) if isinstance(tag, Tag) else None


def _names_author(tag: Tag) -> bool:
    if "author" in (tag.get("rel") or ()) or tag.get("itemprop") == "author":
        return True
    return not _AUTHOR_CLASSES.isdisjoint(tag.get("class") or ())


def _canonical(page: BeautifulSoup) -> str | None:
    link = page.find("link", rel="canonical")
    return _attribute(link, "href") if isinstance(link, Tag) else None


def _attribute(tag: Tag, name: str) -> str | None:
    value = tag.get(name)
    return value.strip() or None if isinstance(value, str) else None
