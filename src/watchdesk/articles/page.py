"""An article's own page (HTML), or a plain text → a clean article.

The page's claims about itself come from `claims`, its text from `main_text`; they are combined here.
"""

from collections.abc import Iterator
from datetime import datetime

from watchdesk.articles import language
from watchdesk.articles import main_text as extraction
from watchdesk.articles.addresses import clean_url, is_home, same_site, site_label, url_key
from watchdesk.articles.bylines import first_byline
from watchdesk.articles.claims import Claims, read_claims
from watchdesk.articles.clutter import remove_structure, without_tail
from watchdesk.articles.dates import best_date, source_zone
from watchdesk.articles.elements import Element, body_of, lines_of, page_tree
from watchdesk.articles.embedded_posts import keep_posts
from watchdesk.articles.headlines import headline
from watchdesk.articles.language import article_language
from watchdesk.articles.lines import Kind, Line, looks_like_heading, sections, text_length
from watchdesk.articles.live_blogs import live_text
from watchdesk.articles.main_text import SHORT, main_text
from watchdesk.articles.markup import MOST_CHARACTERS, parted
from watchdesk.articles.no_article import why_no_article
from watchdesk.articles.normalise import title_from
from watchdesk.articles.opening import Opened, without_opening
from watchdesk.articles.own_selectors import chosen_text, without_removed
from watchdesk.articles.paragraphs import plain_lines
from watchdesk.articles.plain import folded, one_line
from watchdesk.articles.sealing import sealed
from watchdesk.articles.site_lines import without_elsewhere, without_origin
from watchdesk.articles.steps import ABOVE_TEXT, AFTER_TEXT, OWN_SITE, SILENT, TEASERS, Trail, shown_date
from watchdesk.articles.teasers import without_teasers
from watchdesk.encoding.decode import decoded
from watchdesk.errors import UnreadableInput
from watchdesk.model import Article, Source

_LONGEST_REPEATED = 80
"""Characters of a description by which it is found in a text; its end may be cut."""


def prepare(*, pages: bool = True) -> None:
    """Loads models and libraries, so that the first article need not wait; forked processes share them.

    `pages`: also what only articles' own pages need.
    """
    language.prepare()
    if pages:
        extraction.prepare()


def read_page(
    html: bytes,
    url: str | None,
    source: Source,
    now: datetime,
    content_type: str | None = None,
    trail: Trail = SILENT,
) -> Article:
    """The article of a web page from `url` with that Content-Type, first seen `now`.

    `trail`: collects what each step did. Raises `UnreadableInput` for bytes that are not a page of text,
    for a page without words, and for one that says it is no article.
    """
    written = parted(decoded(html, content_type))
    page = page_tree(written)
    claims = read_claims(page, written.linked_data)
    address = _address(claims.canonical, url)
    trail.chose("address", address, (("named by the page", claims.canonical), ("asked for", url)))
    sites = _site_names(claims, source, address or url)
    title = headline(claims, sites)
    trail.chose("title", title, _titles(claims))
    lines, removed = _text_of(page, written.markup, source, claims, title, trail)
    if not title and not lines:
        raise UnreadableInput("there is no text in this page")
    return _article(without_opening(lines, title), title, claims, address, sites, removed, source, now, trail)


def _text_of(
    page: Element, markup: str, source: Source, claims: Claims, title: str, trail: Trail
) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """The lines of the article, and those that were removed as clutter."""
    length = len(markup)
    cut = ("the rest of a page that is too long",) if length > MOST_CHARACTERS else ()
    whole = lines_of(body_of(page)) if trail.recording else ()
    page, unwanted = without_removed(page, markup, source)
    wanted = lines_of(body_of(page)) if trail.recording else ()
    if source.remove:
        trail.less("remove", whole, wanted, "the source's `remove` selects them")
    keep_posts(page)
    removed = (*unwanted, *remove_structure(page))
    framed = lines_of(body_of(page)) if trail.recording else ()
    trail.less(
        "structure", wanted, framed, "navigation, sharing, comments and the like, by element, id or class"
    )
    lines, teasers = without_teasers(chosen_text(page, source))
    if not lines:
        lines, teasers = _found(page, length, title, claims)
    trail.less("text", framed, lines, "they are not part of the article's text")
    trail.removed("teasers", teasers, TEASERS, lines)
    why_not = why_no_article(title, claims.h1s, lines)
    if why_not is not None:
        raise UnreadableInput(why_not)
    found = _fullest(lines, claims)
    if found is not lines:
        trail.chose(
            "fuller text", f"{text_length(found)} characters of the page's linked data or description", ()
        )
    return found, (*teasers, *removed, *cut)


