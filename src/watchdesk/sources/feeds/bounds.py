"""Bounds the cost of a hostile or broken document: its entities, tags and entries.

Works on the bytes, before anything parses them. For encodings see `charset`, for damage `mending`.
"""

import re
from bisect import bisect
from collections import Counter
from collections.abc import Callable

from watchdesk.errors import UnreadableInput

MOST_ENTRIES = 2_000
"""Entries read of one document; a feed holds some tens. The rest is reported, not read."""
_SMALL = 100_000
"""Bytes of a document that cannot cost more than a second or two, whatever it holds, entities aside."""
_MOST_TAGS = 300_000
"""About five seconds of work for a parser written in Python."""
_MOST_VALUES = 1_000_000
"""Values of a JSON Feed, counted by its commas."""
_MOST_REFERENCES = 500_000
_MOST_ATTRIBUTES = 500
"""Attributes of one element: parsers compare each with every other."""
_MOST_CATEGORIES = 1_000
"""Categories of one entry; compared in the same way."""
_LONG_KEYWORDS = re.compile(rb"keywords\b[^<>]{0,200}>(?:\s*<!\[CDATA\[)?[^<>]{20000}", re.I)
_CATEGORY = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:category|subject|keywords|tags)\b", re.I)
_LONG_TAG = re.compile(rb"<[^<>]{2000,}")
_ENTITY = re.compile(rb"<!ENTITY\s+([^\s>%]{1,100})\s+([^>]*)(?:>|\Z)", re.I)
_ANY_ENTITY = re.compile(rb"<!ENTITY\b", re.I)
_REFERENCE = re.compile(rb"&([^\s;&#<]{1,100});")
_MOST_ENTITIES = 300
"""HTML's own are 253."""
_MOST_EXPANDED = 1_000_000
"""Bytes that a document's own entities may add to it."""
_ENTRY = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:item|entry)[\s/>]", re.I)
_ENTRY_END = re.compile(rb"</(?:[\w.-]{1,40}:)?(?:item|entry)\s{0,99}>", re.I)
_CHANNEL = re.compile(rb"<channel\b[^<>]{0,2000}>", re.I)
_MOST_TRIED = 200
_PROLOG = re.compile(rb"(?:\s+|<\?(?:(?!\?>).){0,2000}\?>|<!--(?:(?!-->).){0,20000}-->)*+", re.S)
_DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]{0,1000}>", re.I)
_BLANK = re.compile(rb"\s{200,}")
_ROOT = re.compile(rb"<([\w.:-]{1,100})[^<>]{0,4000}>?")


def refuse_bombs(body: bytes) -> None:
    """Raises `UnreadableInput` for a document that would cost far more than its length.

    Entities that hold others, or are used so often that they would fill the memory (billion laughs,
    quadratic blow-up); more tags, attributes or references than any feed has.
    """
    refuse_entity_bombs(body)
    if len(body) > _SMALL:
        _refuse_crowds(body)


def _refuse_crowds(body: bytes) -> None:
    for sign, most, name in ((b"<", _MOST_TAGS, "tags"), (b"&", _MOST_REFERENCES, "references")):
        if body.count(sign) > most:
            raise UnreadableInput(f"it has more than {most:,} {name}, which is refused")
    if any(tag[0].count(b"=") > _MOST_ATTRIBUTES for tag in _LONG_TAG.finditer(body)):
        raise UnreadableInput(f"an element has more than {_MOST_ATTRIBUTES} attributes, which is refused")
    if _LONG_KEYWORDS.search(body) or _has_crowded_entry(body):
        raise UnreadableInput(f"an entry has more than {_MOST_CATEGORIES:,} categories, which is refused")


def _has_crowded_entry(body: bytes) -> bool:
    places = [found.start() for found in _CATEGORY.finditer(body)]
    if len(places) <= _MOST_CATEGORIES:
        return False
    starts = [found.start() for found in _ENTRY.finditer(body)]
    counted = Counter(bisect(starts, place) for place in places)
    return max(counted.values()) > _MOST_CATEGORIES


