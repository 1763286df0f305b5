"""The text of an element and its addresses, changed exactly as feedparser changes them.

`element_names` knows which element is which; the readers of feeds and entries use the texts.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urljoin

from watchdesk.sources.feeds.element_names import Unsure

_TEXT_TYPES = frozenset(("text", "plain", "html", "text/plain", "text/html"))
PLAIN_TYPES = frozenset(("text", "plain", "text/plain"))
_LINK_TYPES = frozenset(("html", "xhtml", "text/html", "application/xhtml+xml"))
_SLASHES = re.compile("^([A-Za-z][A-Za-z0-9+-.]*://)(/*)(.*?)")
_REFERENCE = re.compile("&([A-Za-z0-9_]+);")
_WINDOWS = {
    code: bytes([code]).decode("cp1252")
    for code in range(0x80, 0xA0)
    if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
"""Control characters → what they are in Windows-1252."""
_CONTROL = re.compile(rb"\xc2[\x80-\x9f]")
"""One of them in UTF-8; to look for one takes a twentieth of the time that translating does."""


def leaf_text(element: Any) -> str:
    """The text of a leaf element. Raises `Unsure` if it holds other elements."""
    if len(element):
        raise Unsure
    return (element.text or "").strip()


def mended(text: str) -> str:
    """The text with UTF-8 read as Latin-1 put right, and Windows' punctuation for control characters."""
    if text.isascii():
        return text
    with suppress(ValueError):
        text = text.encode("iso-8859-1").decode("utf-8")
    return text.translate(_WINDOWS) if _CONTROL.search(text.encode("utf-8", "surrogatepass")) else text


def markup_text(element: Any, attributes: Mapping[str, str]) -> str:
    """The text of an element that may hold escaped HTML. Raises `Unsure` for any other type."""
    if attributes.get("type", "text").lower() not in _TEXT_TYPES or attributes.get("mode") == "base64":
        raise Unsure
    return mended(leaf_text(element))


def is_plain_text(attributes: Mapping[str, str]) -> bool:
    """Whether an element declares that it holds no markup (RFC 4287 §3.1.1.1)."""
    return attributes.get("type", "") in PLAIN_TYPES


def joined(base: str, address: str) -> str:
    """The absolute address; empty if it is not an address."""
    try:
        return urljoin(base, _SLASHES.sub(r"\1\3", address))
    except ValueError:
        return ""


def link_text(text: str, base: str) -> str:
    """The address that is the text of an RSS link, absolute."""
    return mended(joined(base, text)) if text else ""


def without_references(address: str) -> str:
    """The address without references: its parameters were escaped twice, or taken for entities."""
    return _REFERENCE.sub(r"&\g<1>", address)


def href_of(attributes: Mapping[str, str]) -> str | None:
    """The address in an element's attributes; an empty one counts if there is no other."""
    named = attributes.get("url", attributes.get("uri", attributes.get("href")))
    return named or attributes.get("href")


def opens_a_page(attributes: Mapping[str, str]) -> bool:
    """Whether a link with these attributes leads to the thing itself, as a web page."""
    is_page = attributes.get("type", "text/html").lower() in _LINK_TYPES
    return attributes.get("rel", "alternate") == "alternate" and is_page
