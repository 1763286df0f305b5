"""Reads lists of subscriptions as feed readers write them, and writes them: OPML 1.0, 1.1, 2.0 (opml.org).

Folders become tags. `subscriptions` makes sources of a list, and names them.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime

from lxml import etree

from watchdesk.config.names import tag_from
from watchdesk.config.values import parse_web_address, without_feed_scheme
from watchdesk.encoding.decode import decoded
from watchdesk.encoding.xml import Element, name_of, unexpanded_entities, whole, xml_text
from watchdesk.errors import UnreadableInput

_NOT_PRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_FEED_TYPES = frozenset(("rss", "atom", "rdf", "feed"))
_SEPARATORS = re.compile(r"[,/]")
_WITH_FEED = re.compile(r"<outline\b[^<]*?\sxmlurl\s*=", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_STRICT = {"resolve_entities": False, "no_network": True, "load_dtd": False}


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
    """What its outlines call feeds whose address is not a web address."""


class BrokenList(UnreadableInput):
    """The file is so damaged that feeds are lost. `line` and `column` say where, both from 1."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


def read_opml(content: bytes) -> Subscriptions:
    """The subscriptions of an OPML file. Raises `UnreadableInput`, which says what the file is instead.

    Names of elements and attributes may be in any case. Undeclared encodings and stray ampersands are
    repaired. A feed in several folders gets all of their tags. A file that is cut off, or so damaged that a
    feed would be lost, raises `BrokenList`.
    """
    if not content.strip():
        raise UnreadableInput("it is empty")
    text = xml_text(content, own_entities=True)
    root = whole(text)
    if root is None or (name_of(root) != "opml" and root.find(".//outline") is None):
        begins = f"it begins with <{name_of(root)[:40]}>" if root is not None else "there is no XML in it"
        raise UnreadableInput(f"it is not OPML: {begins}")
    _refuse_losses(text, root, decoded(content, None))
    feeds: dict[str, Subscription] = {}
    left_out, strange = [], unexpanded_entities(content)
    for found in _outlines(root, ()):
        url = _web_address(found.url, strange)
        if url is None:
            left_out.append(found.title or found.url)
        elif url in feeds:
            known = feeds[url]
            feeds[url] = replace(known, tags=tuple(dict.fromkeys((*known.tags, *found.tags))))
        else:
            feeds[url] = replace(found, url=url)
    return Subscriptions(tuple(feeds.values()), tuple(left_out))


def attributes_of_outlines(
    content: bytes,
) -> tuple[Mapping[str, Sequence[Mapping[str, str]]], Sequence[Mapping[str, str]], Sequence[str]]:
    """All that the outlines of each feed say, by the address that `read_opml` gives it; folders; and the
    names of those that are neither.

    A feed has one in each of its folders. Names are in lower case and without a prefix; line breaks that are
    written as references stay.
    """
    root = whole(xml_text(content, own_entities=True))
    found: dict[str, list[Mapping[str, str]]] = {}
    folders, others, strange = [], [], unexpanded_entities(content)
    for outline in root.iter() if root is not None else ():
        if name_of(outline) != "outline":
            continue
        said = {name.rpartition("}")[2].rpartition(":")[2].lower(): value for name, value in outline.items()}
        address = _address_in(said)
        url = _web_address(" ".join(address.split()), strange)
        if url:
            found.setdefault(url, []).append(said)
        elif not address:
            folders.append(said)
            if not any(name_of(child) == "outline" for child in outline):
                others.append(said.get("title") or said.get("text") or "an outline without a name")
    return found, folders, others


def _address_in(said: Mapping[str, str]) -> str:
    """The address of its feed, if it is one."""
    is_feed = said.get("type", "").lower() in _FEED_TYPES
    return said.get("xmlurl") or (said.get("url", "") if is_feed else "")


def _refuse_losses(text: str, root: Element, original: str) -> None:
    """Raises `BrokenList` where the file is not well-formed and feeds, or its end, are lost."""
    try:
        etree.fromstring(text.encode(), etree.XMLParser(**_STRICT))
    except etree.XMLSyntaxError as error:
        fault = error
    else:
        return
    line, column = fault.position
    line += original.count("\n") - text.count("\n")  # what stands before the first element was left out
    end = re.escape(root.tag.rpartition("}")[2])
    closed = [found.start() for found in re.finditer(rf"</(?:\w+:)?{end}\s*>", text)]
    if not closed or closed[-1] < text.rfind("<outline"):
        lines = original.rstrip().split("\n")
        what = f"it is cut off: it ends before </{name_of(root)}>"
        raise BrokenList(what, len(lines), len(lines[-1]) + 1)
    written = len(_WITH_FEED.findall(_COMMENT.sub("", text)))
    read = sum("xmlurl" in _said(outline.items()) for outline in root.iter() if name_of(outline) == "outline")
    if read < written:
        what = f"it is not XML here, and of its {written} feeds {read or 'none'} could be read"
        raise BrokenList(what, line, column)


def write_opml(feeds: Iterable[Subscription], title: str, now: datetime) -> bytes:
    """An OPML 2.0 document in UTF-8, created `now`.

    Tags go into `category`. There a comma or a slash separates them, so within a tag both become hyphens.
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
    """Every feed below. Folders are outlines without a feed of their own."""
    for child in element:
        if name_of(child) != "outline":
            yield from _outlines(child, folders)
            continue
        said = _said(child.items())
        name = said.get("title") or said.get("text") or None
        url = _address_in(said)
        if url:
            yield Subscription(url, name, (*folders, *_categories(said)), said.get("htmlurl") or None)
            yield from _outlines(child, folders)
        else:
            tag = tag_from(name or "")
            yield from _outlines(child, (*folders, tag) if tag else folders)


def _said(attributes: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The attributes of an outline, by their names in lower case."""
    return {name.rpartition("}")[2].lower(): " ".join(value.split()) for name, value in attributes}


def _categories(said: dict[str, str]) -> Iterator[str]:
    """Names between the commas and slashes of `category` (OPML 2.0)."""
    return (name.strip() for name in _SEPARATORS.split(said.get("category", "")) if name.strip())


def _web_address(url: str, strange: Collection[str]) -> str | None:
    """`strange`: entities of the document that stand for what nobody knows here."""
    if strange and any(f"&{name};" in url for name in strange):
        return None
    try:
        return parse_web_address(without_feed_scheme(url))
    except ValueError:
        return None


def _printable(text: str) -> str:
    """The text on one line, without characters that XML cannot hold."""
    return " ".join(_NOT_PRINTABLE.sub("", text).split())
