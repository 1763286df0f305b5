"""JSON Feed 1.0 and 1.1 (jsonfeed.org) → entries as published.

Small faults of grammar are repaired. `bounds` limits what a document may cost.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from watchdesk.encoding.repair import REPLACEMENT, clean
from watchdesk.errors import UnreadableInput
from watchdesk.model import Entry, ParsedFeed
from watchdesk.sources.feeds.bounds import MOST_ENTRIES, refuse_crowd, refuse_json_bombs
from watchdesk.sources.feeds.older import web_address

_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_TOKEN = re.compile(
    r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|,(?=\s*+[\]}])|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\xa0\u2028\u2029\ufeff]+',
    re.DOTALL,
)
_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9A-Fa-f]{4})|u([0-9A-Fa-f]{0,3})|(.))', re.DOTALL)


def looks_like_json(body: bytes) -> bool:
    """Whether the document begins like a JSON object."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def parse_json_feed(body: bytes, url: str) -> ParsedFeed:
    """What the document says. Raises `UnreadableInput` if it is not a JSON Feed."""
    refuse_json_bombs(body)
    try:
        document = _loaded(body.decode("utf-8-sig", errors="replace"))
    except RecursionError:
        raise UnreadableInput("its values are nested too deep, which is refused") from None
    except ValueError as error:
        raise UnreadableInput(f"it begins like JSON and is not: {error}") from None
    items = document.get("items")
    if not isinstance(items, list):
        raise UnreadableInput("it is JSON, but not a JSON Feed: it has no list of items")
    readable = [item for item in items if isinstance(item, dict)]
    skipped = len(items) - len(readable)
    trouble = [f"{skipped} of its items are not objects and were left out"] if skipped else []
    if len(readable) > MOST_ENTRIES:
        trouble.append(f"it has {len(readable):,} entries, of which {MOST_ENTRIES:,} were read")
    return ParsedFeed(
        entries=tuple(_entry(item) for item in readable[:MOST_ENTRIES]),
        title=_text(document, "title"),
        language=_text(document, "language"),
        base_url=_text(document, "home_page_url") or url,
        trouble=tuple(trouble),
        older=web_address(_text(document, "next_url"), url),
    )


def _loaded(text: str) -> Any:
    """The document, with small faults of grammar mended. Raises `ValueError`."""
    try:
        return json.loads(text, strict=False, parse_int=str)
    except ValueError:
        whole = _TOKEN.sub(_mended, text)
        if whole == text:
            raise
        return json.loads(whole, strict=False, parse_int=str)


def _mended(token: re.Match[str]) -> str:
    """A string with valid escapes only (RFC 8259 §7); empty for a trailing comma and stray characters."""
    return _ESCAPE.sub(_escape, token[0]) if token[0].startswith('"') else ""


def _escape(found: re.Match[str]) -> str:
    known, cut, other = found.groups()
    if known:
        return found[0]
    if cut is not None:
        return REPLACEMENT
    return other if other in "'`\n" else f"\\\\{other}"


def _entry(item: Mapping[str, Any]) -> Entry:
    return Entry(
        guid=_text(item, "id"),
        url=_text(item, "url") or _text(item, "external_url"),
        title=_text(item, "title"),
        summary=_text(item, "summary"),
        content=_text(item, "content_html") or _plain(_text(item, "content_text")),
        author=_authors(item),
        published=_text(item, "date_published"),
        updated=_text(item, "date_modified"),
        categories=tuple(clean(tag) for tag in _list(item, "tags") if isinstance(tag, str)),
        language=_text(item, "language"),
    )


def _plain(text: str | None) -> str | None:
    """Plain text as the HTML that entries carry; its blank lines and line breaks are kept."""
    if not text:
        return None
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    if escaped == text or "\n" not in text:
        return escaped
    blocks = (block.strip().replace("\n", "<br>") for block in _BLANK_LINE.split(escaped))
    return "".join(f"<p>{block}</p>" for block in blocks if block)


def _authors(item: Mapping[str, Any]) -> str | None:
    """`authors` of 1.1, or `author` of 1.0."""
    authors = [*_list(item, "authors"), item.get("author")]
    names = [author["name"] for author in authors if isinstance(author, dict) and author.get("name")]
    return ", ".join(dict.fromkeys(clean(str(name)) for name in names)) or None


def _list(item: Mapping[str, Any], key: str) -> list[Any]:
    value = item.get(key)
    values = value if isinstance(value, list) else []
    refuse_crowd(len(values))
    return values


def _text(item: Mapping[str, Any], key: str) -> str | None:
    """A string that is not empty; in some feeds ids are numbers, which are read as written."""
    value = item.get(key)
    return clean(value).strip() or None if isinstance(value, str) else None
