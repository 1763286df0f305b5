"""Reads an Atom feed (RFC 4287) from a file, adds entries, and writes it again.

The `atom` channel decides what the entries say.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from lxml import etree

from watchdesk.encoding.display import without_turns
from watchdesk.encoding.xml import permitted

_ATOM = "http://www.w3.org/2005/Atom"
_NAMESPACES = {None: _ATOM}
_SKEW = timedelta(hours=1)
"""How far the clocks of two machines may differ before one counts as wrong."""


class DamagedFeed(Exception):
    """The file is not one of our feeds, or it is incomplete."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, as a feed reader shows it."""

    id: str
    title: str
    updated: datetime
    published: datetime | None = None
    author: str | None = None
    """None: the author of the feed."""
    link: str | None = None
    summary_html: str | None = None
    content_html: str | None = None
    category: str | None = None
    replaces: bool = False
    """Whether it replaces an older entry of the same id; otherwise the older one stays."""


@dataclass(frozen=True, slots=True)
class Feed:
    """The head of the feed."""

    id: str
    title: str


def with_entries(
    feed: Feed, written: bytes | None, entries: Sequence[Entry], keep: int, now: datetime
) -> bytes:
    """The feed with its newest `keep` entries, those of `written` among them; None: there is no file yet.

    Among entries of one time those that were there come first, then `entries` in their order. Entries
    that are there already change nothing: a repeat gives the same bytes. An entry dated long after `now`
    was written while a clock was ahead. It is dated back, or it would stand above all others until then.
    Raises `DamagedFeed`.
    """
    there = {} if written is None else _entries_in(written)
    entries = [_not_after(entry, now) for entry in entries]
    _date_back(there.values(), min((entry.updated for entry in entries), default=now), now)
    for entry in entries:
        old = there.get(entry.id)
        if old is None or (entry.replaces and _updated(old) < _time(entry.updated)):
            there.pop(entry.id, None)
            there[entry.id] = _element(entry)
    return _document(feed, sorted(there.values(), key=_updated, reverse=True)[:keep])


def _not_after(entry: Entry, now: datetime) -> Entry:
    if entry.updated <= now + _SKEW:
        return entry
    return replace(entry, updated=now, published=min(entry.published, now) if entry.published else None)


def _date_back(elements: Iterable[Any], new: datetime, now: datetime) -> None:
    """Dates back what is dated long after `now`, to just before `new`."""
    for element in elements:
        if _updated(element) <= _time(now + _SKEW):
            continue
        for name in ("updated", "published"):
            dated = element.find(f"{{{_ATOM}}}{name}")
            if dated is not None and str(dated.text) > _time(now):
                dated.text = _time(new - timedelta(seconds=1))


def _entries_in(written: bytes) -> dict[str, Any]:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_blank_text=True, huge_tree=True
    )
    try:
        root = etree.fromstring(written, parser)
    except etree.XMLSyntaxError as error:
        raise DamagedFeed(str(error)) from None
    if root.tag != f"{{{_ATOM}}}feed":
        raise DamagedFeed("its root is no Atom feed")
    found = {}
    for element in root.findall(f"{{{_ATOM}}}entry"):
        identity = element.findtext(f"{{{_ATOM}}}id")
        if not identity or not _updated(element):
            raise DamagedFeed("an entry has no id or no time")
        found[identity] = element
    return found


def _document(feed: Feed, entries: Sequence[Any]) -> bytes:
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap=_NAMESPACES)
    _text(root, "id", feed.id)
    _text(root, "title", feed.title)
    _text(root, "updated", max(map(_updated, entries), default="1970-01-01T00:00:00Z"))
    _text(_text(root, "author"), "name", "watchdesk")
    _text(root, "generator", "watchdesk")
    for entry in entries:
        root.append(entry)
    etree.indent(root)
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _element(entry: Entry) -> Any:
    made = etree.Element(f"{{{_ATOM}}}entry", nsmap=_NAMESPACES)
    _text(made, "id", entry.id)
    _text(made, "title", entry.title)
    _text(made, "updated", _time(entry.updated))
    if entry.published:
        _text(made, "published", _time(entry.published))
    if entry.author:
        _text(_text(made, "author"), "name", entry.author)
    if entry.link:
        _text(made, "link", None, rel="alternate", href=entry.link)
    if entry.category:
        _text(made, "category", None, term=entry.category)
    if entry.summary_html is not None:
        _text(made, "summary", entry.summary_html, type="html")
    if entry.content_html is not None:
        _text(made, "content", entry.content_html, type="html")
    return made


def _text(parent: Any, name: str, text: str | None = None, **attributes: str) -> Any:
    made = etree.SubElement(parent, f"{{{_ATOM}}}{name}", {k: _harmless(v) for k, v in attributes.items()})
    made.text = None if text is None else _harmless(text)
    return made


def _harmless(text: str) -> str:
    """What publishers and readers may have written, as a feed may hold it: it turns no text around it."""
    return without_turns(permitted(text))


def _updated(element: Any) -> str:
    """When the entry was updated, in a form that sorts by time."""
    return str(element.findtext(f"{{{_ATOM}}}updated") or "")


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def identity(*parts: str) -> str:
    """A tag URI (RFC 4151); the same parts always give the same one."""
    return "tag:watchdesk,2026:" + "/".join(quote(part, safe="") for part in parts)
