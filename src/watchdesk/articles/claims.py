"""What a page claims about itself: titles, dates, author, address, language, the site's name.

`headlines`, `dates` and `page` decide which claim counts.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from watchdesk.articles.elements import Element, text_of
from watchdesk.articles.linked_data import linked_article
from watchdesk.articles.plain import one_line
from watchdesk.articles.printed_claims import PrintedClaims, distinct

_DATE_META = """
    article:published_time og:published_time article:published datepublished parsely-pub-date sailthru.date
    dc.date.issued dcterms.issued dcterms.created dc.date dcterms.date pubdate publishdate publish-date
    publish_date publication_date cxenseparse:recs:publishtime rnews:datepublished article.published date
    og:article:published_time originalpublicationdate article_date_original
"""
_DATE_NAMES = tuple(_DATE_META.split())
"""Names of `<meta>` that hold the time of publication, the most trusted first."""
_AUTHOR_NAMES = (
    *(
        "author",
        "article:author",
        "parsely-author",
        "dc.creator",
        "byl",
        "sailthru.author",
        "citation_author",
    ),
    *("article.author", "cxenseparse:author", "dcterms.creator", "dcsext.author", "vr:author", "rbauthors"),
    *("article:author_name", "og:article:author", "authors", "content-author", "author_name"),
)
_WRITTEN_BY = re.compile(
    r"(?:written|posted) by|verfasst von|geschrieben von|(?:é|e)crit par|escrito por|scritto da|"
    r"napisane przez|geschreven door|автор|author|autor",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Claims:
    """A page's claims, as written; dates in order of trust."""

    headline: str | None
    og_title: str | None
    h1s: tuple[str, ...]
    title: str | None
    dates: tuple[str, ...]
    """Of publication, in the page's metadata."""
    authors: tuple[str, ...]
    """Texts that may name the author, in order of trust."""
    canonical: str | None
    language: str | None
    site_names: tuple[str, ...]
    description: str | None
    body: str | None
    """The article's text in the page's linked data."""
    printed_dates: tuple[str, ...] = ()
    """As the page prints them for its readers."""
    sections: tuple[str, ...] = ()
    """Sections of the site that hold the article."""
    modified: str | None = None
    """When it was last changed."""


def read_claims(page: Element, linked_data: Sequence[str]) -> Claims:
    """Reads a page's head, its headings, its printed dates, and the texts of its JSON-LD scripts."""
    meta = _meta(page)
    linked = linked_article(linked_data)
    printed = PrintedClaims(page)
    sites = (meta.get("og:site_name"), linked.publisher, meta.get("application-name"))
    title = page.find(".//title")
    return Claims(
        headline=linked.headline,
        og_title=meta.get("og:title") or meta.get("twitter:title"),
        h1s=tuple(text for h1 in islice(page.iter("h1"), 8) if (text := text_of(h1))),
        title=_words(title) if title is not None else None,
        dates=_dates(meta, linked.published),
        printed_dates=printed.dates(),
        authors=_authors(page, meta, linked.author, printed),
        canonical=_canonical(page) or meta.get("og:url"),
        language=linked.language or _attribute(page, "lang"),
        site_names=tuple(one_line(name) for name in sites if name),
        description=meta.get("og:description") or meta.get("description"),
        body=linked.body,
        sections=tuple(distinct((meta.get("article:section"), linked.section))),
        modified=linked.modified or meta.get("article:modified_time") or meta.get("og:updated_time"),
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


def _dates(meta: Mapping[str, str], linked: str | None) -> tuple[str, ...]:
    named = (meta[name] for name in _DATE_NAMES if name in meta)
    return tuple(distinct((linked, *named)))


def _authors(
    page: Element, meta: Mapping[str, str], linked: str | None, printed: PrintedClaims
) -> tuple[str, ...]:
    names: dict[str, list[str]] = {}
    for element in page.iter("meta"):
        name = (_attribute(element, "name") or _attribute(element, "property") or "").lower()
        if name in _AUTHOR_NAMES and (content := _attribute(element, "content")):
            names.setdefault(name, []).append(content)
    claimed = [", ".join(dict.fromkeys(names[name])) for name in _AUTHOR_NAMES if name in names]
    labelled = [
        meta[f"twitter:data{number}"]
        for number in (1, 2)
        if _WRITTEN_BY.match(meta.get(f"twitter:label{number}", "")) and f"twitter:data{number}" in meta
    ]
    return tuple(distinct((linked, *claimed, *labelled, *printed.authors())))


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