def refuse_json_bombs(document: bytes) -> None:
    """Raises `UnreadableInput` for JSON of more values than any feed has."""
    containers = document.count(b"{") + document.count(b"[")
    if containers > _MOST_TAGS or document.count(b",") > _MOST_VALUES:
        raise UnreadableInput(
            f"it has more than {_MOST_TAGS:,} lists and objects, or {_MOST_VALUES:,} values, which is refused"
        )


def refuse_crowd(values: int) -> None:
    """Raises `UnreadableInput` if an entry has too many categories or authors."""
    if values > _MOST_CATEGORIES:
        raise UnreadableInput(
            f"an entry has more than {_MOST_CATEGORIES:,} categories or authors, which is refused"
        )


def refuse_entity_bombs(body: bytes) -> None:
    """Raises `UnreadableInput` for a document whose own entities would grow without limit."""
    if not _ANY_ENTITY.search(body):
        return
    entities = _ENTITY.findall(body)
    lengths = {name: len(value) for name, value in entities}
    nested = sum(b"&" in value.replace(b"&#", b"") for _, value in entities)
    used = Counter(found[1] for found in _REFERENCE.finditer(body))
    expanded = sum(times * lengths.get(name, 0) for name, times in used.items())
    if len(entities) > _MOST_ENTITIES or nested > 1 or expanded > _MOST_EXPANDED:
        raise UnreadableInput("it defines XML entities that would make it grow, which is refused")


def without_prolog(body: bytes) -> bytes:
    """The document from its root on, if nothing before it means anything, such as a DOCTYPE without entities.

    Its line breaks stay, so that errors name the right line.
    """
    end = _PROLOG.match(body).end()  # type: ignore[union-attr]  # it matches nothing at least
    if doctype := _DOCTYPE.match(body, end):
        end = _PROLOG.match(body, doctype.end()).end()  # type: ignore[union-attr]
    if not _ROOT.match(body, end):
        return _without_blank_lines(body)
    return b"\n" * min(body.count(b"\n", 0, end), 1000) + body[end:]


def _without_blank_lines(body: bytes) -> bytes:
    """Without long white space before the root, which feedparser would search for entities too long."""
    root = _ROOT.search(body)
    end = root.start() if root else 0
    return _BLANK.sub(b"\n", body[:end]) + body[end:]


def first_entries(body: bytes) -> tuple[bytes, int]:
    """The document cut after `MOST_ENTRIES` entries and closed again, and how many were left out."""
    if body.count(b"<") <= MOST_ENTRIES:
        return body, 0
    starts = [found.start() for found in _ENTRY.finditer(body)]
    if len(starts) <= MOST_ENTRIES:
        return body, 0
    return body[: starts[MOST_ENTRIES]] + _closing(body), len(starts) - MOST_ENTRIES


def without_entries(body: bytes, is_readable: Callable[[bytes], bool]) -> tuple[bytes, int]:
    """The document without its unreadable entries, and how many were left out.

    Each of the first `_MOST_TRIED` is tried in a document of its own; the rest is left out too.
    """
    starts = [found.start() for found in _ENTRY.finditer(body)]
    if not starts:
        return body, 0
    head, end = body[: starts[0]], _closing(body)
    if not is_readable(head + end):
        head = b"".join(opening[0] for opening in (_ROOT.search(head), _CHANNEL.search(head)) if opening)
    last = max((found.end() for found in _ENTRY_END.finditer(body)), default=len(body))
    parts = [body[one:other] for one, other in zip(starts, [*starts[1:], last], strict=True)]
    kept = [part for part in parts[:_MOST_TRIED] if is_readable(head + part + end)]
    return head + b"".join(kept) + end, len(parts) - len(kept)


def _closing(body: bytes) -> bytes:
    """The closing tags of the elements that are open between two entries."""
    root = _ROOT.search(body)
    name = root[1] if root else b"rss"
    in_channel = name.lower() == b"rss"
    return (b"</channel>" if in_channel else b"") + b"</" + name + b">"
