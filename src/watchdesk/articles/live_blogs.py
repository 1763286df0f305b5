"""Live blogs and tickers: a page of many short entries, each with the time at which it was written.

Extractions keep one entry of them, or all without their times. What stands between the headline and the first
entry introduces them: a paragraph on what is followed here, often a list of what is known.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from lxml import etree

from watchdesk.articles.blocks import Block, blocks_of, lines_in
from watchdesk.articles.clutter_lines import is_clutter
from watchdesk.articles.completing import stands_in_text
from watchdesk.articles.elements import Element, body_of
from watchdesk.articles.lines import Kind, Line
from watchdesk.articles.plain import one_line
from watchdesk.articles.teasers import without_teasers

_ENTRY = re.compile(
    r"live-?(?:blog|ticker|feed|update)s?[-_]*(?:entry|post|item|update|event|card|content)(?:[\s_-]|$)|"
    r"(?:entry|post|item|update)[-_]*live-?(?:blog|ticker)|ticker[-_]*(?:entry|item|event|post|eintrag)|"
    r"timeline[-_]*(?:entry|item|event)|(?:^|\s)(?:live|key)-?(?:entry|update|event)(?:[\s_-]|$)",
    re.IGNORECASE,
)
_MAY_BE_ENTRY = re.compile("live|ticker|timeline|key")
"""What is in all of these; `re` finds it far faster."""
_PART = re.compile(
    r"(?:entry|post|item|update|event|card|eintrag)(?:__|--|[-_])(?:title|head|header|body|text|content|time|date|meta)",
    re.IGNORECASE,
)
"""Parts of an entry, which have names like entries."""
_CLOCK = re.compile(r"(?<!\d)(?:[01]?\d|2[0-3])[:.h][0-5]\d(?!\d)(?:\s?[ap]\.?m\.?)?", re.IGNORECASE)
_LONGEST_TIME = 60
_FEWEST = 3
_MOST = 1_000
_LONGEST_HEADING = 150
_LISTS = ("ul", "ol", "dl", "table")
_SHORTEST_POINT = 25
"""Characters of the longest item of a list that says something; lists of buttons have shorter ones."""
_NO_ENTRIES = frozenset(("html", "body", "main", "a"))


def live_text(page: Element) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """What introduces the entries of a live blog, and the entries; both empty for a page that is none.

    The entries are in the page's order, a heading with the time above each.
    """
    entries = [element for element in page.iter(etree.Element) if _is_entry(element)][:_MOST]
    entries = [one for one in entries if not any(around in entries for around in _near(one))]
    read = [(entry, found) for entry in entries if (found := _read(entry))]
    if len(read) < _FEWEST or len(read) < len(entries) / 2:
        return (), ()
    return _introduction(page, read[0][0]), tuple(line for _, lines in read for line in lines)


def _introduction(page: Element, entry: Element) -> tuple[Line, ...]:
    """The headings, sentences and lists between the page's headline and its first entry."""
    blocks = _above(page, entry)
    points = {listed for block in blocks if (listed := _list_around(block)) is not None and _says(block)}
    kept: list[Block] = []
    for block in blocks:
        is_heading = block.line.kind is Kind.HEADING
        if is_heading and kept and kept[-1].line.kind is Kind.HEADING:
            kept.pop()
        if is_heading or _list_around(block) in points or block.is_sentence(1):
            kept.append(block)
    if kept and kept[-1].line.kind is Kind.HEADING:
        kept.pop()
    return without_teasers(lines_in(kept))[0]


def _above(page: Element, entry: Element) -> Sequence[Block]:
    """The blocks of text before an entry, from the last headline; none where no headline is before it."""
    above: list[Block] = []
    headline = 0
    for block in blocks_of(body_of(page)):
        if block.holder is entry or entry in block.holder.iterancestors():
            break
        above.append(block)
        if block.holder.tag == "h1":
            headline = len(above)
    below = above[headline:] if headline else ()
    return [
        block
        for block in below
        if not block.is_linked and not is_clutter(block.line.text) and stands_in_text(block)
    ]


def _list_around(block: Block) -> Element | None:
    return block.holder if block.holder.tag in _LISTS else next(block.holder.iterancestors(*_LISTS), None)


def _says(block: Block) -> bool:
    return len(block.line.text) >= _SHORTEST_POINT


def _near(entry: Element) -> Sequence[Element]:
    return list(entry.iterancestors())[:4]


def _is_entry(element: Element) -> bool:
    get = element.get
    classes, name, prop = get("class"), get("id"), get("itemprop")
    if not (classes or name or prop) or element.tag in _NO_ENTRIES:
        return False
    return (prop is not None and prop.lower() == "liveblogupdate") or _sounds_like_entry(
        f"{classes or ''} {name or ''}"
    )


@lru_cache(4096)
def _sounds_like_entry(names: str) -> bool:
    if not _MAY_BE_ENTRY.search(names.lower()):
        return False
    return _ENTRY.search(names) is not None and _PART.search(names) is None


def _read(entry: Element) -> Sequence[Line]:
    """The lines of one entry, its time and headline first; empty for one without a time."""
    time, holder = _time_of(entry)
    if time is None:
        return ()
    own = [block for block in blocks_of(entry) if not block.is_linked and block.holder is not holder]
    lines, _ = without_teasers([line for line in lines_in(own) if line.text != time])
    if not lines:
        return ()
    first = lines[0]
    if first.kind is Kind.HEADING and len(first.text) <= _LONGEST_HEADING:
        return (Line(f"{time} {first.text}", Kind.HEADING), *lines[1:])
    return (Line(time, Kind.HEADING), *lines)


def _time_of(entry: Element) -> tuple[str | None, Element | None]:
    """An entry's time as a reader sees it, and the element that says it."""
    for element in entry.iter("time"):
        shown = one_line(element.text_content())
        if _CLOCK.search(shown) and len(shown) <= _LONGEST_TIME:
            return shown, element
        written = _CLOCK.search((element.get("datetime") or "").replace("T", " "))
        if written:
            return written[0], element
    for element in entry.iter():
        shown = one_line(element.text or "")
        if shown and len(shown) <= _LONGEST_TIME // 2 and (clock := _CLOCK.search(shown)):
            return (shown, element) if len(clock[0]) * 3 > len(shown) else (clock[0], None)
    return None, None
