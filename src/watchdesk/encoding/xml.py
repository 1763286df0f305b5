"""XML as found on the web → elements: what breaks parsers is mended in the text first.

Nothing is loaded from elsewhere, and document types are dropped: no entity is expanded, but where a list of
feeds asks for it those that stand for plain characters, up to a length.
"""

import html
import io
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from watchdesk.encoding.decode import decoded
from watchdesk.encoding.repair import repaired
from watchdesk.errors import UnreadableInput

Element = Any
"""lxml publishes no types."""

_PROLOGUE = re.compile(r"\s*+(?:(?><\?.*?\?>)\s*+|(?><!--.*?-->)\s*+)*+", re.DOTALL)
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_DECLARED = re.compile(r"""<!ENTITY\s+([\w.-]{1,40})\s+(?:"([^"<&%]*)"|'([^'<&%]*)')\s*>""")
"""An entity that stands for plain characters."""
_ENTITY = re.compile(r"<!ENTITY\s+([\w.-]+)")
_REFERENCE = re.compile(r"&([\w.-]{1,40});")
_MOST_EXPANDED = 1_000_000
"""Characters that a document's own entities may stand for, all references together."""
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What XML 1.0 (§2.2) forbids in a document."""
_AMPERSAND = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|&(#\d{1,7};|#x[0-9a-f]{1,6};|\w{2,31};)?", re.S | re.I
)
_UNENDED = re.compile(r"<[^<>!?]*(?=<)")
MOST_UNENDED = 2_000
"""Unclosed tags: the parser's work on them is quadratic in their number."""
_OWN_ENTITIES = frozenset(("amp;", "lt;", "gt;", "quot;", "apos;"))
_PARSER = {
    "recover": True,
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "remove_comments": True,
    "remove_pis": True,
    "huge_tree": False,
}


def xml_text(body: bytes, content_type: str | None = None, *, own_entities: bool = False) -> str:
    """The document from its first element on, without declaration, document type and forbidden characters.

    Stray ampersands, HTML's entities and references to invalid characters are rewritten as XML wants them
    (§4.6). `own_entities`: those that the document type declares and that stand for plain characters are
    expanded. Raises `UnreadableInput` for bytes that are not text.
    """
    text = repaired(_FORBIDDEN.sub("", decoded(body, content_type)))
    text = text[_end_of_prologue(text) :]
    doctype = _DOCTYPE.match(text)
    if doctype:
        text = text[doctype.end() :]
        text = text[_end_of_prologue(text) :]
        if own_entities:
            text = _expanded(text, doctype[0])
    if len(_UNENDED.findall(text)) > MOST_UNENDED:
        raise UnreadableInput(f"more than {MOST_UNENDED:,} of its tags never end, which is refused")
    return _AMPERSAND.sub(_mended, text)


def unexpanded_entities(body: bytes) -> frozenset[str]:
    """Names of entities that the document declares, and that `xml_text` never expands: others' files, say."""
    text = decoded(body, None)
    doctype = _DOCTYPE.match(text[_end_of_prologue(text) :])
    if not doctype:
        return frozenset()
    plain = {found[1] for found in _DECLARED.finditer(doctype[0])}
    return frozenset(_ENTITY.findall(doctype[0])) - plain


def permitted(text: str) -> str:
    """The text without the characters that XML 1.0 (§2.2) forbids, for a document of our own."""
    return _FORBIDDEN.sub("", text)


def whole(text: str) -> Element | None:
    """The root element of `xml_text`; None if there is none."""
    return etree.fromstring(text.encode(), etree.XMLParser(encoding="utf-8", **_PARSER)) if text else None


def ended(text: str) -> Iterator[Element]:
    """Each element of `xml_text` as its end tag is read, innermost first and the root last.

    Raises `etree.XMLSyntaxError` (a `SyntaxError`) if there is nothing to read.
    """
    for _, element in etree.iterparse(io.BytesIO(text.encode()), encoding="utf-8", **_PARSER):
        yield element


def name_of(element: Element) -> str:
    """The local name in lower case, whatever its namespace or prefix, declared or not."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def words_of(element: Element) -> str | None:
    """Its text with single spaces; None if it has none."""
    return " ".join("".join(element.itertext()).split()) or None


def _end_of_prologue(text: str) -> int:
    found = _PROLOGUE.match(text)
    return found.end() if found else 0


def _expanded(text: str, doctype: str) -> str:
    """With the plain entities of the document type written out; without, where that would be too much."""
    declared = {found[1]: html.escape(found[2] or found[3] or "") for found in _DECLARED.finditer(doctype)}
    if (
        not declared
        or sum(len(declared.get(one[1], "")) for one in _REFERENCE.finditer(text)) > _MOST_EXPANDED
    ):
        return text
    return _REFERENCE.sub(lambda one: declared.get(one[1], one[0]), text)


def _mended(found: re.Match[str]) -> str:
    """The match as XML: CDATA, comments, numbers and XML's five entities as they are."""
    written = found[0]
    if not written.startswith("&"):
        return written
    entity = found[1]
    if entity is None:
        return "&amp;"
    if entity in _OWN_ENTITIES:
        return written
    if entity.startswith("#"):
        return written
    meant = html.unescape(written)
    known = meant != written and not meant.endswith(";")
    return html.escape(meant, quote=False) if known else f"&amp;{entity}"