def _found(
    page: Element, length: int, title: str, claims: Claims
) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """A live blog's description, introduction and entries, or the main text; and what was taken out of it."""
    introduction, entries = live_text(page)
    if not entries:
        return main_text(page, length, title, claims.description or "")
    described = one_line(claims.description)
    told = folded(" ".join(line.text for line in introduction))
    is_told = folded(described)[:_LONGEST_REPEATED] in told
    return (*(() if is_told else (Line(described),)), *introduction, *entries), ()


def _titles(claims: Claims) -> Iterator[tuple[str, str | None]]:
    yield "linked data", claims.headline
    yield "og:title", claims.og_title
    yield from (("h1", h1) for h1 in claims.h1s)
    yield "title", claims.title


def read_text(text: str, source: Source, now: datetime, trail: Trail = SILENT) -> Article:
    """The article of a plain text: a date, a headline, headings and paragraphs, as far as it has them.

    Raises `UnreadableInput` for a text without words.
    """
    lines = plain_lines(text[:MOST_CHARACTERS])
    if not any(letter.isalnum() for line in lines for letter in line.text):
        raise UnreadableInput("there is no text in it")
    dated = without_opening(lines, "")
    first = dated.lines[0] if dated.lines else Line("")
    title = first.text if first.kind is Kind.HEADING or looks_like_heading(first.text) else ""
    opened = without_opening(lines, title)
    trail.chose("title", title, (("first line", first.text),))
    return _article(opened, title, _NOTHING_CLAIMED, None, (), (), source, now, trail)


_NOTHING_CLAIMED = Claims(None, None, (), None, (), (), None, None, (), None, None)


def _article(
    opened: Opened,
    title: str,
    claims: Claims,
    address: str | None,
    sites: tuple[str, ...],
    removed: tuple[str, ...],
    source: Source,
    now: datetime,
    trail: Trail = SILENT,
) -> Article:
    trail.removed("opening", opened.removed, ABOVE_TEXT, opened.lines)
    own, elsewhere = without_elsewhere(opened.lines, sites)
    trail.removed("elsewhere", elsewhere, OWN_SITE, own)
    lines, tail = without_tail(own)
    lines, origin = without_origin(lines, title, sites)
    tail = (*origin, *tail)
    trail.removed("end", tail, AFTER_TEXT, lines)
    found = sections(lines)
    author = first_byline((*claims.authors, opened.byline), sites)
    text = " ".join(line.text for line in lines)
    spoken = article_language(title, text, source.language, claims.language)
    printed = (*claims.printed_dates, opened.stamp)
    published = best_date(claims.dates, printed, source_zone(source), now, claims.modified, spoken)
    trail.chose("date", shown_date(published.at, published.known), _dates(claims, opened))
    trail.chose("byline", author, (("claimed", name) for name in (*claims.authors, opened.byline)))
    trail.chose("language", spoken, (("source", source.language), ("named by the page", claims.language)))
    return sealed(
        Article(
            source_id=source.id,
            title=title or title_from(found) or address or source.name,
            sections=found,
            first_seen=now,
            url=address,
            url_key=url_key(address) if address else None,
            byline=author,
            published_at=published.at,
            published_known=published.known,
            language=spoken,
            source_tags=source.tags,
            removed=tuple(dict.fromkeys((*opened.removed, *elsewhere, *tail, *removed))),
        )
    )


def _dates(claims: Claims, opened: Opened) -> Iterator[tuple[str, str | None]]:
    yield from (("metadata", date) for date in claims.dates)
    yield from (("printed", date) for date in (*claims.printed_dates, opened.stamp))
    yield "changed", claims.modified


def _address(canonical: str | None, url: str | None) -> str | None:
    """The canonical address if it is on the same site and not a home page; else the page's own."""
    own = clean_url(url)
    named = clean_url(canonical, own)
    if named and not is_home(named) and (own is None or same_site(named, own)):
        return named
    return own


def _site_names(claims: Claims, source: Source, url: str | None) -> tuple[str, ...]:
    names = (*claims.site_names, source.title, site_label(url) if url else None)
    return tuple(dict.fromkeys(name for name in names if name))


def _fullest(lines: tuple[Line, ...], claims: Claims) -> tuple[Line, ...]:
    """The text found in the page; if it is very short, that of its linked data or description."""
    if text_length(lines) >= SHORT:
        return lines
    linked = plain_lines(claims.body or "")
    if text_length(linked) > text_length(lines):
        return linked
    described = one_line(claims.description)
    return lines or ((Line(described),) if described else ())
