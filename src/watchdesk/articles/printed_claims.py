"""Where a page prints its author and its date: near the headline, and not in a ticker, an embed or a teaser.

`claims` puts them after what the page says in its metadata.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import islice

from lxml import etree

from watchdesk.articles.elements import Element, text_of
from watchdesk.articles.plain import one_line
from watchdesk.articles.written_dates import is_stamp

_ELSEWHERE_TAGS = frozenset(("nav", "aside", "footer", "blockquote", "form", "dialog", "template"))
_ELSEWHERE = re.compile(
    r"(?:^|[\s_-])(?:ticker|sidebar|related|recommend\w*|teasers?|comment\w*|respond|widgets?|embed\w*|"
    r"tweets?|twitter|"
    r"instagram|popular|latest|trending|newsletter|nav|menu|footer|promo|read-?(?:more|next|also)|carousel|"
    r"swiper|"
    r"slider|most-?read|cookie\w*|gallery|breaking)(?:[\s_-]|$)",
    re.IGNORECASE,
)
_CHANGED = re.compile(r"updated?|modifi|lastmod|aktualis|geändert|mis-a-jour|maj\b", re.IGNORECASE)
_PUBLISHED = re.compile(r"publi|posted|created|erschienen", re.IGNORECASE)
_AUTHOR = re.compile(
    r"(?:^|[\s_:-])(?:authors?|byline|by-?line|autor(?:en|es)?|auteurs?|autore|writers?|vcard|contributors?|"
    r"author-?name|c-byline|p-author|verfasser|redakteur)(?:[\s_-]?(?:name|link|names))?(?:[\s_-]|$)",
    re.IGNORECASE,
)
_NOT_AUTHOR = re.compile(
    r"bio|avatar|image|img|photo|social|follow|box-title|about|comment|role|job", re.IGNORECASE
)
_DATE = re.compile(
    r"(?:^|[\s_-])(?:\w*date|datum|datetime|fecha|timestamp|\w*time|published\w*|posted\w*|publish\w*|"
    r"pubdate|"
    r"(?:entry|post|article|story|content|news)-?(?:meta|info)|dateline|byline|meta)(?:[\s_-]|$)",
    re.IGNORECASE,
)
_MAY_MARK = re.compile(
    "auth|autor|auteur|writer|vcard|contrib|verfass|redakt|line|dat|time|publi|posted|meta|info|fecha|modif|aktual"
)
"""In small letters: then, and without a choice of case, `re` skips what begins none of them."""
_DIGIT = re.compile(r"\d")
_BY = re.compile(
    r"(?:(?:written|posted|reported|story|words|(?:ein )?(?:artikel|bericht|beitrag|text|interview)|"
    r"geschrieben|"
    r"verfasst|écrit|escrito|scritto|napisał\w*)?\s*(?:by|von|par|por|di)|автор|текст|autor(?:in|en)?|"
    r"authors?|auteure?s?|"
    r"autore|text|texte)\s*:?",
    re.IGNORECASE,
)
_BY_NAME = re.compile(
    r"(?:(?:[Ww]ritten|WRITTEN|[Pp]osted|(?:Ein )?(?:Artikel|Bericht|Beitrag|Text|Interview)|Story|Words|"
    r"Écrit|Escrito)\s+)?"
    r"(?:By|BY|by|Von|VON|von|Par|par|Por|por|Автор|Текст|Autor(?:in|en)?|Authors?|Auteure?|Autore|"
    r"Text)\s*:?\s+"
    r"(?-i:[^\W\d_a-zа-я][\w.'’-]*\s+)(?:[^\W\d_][\w.'’-]*\s+){0,3}[^\W\d_a-zа-я][\w.'’-]*(?:\s*\|.{0,60})?$"
)
_OWN_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:meta|byline|authors?|info|publish\w*|header)(?:[\s_-]|$)", re.IGNORECASE
)
"""An `aside` of that name holds what the page says of the article beside it."""
_NEAR_HEADLINE = 60
"""Pieces of text."""
_LONGEST_BYLINE = 80
_MOST_ELEMENTS = 20_000
_MOST = 60
_MOST_STRINGS = 400
_LONGEST_DATE = 120
_LONGEST_AUTHOR = 250
_MOST_WITHIN = 60
"""Elements within a byline."""
_LEVELS = 3
"""How far above the headline its block may begin."""


class _Place(IntEnum):
    """Where an element stands, the most trusted first."""

    WITH_HEADLINE = 0
    AFTER_HEADLINE = 1
    BEFORE_HEADLINE = 2
    ELSEWHERE = 3


class PrintedClaims:
    """What a page prints about itself."""

    def __init__(self, page: Element) -> None:
        self._body = page if (body := page.find("body")) is None else body
        self._headline = next(self._body.iter("h1"), None)
        self._block = _block_of(self._headline)
        self._authors: list[tuple[_Place, int, Element]] = []
        self._times: list[tuple[_Place, bool, bool, int, Element]] = []
        self._dates: list[tuple[_Place, bool, int, Element]] = []
        self._strings = list(islice(self._texts(), _MOST_STRINGS + _NEAR_HEADLINE))
        self._collect()

    def authors(self) -> Iterator[str]:
        """Texts that may name an author, the most trusted first; those side by side are one."""
        used: set[Element] = set()
        for place, _, element in sorted(self._authors, key=lambda one: one[:2]):
            if element in used or place is _Place.ELSEWHERE:
                continue
            beside = [other for _, _, other in self._authors if other.getparent() is element.getparent()]
            beside = beside if element.tag == "a" or element.get("itemprop") else [element]
            used.update(beside)
            names = dict.fromkeys(name for one in beside if _is_small(one) and (name := text_of(one)))
            if text := ", ".join(names):
                yield text[:_LONGEST_AUTHOR]
        if line := self._after_by():
            yield line

    def dates(self) -> tuple[str, ...]:
        """Texts that may be the date of publication, the most trusted first; those of changes come last."""
        times = [
            one for one in sorted(self._times, key=lambda one: one[:4]) if one[0] is not _Place.ELSEWHERE
        ]
        of_times = [(changed, element) for _, changed, _, _, element in times]
        of_classes = [
            (changed, element)
            for place, changed, _, element in sorted(self._dates, key=lambda one: one[:3])
            if place in (_Place.WITH_HEADLINE, _Place.AFTER_HEADLINE)
        ]
        stamp = self._stamp()
        found = [(changed, text) for changed, element in of_times[:3] if (text := _date_of(element))]
        found += [(False, stamp)] if stamp else []
        found += [(changed, text) for changed, element in of_classes[:4] if (text := _date_of(element))]
        return tuple(text for _, text in sorted(found, key=lambda one: one[0]))

    def _collect(self) -> None:
        after_headline = self._headline is None
        for number, element in enumerate(islice(self._body.iter(etree.Element), _MOST_ELEMENTS)):
            after_headline = after_headline or element is self._headline
            get = element.get
            itemprop, rel = get("itemprop") or "", get("rel") or ""
            named = get("class"), get("id"), itemprop, get("data-testid")
            is_time = element.tag == "time"
            if not (is_time or rel or any(named)):
                continue
            marked = _marked(named)
            if is_time or itemprop in ("datePublished", "dateCreated"):
                if len(self._times) < _MOST:
                    place = self._place(element, after_headline)
                    published = marked.published or get("pubdate") is not None
                    changed = not published and (marked.changed or bool(_CHANGED.search(_before(element))))
                    self._times.append((place, changed, not published, number, element))
            elif marked.author or itemprop == "author" or "author" in rel:
                if len(self._authors) < _MOST:
                    self._authors.append((self._place(element, after_headline), number, element))
            elif marked.date and len(self._dates) < _MOST:
                place = self._place(element, after_headline)
                self._dates.append((place, marked.changed, number, element))

    def _place(self, element: Element, after_headline: bool) -> _Place:  # noqa: FBT001 - one of two sides
        for ancestor in (element, *element.iterancestors()):
            if ancestor is self._block:
                return _Place.WITH_HEADLINE
            if ancestor is self._body:
                break
            names = f"{ancestor.get('class') or ''} {ancestor.get('id') or ''}"
            is_own = ancestor.tag == "aside" and _OWN_ASIDE.search(names) is not None
            if (ancestor.tag in _ELSEWHERE_TAGS and not is_own) or _is_elsewhere(names):
                return _Place.ELSEWHERE
        return _Place.AFTER_HEADLINE if after_headline else _Place.BEFORE_HEADLINE

    def _stamp(self) -> str | None:
        """The first line after the headline that is only a date, else the first of the page."""
        first = None
        for after, text, holder in self._strings[:_MOST_STRINGS]:
            if len(text) <= _LONGEST_DATE and _DIGIT.search(text) and is_stamp(line := one_line(text)):
                if _is_embedded(holder):
                    continue
                if after:
                    return line
                first = first or line
        return first

    def _after_by(self) -> str | None:
        """What follows a `by` near the headline, in the same text or in the next."""
        below = [text for after, text, _ in self._strings if after]
        awaited = False
        for text in below[:_NEAR_HEADLINE]:
            line = one_line(text)
            if len(line) <= _LONGEST_BYLINE and (awaited or _BY_NAME.match(line)):
                return line
            awaited = _BY.fullmatch(line) is not None
        return None

    def _texts(self) -> Iterator[tuple[bool, str, Element]]:
        """The pieces of text that are not blank: whether after the headline, and in or after what element."""
        after = self._headline is None
        for element in self._body.iter(etree.Element):
            after = after or element is self._headline
            for text in (element.text, element.tail):
                if text and (words := text.strip()):
                    yield after, words, element


def _is_embedded(element: Element) -> bool:
    """Whether it stands in a quotation, as an embedded post with a date of its own does."""
    return next(element.iterancestors("blockquote"), None) is not None


def _block_of(headline: Element | None) -> Element | None:
    """The element that holds the headline and what is printed around it."""
    block = headline
    for ancestor in islice(headline.iterancestors(), _LEVELS) if headline is not None else ():
        if ancestor.tag in ("body", "html", "main", "article") or len(ancestor) > 12:
            break
        block = ancestor
    return block


@dataclass(frozen=True, slots=True)
class _Marked:
    """What the names of an element say of it."""

    author: bool
    date: bool
    changed: bool
    published: bool


_UNMARKED = _Marked(author=False, date=False, changed=False, published=False)


@lru_cache(maxsize=4096)
def _marked(named: tuple[str | None, ...]) -> _Marked:
    names = " ".join(name or "" for name in named)
    if not _MAY_MARK.search(names.lower()):
        return _UNMARKED
    author = _AUTHOR.search(names) is not None and _NOT_AUTHOR.search(names) is None
    return _Marked(
        author, bool(_DATE.search(names)), bool(_CHANGED.search(names)), bool(_PUBLISHED.search(names))
    )


@lru_cache(maxsize=4096)
def _is_elsewhere(names: str) -> bool:
    return _ELSEWHERE.search(names) is not None


def _before(element: Element) -> str:
    """The words just before an element, such as a label."""
    previous = element.getprevious()
    if previous is None:
        words = element.getparent().text
    else:
        words = previous.tail or (previous.text if len(previous) == 0 else None)
    return (words or "")[-40:]


def _is_small(element: Element) -> bool:
    """Whether it may be a byline, and is not a wrapper around half of the page."""
    return next(islice(element.iter(), _MOST_WITHIN, None), None) is None


def _date_of(element: Element) -> str | None:
    written = element.get("datetime") or element.get("content")
    text = (written or "").strip() or one_line("".join(element.itertext()))
    return text if 0 < len(text) <= _LONGEST_DATE else None


def distinct(texts: Iterable[str | None]) -> Collection[str]:
    """The texts that are there, each once."""
    return tuple(dict.fromkeys(text for text in texts if text))
