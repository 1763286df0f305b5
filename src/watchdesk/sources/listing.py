"""A listing page without a feed → entries, by the CSS selectors of its source.

A redesign must not pass unnoticed: selectors that no longer match are reported, and an item selector that
matches nothing is a failure of the source.
"""

import html
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from urllib.parse import urljoin, urlsplit, urlunsplit

import soupsieve
from bs4 import BeautifulSoup, Tag

from watchdesk.articles.dates import source_zone
from watchdesk.articles.html_tree import html_tree
from watchdesk.articles.listed_dates import is_readable
from watchdesk.articles.markup import text_of
from watchdesk.articles.plain import one_line
from watchdesk.articles.sessions import may_be_session
from watchdesk.encoding.decode import decoded
from watchdesk.encoding.repair import repaired
from watchdesk.errors import UnreadableInput
from watchdesk.model import Entry, Fetched, ParsedFeed, Selectors, Source

LONGEST = 1_000_000
"""Characters of a page, without its scripts, that are read."""
MOST = 1_000
"""Items that are read; more than this means that the selector is too wide."""
_MOST_LINKS = 100
"""Links of one item among which the link to its article is looked for."""
_MOST_NAMES = 8
"""Links of one item to the same address, in which its title is looked for."""

_SCRIPT = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_SHOWN = 60
_NO_ADDRESS = ("#", "javascript:", "mailto:", "tel:")


@dataclass(frozen=True, slots=True)
class _Item:
    """One item of the page."""

    url: str
    title: str | None
    date: str | None


def read_listing(answer: Fetched, source: Source) -> ParsedFeed:
    """The items of the page in order, each address once.

    Raises `UnreadableInput` if it is not a page, if `select.item` matches nothing, or if no item has a link.
    """
    select = source.select
    if select is None:
        raise UnreadableInput("it has no select: in sources.yaml, which says what the page's items are")
    text = repaired(_SCRIPT.sub("", decoded(answer.body, answer.headers.get("content-type"))))
    page = html_tree(text[:LONGEST])
    found = page.select(select.item)
    if not found:
        raise UnreadableInput(
            f"select.item {select.item!r} matches nothing in the page; it may have been redesigned: "
            "look at it and correct the selectors in sources.yaml"
        )
    base = _base(page, answer.url)
    items = [item for tag in found[:MOST] if (item := _item(tag, select, base))]
    if not items:
        raise UnreadableInput(
            f"none of the {len(found)} items that select.item {select.item!r} matches has a link "
            f"(select.link {select.link!r}); look at the page and correct the selectors in sources.yaml"
        )
    language = _attribute(page.html, "lang") if page.html else None
    return ParsedFeed(
        entries=tuple(_entry(item) for item in _folded(_without_session(items))),
        title=one_line(page.title.get_text(" ")) or None if page.title else None,
        language=language,
        base_url=base,
        trouble=(
            *_trouble(select, found, items),
            *_unreadable_dates(items, select, source, language),
            *([f"only its first {LONGEST:,} characters are read"] if len(text) > LONGEST else []),
        ),
    )


def _base(page: BeautifulSoup, url: str) -> str:
    """What relative addresses are relative to: the href of the first `base`, itself relative to `url`."""
    tag = page.find("base", href=True)
    return _joined(url, _attribute(tag, "href") or "") or url if isinstance(tag, Tag) else url


def _item(tag: Tag, select: Selectors, base: str) -> _Item | None:
    """None for an item without a link."""
    links = [tag] if soupsieve.match(select.link, tag) else []
    links += tag.select(select.link, limit=_MOST_LINKS)
    addressed = [(link, url) for link in links if (url := _address(link, base))]
    if not addressed:
        return None
    url = addressed[0][1]
    title = tag.select_one(select.title) if select.title else None
    date = tag.select_one(select.date) if select.date else None
    # A picture and a headline often link to the same place; only one of them has text.
    same = [link for link, other in addressed if other == url][:_MOST_NAMES]
    return _Item(url, (_words(title) if title else None) or _name(same), _date(date) if date else None)


