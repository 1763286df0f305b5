"""Mends a feed's bytes where publishers break XML in ways whose meaning is clear.

`lenient` reads documents with other damage, such as unclosed elements or a missing end.
"""

import html
import re

from watchdesk.encoding.repair import unescaped_address

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
"""What XML 1.0 (§2.2) forbids, in UTF-8."""
_AMPERSAND = re.compile(
    rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|&(?!#[0-9]{1,7};|#x[0-9a-f]{1,6};)([a-z_][\w.-]{0,63};)?",
    re.DOTALL | re.IGNORECASE,
)
_ADDRESS_SECTION = re.compile(rb"<!\[CDATA\[\s{0,99}(https?://[^\s<>]{1,4000})\s{0,99}\]\]>", re.IGNORECASE)
_OWN_ENTITIES = frozenset((b"amp;", b"lt;", b"gt;", b"quot;", b"apos;"))
_ENTITY = re.compile(rb"<!ENTITY\b", re.IGNORECASE)
_LINK_WITH_TEXT = re.compile(
    rb"<(?:\w{1,40}:)?link\s[^<>]{1,1000}(?<!/)>(?=\s{0,99}(?:<!\[CDATA\[\s{0,99})?https?://)", re.IGNORECASE
)
"""A link of RSS, whose text is its address, with attributes."""
_OTHER_ADDRESS = re.compile(rb"\s(?:uri|url)\s*=\s*(?:\"[^\"]*\"|'[^']*')", re.IGNORECASE)

_PLAIN_BODY = re.compile(
    rb"(<(?:\w{1,40}:)?(?:summary|content)\s[^<>]{0,300}?\btype\s{0,9}=\s{0,9}[\"'])(?:text/plain|text)"
    rb"([\"'][^<>]{0,300}>)([^<]*&lt;[^<]*)(?=</)",
    re.IGNORECASE,
)
_BLANK_LINE = re.compile(rb"\n[ \t\r]*\n")
_ROOT_WITHIN = 1000


def with_links_as_text(document: bytes) -> bytes:
    """The document without a `uri` or `url` attribute on links that have text: the text counts (RSS 2.0)."""
    if b" ur" not in document:
        return document
    return _LINK_WITH_TEXT.sub(lambda link: _OTHER_ADDRESS.sub(b"", link[0]), document)


def with_text_as_html(document: bytes) -> bytes:
    """The document with Atom's plain-text bodies (RFC 4287 §3.1.1.1) as HTML; markup in them is text."""
    if b"feed" not in document[:_ROOT_WITHIN] or b"&lt;" not in document:
        return document
    return _PLAIN_BODY.sub(_as_html, document)


def _as_html(body: re.Match[bytes]) -> bytes:
    text = _BLANK_LINE.sub(b"\n&lt;br&gt;&lt;br&gt;\n", body[3].strip().replace(b"&", b"&amp;"))
    return body[1] + b"html" + body[2] + text


def mended(document: bytes) -> bytes:
    """A UTF-8 document that is not well-formed, mended as far as the meaning is clear.

    Control characters are removed. An ampersand that begins no reference stands for itself, so that `&copy=1`
    stays a parameter of an address; HTML's named entities become characters, unless the document defines its
    own.
    """
    document = _CONTROL.sub(b"", document)
    if b"&" not in document:
        return document
    named = _ampersand if _ENTITY.search(document) else _reference
    return _AMPERSAND.sub(named, document)


def _ampersand(found: re.Match[bytes]) -> bytes:
    written = found[0]
    return b"&amp;" if written == b"&" else _address_or_same(written)


def _address_or_same(written: bytes) -> bytes:
    """A CDATA section that is an address, as plain text, which feedparser reads right; others as they are."""
    section = _ADDRESS_SECTION.fullmatch(written)
    if section is None:
        return written
    return html.escape(unescaped_address(section[1].decode()), quote=False).encode()


def _reference(found: re.Match[bytes]) -> bytes:
    written, name = found[0], found[1]
    if not written.startswith(b"&"):
        return _address_or_same(written)
    if name in _OWN_ENTITIES:
        return written
    if name is None:
        return b"&amp;"
    text = written.decode("ascii")
    meant = html.unescape(text)
    if meant == text or meant.endswith(";"):
        return b"&amp;" + name
    return html.escape(meant, quote=False).encode()
