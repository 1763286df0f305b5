"""OPML 1.0, 1.1 and 2.0 (opml.org): lists of subscriptions, read as feed readers write them, and written.

Folders become tags. Which sources they make, and under what names, is left to `subscriptions`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime

from lxml import etree

from watchdesk.characters.xml import Element, name_of, whole, xml_text
from watchdesk.config.names import tag_from
from watchdesk.config.values import parse_web_address
from watchdesk.errors import UnreadableInput

_FEED_SCHEME = re.compile(r"feed:(?://)?(?=https?://)|feed(?=://)", re.IGNORECASE)
_NOT_PRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_FEED_TYPES = frozenset(("rss", "atom", "rdf", "feed"))
_SEPARATORS = re.compile(r"[,/]")


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed that someone follows."""

    url: str
    title: str | None = None
    tags: tuple[str, ...] = ()
    """Its folders, outermost first, as tags; then its categories."""
    home: str | None = None
    """Address of the site's own page (htmlUrl)."""


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """What a file lists, each address once."""

    feeds: tuple[Subscription, ...]
    left_out: tuple[str, ...] = ()
    """What its outlines call those whose address is not a web address."""


def read_opml(content: bytes) -> Subscriptions:
    """The subscriptions of an OPML file. Raises `UnreadableInput` with what it is instead.

    Attributes and elements count in any case, undeclared encodings and stray ampersands are mended, and
    a feed that stands in several folders has all of their tags.
    """
    root = whole(xml_text(content))
    if root is None or (name_of(root) != "opml" and root.find(".//outline") is None):
        begins = f"it begins with <{name_of(root)[:40]}>" if root is not None else "there is no XML in it"
        raise UnreadableInput(f"it is not OPML: {begins}")
    feeds: dict[str, Subscription] = {}
    left_out = []
    for found in _outlines(root, ()):
        url = _web_address(found.url)
        if url is None:
            left_out.append(found.title or found.url)
        elif url in feeds:
            known = feeds[url]
            feeds[url] = replace(known, tags=tuple(dict.fromkeys((*known.tags, *found.tags))))
        else:
            feeds[url] = replace(found, url=url)
    return Subscriptions(tuple(feeds.values()), tuple(left_out))


def write_opml(feeds: Iterable[Subscription], title: str, now: datetime) -> bytes:
    """An OPML 2.0 document in UTF-8, created `now`.

    Tags stand in `category`, where a comma or a slash would part them: these are written as hyphens.
    """
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = _printable(title)
    etree.SubElement(head, "dateCreated").text = format_datetime(now, usegmt=True)
    body = etree.SubElement(root, "body")
    for feed in feeds:
        name = _printable(feed.title or feed.url)
        outline = etree.SubElement(body, "outline", type="rss", text=name, title=name, xmlUrl=feed.url)
        if feed.home:
            outline.set("htmlUrl", feed.home)
        if feed.tags:
            outline.set("category", ",".join(_SEPARATORS.sub("-", _printable(tag)) for tag in feed.tags))
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return written


def _outlines(element: Element, folders: Sequence[str]) -> Iterator[Subscription]:
    """Every feed below, as its outline has it; folders are outlines without a feed of their own."""
    for child in element:
        if name_of(child) != "outline":
            yield from _outlines(child, folders)
            continue
        said = {name.rpartition("}")[2].lower(): " ".join(value.split()) for name, value in child.items()}
        name = said.get("title") or said.get("text") or None
        url = said.get("xmlurl") or (said.get("url") if said.get("type", "").lower() in _FEED_TYPES else None)
        if url:
            yield Subscription(url, name, (*folders, *_categories(said)), said.get("htmlurl") or None)
            yield from _outlines(child, folders)
        else:
            tag = tag_from(name or "")
            yield from _outlines(child, (*folders, tag) if tag else folders)


def _categories(said: dict[str, str]) -> Iterator[str]:
    """Names between the commas and slashes of `category` (OPML 2.0)."""
    return (name.strip() for name in _SEPARATORS.split(said.get("category", "")) if name.strip())


def _web_address(url: str) -> str | None:
    try:
        return parse_web_address(
            _FEED_SCHEME.sub(lambda found: "http" if found[0].lower() == "feed" else "", url)
        )
    except ValueError:
        return None


def _printable(text: str) -> str:
    """As XML can hold it, on one line."""
    return " ".join(_NOT_PRINTABLE.sub("", text).split())