def _address(link: Tag, base: str) -> str | None:
    href = (_attribute(link, "href") or "").strip()
    if not href or href.lower().startswith(_NO_ADDRESS):
        return None
    joined = _joined(base, href)
    return joined if joined and urlsplit(joined).scheme in ("http", "https") else None


def _joined(base: str, href: str) -> str | None:
    try:
        return urljoin(base, href)
    except ValueError:
        return None


def _name(links: Sequence[Tag]) -> str | None:
    """The links' text, else their title attribute."""
    texts = (_words(link) for link in links)
    titles = (_attribute(link, "title") for link in links)
    return next((text for text in chain(texts, titles) if text), None)


def _date(tag: Tag) -> str | None:
    """The machine-readable `datetime` of the element or of a `time` in it; else its text."""
    inner = tag if tag.get("datetime") else tag.select_one("time[datetime]") or tag
    return _attribute(inner, "datetime") or _attribute(inner, "content") or _words(inner)


def _without_session(items: Sequence[_Item]) -> Sequence[_Item]:
    """The items without a parameter such as `sid` that all their addresses share: it names our visit."""
    shared = set.intersection(*(set(urlsplit(item.url).query.split("&")) for item in items))
    sessions = {part for part in shared if may_be_session(part.partition("=")[0])}
    if not sessions or len({item.url for item in items}) == 1:
        return items
    return [replace(item, url=_less(item.url, sessions)) for item in items]


def _less(url: str, sessions: Collection[str]) -> str:
    parts = urlsplit(url)
    query = "&".join(part for part in parts.query.split("&") if part not in sessions)
    return urlunsplit(parts._replace(query=query))


def _folded(items: Sequence[_Item]) -> Sequence[_Item]:
    """Each address once, at its first place, with the title and date of any item that has them."""
    first: dict[str, _Item] = {}
    for item in items:
        known = first.get(item.url)
        first[item.url] = (
            _Item(item.url, known.title or item.title, known.date or item.date) if known else item
        )
    return list(first.values())


def _entry(item: _Item) -> Entry:
    """An entry's title is HTML, so the text is escaped: `a < b` stays as it is."""
    title = html.escape(item.title, quote=False) if item.title else None
    return Entry(url=item.url, title=title, published=item.date)


def _trouble(select: Selectors, found: Sequence[Tag], items: Sequence[_Item]) -> tuple[str, ...]:
    """What someone who knows the page should look at."""
    looked_at = found[:MOST]
    troubles = []
    if len(found) > MOST:
        troubles.append(
            f"select.item {select.item!r} matches {len(found):,} items; the first {MOST:,} are read"
        )
    if len(items) < len(looked_at):
        missing = f"{len(looked_at) - len(items)} of {len(looked_at)} items have no link"
        troubles.append(f"{missing} (select.link {select.link!r}) and were left out")
    for key, selector in (("title", select.title), ("date", select.date)):
        if selector and not any(tag.select_one(selector) for tag in looked_at):
            troubles.append(f"select.{key} {selector!r} matches in none of the items")
    untitled = sum(item.title is None for item in _folded(items))
    if untitled:
        troubles.append(f"{untitled} of {len(looked_at)} items have no title")
    return tuple(troubles)


def _unreadable_dates(
    items: Sequence[_Item], select: Selectors, source: Source, language: str | None
) -> tuple[str, ...]:
    """Reports dates that are there and cannot be read: their articles have none."""
    zone, known = source_zone(source), source.language or language
    dates = [item.date for item in items if item.date]
    unreadable = [date for date in dates if not is_readable(date, known, zone)]
    if not unreadable:
        return ()
    count = f"{len(unreadable)} of {len(dates)} dates cannot be read"
    example = repr(unreadable[0][:_SHOWN])
    return (
        f"{count}, such as {example} (select.date {select.date!r}); look whether it selects the date alone, "
        "and give the source its language: in sources.yaml",
    )


def _words(tag: Tag) -> str | None:
    return text_of(tag) or None


def _attribute(tag: Tag, name: str) -> str | None:
    value = tag.get(name)
    return " ".join(value.split()) or None if isinstance(value, str) else None
