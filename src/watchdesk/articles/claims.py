"""What a page claims about itself: titles, dates, author, address, language, the site's name.

`headlines`, `dates` and `page` decide which claim counts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from watchdesk.articles.elements import Element, classes_of, text_of
from watchdesk.articles.linked_data import linked_article
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


def read_claims(page: Element, linked_data: Sequence[str]) -> Claims:
    """Reads a page's head, its headings, its printed dates, and the texts of its JSON-LD scripts."""
    meta = _meta(page)
    linked = linked_article(linked_data)
    first_author = next((meta[name] for name in _AUTHOR_NAMES if name in meta), None)
    sites = (meta.get("og:site_name"), linked.publisher, meta.get("application-name"))
    title = page.find(".//title")
    return Claims(
        headline=linked.headline,
        og_title=meta.get("og:title") or meta.get("twitter:title"),
        h1s=tuple(text for h1 in islice(page.iter("h1"), 8) if (text := text_of(h1))),
        title=_words(title) if title is not None else None,
        dates=_dates(page, meta, linked.published),
        author=linked.author or first_author or _printed_author(page),
        canonical=_canonical(page) or meta.get("og:url"),
        language=linked.language or _attribute(page, "lang"),
        site_names=tuple(one_line(name) for name in sites if name),
        description=meta.get("og:description") or meta.get("description"),
        body=linked.body,
    )


def _meta(page: Element) -> dict[str, str]:
    """Names in lower case → the first content given."""
    found: dict[str, str] = {}
    for element in page.iter("meta"):
        content = _attribute(element, "content")
        for key in ("property", "name", "itemprop"):
            name = _attribute(element, key)
            if name and content:
                found.setdefault(name.lower(), content)
    return found


def _dates(page: Element, meta: dict[str, str], linked: str | None) -> tuple[str, ...]:
    found = [linked] if linked else []
    found += [meta[name] for name in _DATE_NAMES if name in meta]
    found += [
        value
        for element in page.xpath("(//*[@itemprop='datePublished'])[position() <= 3]")
        if (value := _attribute(element, "datetime") or _attribute(element, "content") or _words(element))
    ]
    times = [
        element
        for element in islice(page.iter("time"), 20)
        if next(element.iterancestors(*_ELSEWHERE), None) is None
    ]
    found += [value for element in times if (value := _attribute(element, "datetime") or _words(element))][:2]
    return (*found, *_printed_stamps(page))


def _printed_stamps(page: Element) -> list[str]:
    """The first line of the page that is only a date."""
    for text in islice(_strings(page), _MOST_STRINGS):
        if len(text) <= _LONGEST_STAMP and is_stamp(line := one_line(text)):
            return [line]
    return []


def _strings(page: Element) -> Iterator[str]:
    """The pieces of text in a page's body that are not blank, stripped."""
    body = page.find("body")
    texts = body.itertext() if body is not None else iter(())
    return (text for piece in texts if (text := piece.strip()))


def _printed_author(page: Element) -> str | None:
    found = next((element for element in page.iter(etree.Element) if _names_author(element)), None)
    return text_of(found) if found is not None else None


def _names_author(element: Element) -> bool:
    if not element.attrib:
        return False
    if "author" in (element.get("rel") or "").split() or element.get("itemprop") == "author":
        return True
    return not _AUTHOR_CLASSES.isdisjoint(classes_of(element))


def _canonical(page: Element) -> str | None:
    for link in page.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            return _attribute(link, "href")
    return None


def _words(element: Element) -> str:
    return one_line("".join(element.itertext()))


def _attribute(element: Element, name: str) -> str | None:
    value: str | None = element.get(name)
    return (value or "").strip() or None
