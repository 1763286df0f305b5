"""Bytes of a feed → the same document in UTF-8, whatever it and its server declare.

The bytes count before the declarations: a document that is valid UTF-8 beyond ASCII is hardly ever anything
else. For pages see `encoding.decode`.
"""

import codecs
import re
from collections.abc import Iterator

from watchdesk.encoding.decode import NOT_ON_THE_WEB, surrogates_joined

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BEGINNINGS = (
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
"""`<` or `<?xm` in encodings that do not extend ASCII (XML 1.0, appendix F)."""
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE | re.ASCII)
_IN_DOCUMENT = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([\w.:-]{2,40})", re.IGNORECASE)
_DECLARATION = re.compile(rb"^\s*<\?xml[^>]*>")
_AS_BROWSERS_DO = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
"""Names that stand for a wider encoding on the web (WHATWG Encoding Standard §4.2)."""
_WRITTEN_IN_ASCII = frozenset(("utf-7", "hz", "iso2022_jp", "iso2022_kr", "iso2022_jp_2"))
"""Encodings whose bytes would pass for UTF-8."""
_MOST_DAMAGE = 10
"""Per cent of the bytes beyond ASCII: if no more are invalid, a document is damaged UTF-8."""


def as_utf8(body: bytes, content_type: str) -> tuple[bytes, str | None]:
    """The document without byte order mark and XML declaration, and what is wrong with its encoding."""
    mark, wide = _beginning(body)
    body = body[len(mark) :]
    if wide == "utf-8" or not wide:
        return _narrow(body, content_type)
    text = body.decode(wide, errors="replace")
    return _undeclared(text.encode(errors="replace")), None


def _beginning(body: bytes) -> tuple[bytes, str | None]:
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return mark, encoding
    return b"", next((encoding for start, encoding in _BEGINNINGS if body.startswith(start)), None)


def _narrow(body: bytes, content_type: str) -> tuple[bytes, str | None]:
    """As `as_utf8`, for an encoding that extends ASCII."""
    declared = list(_declared(body, content_type))
    for encoding in declared if set(declared) & _WRITTEN_IN_ASCII else ["utf-8", *declared]:
        try:
            text = body.decode(encoding)
        except ValueError:
            continue
        wrong = bool(declared) and encoding != declared[0] and not body.isascii()
        trouble = f"its encoding is not the one it declares; it was read as {encoding}" if wrong else None
        return _undeclared(body if encoding == "utf-8" else text.encode(errors="replace")), trouble
    return _damaged(body)


def _damaged(body: bytes) -> tuple[bytes, str]:
    """No encoding fits all of it: take UTF-8 with damaged characters, else the encoding of old pages."""
    text = surrogates_joined(body) or body.decode("utf-8", errors="replace")
    foreign = len(body) - len(body.decode("ascii", errors="ignore"))
    if text.count("\ufffd") * 100 <= foreign * _MOST_DAMAGE:
        return _undeclared(text.encode()), "some of its characters are damaged: it is not all UTF-8"
    try:
        text = body.decode("cp1252")
    except ValueError:
        text = body.decode("iso-8859-1")
    return _undeclared(text.encode()), "its encoding is not the one it declares; it was read as cp1252"


def _declared(body: bytes, content_type: str) -> Iterator[str]:
    """The known encodings that the server and the document name, by Python's names."""
    header, document = _IN_HEADER.search(content_type), _IN_DOCUMENT.match(body)
    names = [header[1]] if header else []
    names += [document[1].decode("ascii", errors="replace")] if document else []
    for name in names:
        try:
            codec = codecs.lookup(name).name
            b" ".decode(codec)  # refuses codecs from bytes to bytes
        except (LookupError, ValueError):
            continue
        if codec not in NOT_ON_THE_WEB:
            yield _AS_BROWSERS_DO.get(codec, codec)


def _undeclared(body: bytes) -> bytes:
    """Without the XML declaration, which names the former encoding."""
    return _DECLARATION.sub(b"", body, count=1)
