"""What can be told of a document from its bytes, before anything parses it."""

import re
from urllib.parse import urljoin

from watchdesk.errors import UnreadableInput

_HTML_START = re.compile(
    rb"\s*+(?:<\?xml[^>]*+>\s*+|(?><!--.*?-->)\s*+)*+(?:<!doctype\s+html|<html[\s>])", re.I | re.S
)
_FEED_ROOT = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)[\s>:]", re.I)
_ALTERNATE = re.compile(
    rb"<link\b[^>]*\btype\s*=\s*[\"']?application/(?:rss|atom|feed)\+(?:xml|json)[^>]*>", re.I
)
_HREF = re.compile(rb"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.I)
_ENTITY = re.compile(rb"<!ENTITY\s+[^>]*(?:>|\Z)", re.I)
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LOOKED_AT = 4096
_MOST_ENTITIES = 64
_LONGEST_ENTITY = 4096


def is_web_page(body: bytes) -> bool:
    """HTML where a feed was expected."""
    head = body[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf")
    return bool(_HTML_START.match(head)) and not _FEED_ROOT.search(head)


def feed_link_of(body: bytes, url: str) -> str | None:
    """The feed that a page names in its head (RSS autodiscovery), as an absolute address."""
    link = _ALTERNATE.search(body)
    href = _HREF.search(link[0]) if link else None
    if not href:
        return None
    value = next(group for group in href.groups() if group is not None)
    target: str = value.decode("utf-8", errors="replace").replace("&amp;", "&")
    return urljoin(url, target)


def clean_xml(body: bytes) -> bytes:
    """Without the control characters that XML 1.0 (§2.2) forbids; other encodings stay as they are."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body
    return _CONTROL.sub(b"", body)


def refuse_entity_bombs(body: bytes) -> None:
    """Raises `UnreadableInput` for a document whose own entities could grow without limit."""
    entities = _ENTITY.findall(body)
    nested = sum(b"&" in entity.partition(b"ENTITY")[2] for entity in entities)
    if len(entities) > _MOST_ENTITIES or nested > 1 or any(len(e) > _LONGEST_ENTITY for e in entities):
        raise UnreadableInput("it defines XML entities that refer to each other, which is refused")
