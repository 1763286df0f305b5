"""Decodes the bytes of a page: by its header, else by the page, checked against the bytes themselves.

Refuses bytes that are not text, such as a PDF or an image. For feeds see `sources.feeds.charset`.
"""

import codecs
import re

from watchdesk.encoding.repair import clean
from watchdesk.errors import UnreadableInput

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FORMATS = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "an image (PNG)"),
    (b"\xff\xd8\xff", "an image (JPEG)"),
    (b"GIF8", "an image (GIF)"),
    (b"RIFF", "a recording or an image"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"\x1f\x8b", "compressed (gzip)"),
    (b"ID3", "a recording (MP3)"),
    (b"OggS", "a recording (Ogg)"),
    (b"\x7fELF", "a program"),
)
_OTHER_TYPES = re.compile(
    r"\s*(?:(?:image|audio|video|font)/|application/(?:pdf|zip|gzip|octet-stream)\b)", re.IGNORECASE
)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,100}encoding\s*=\s*["']([\w.:-]{2,40})""", re.IGNORECASE)
NOT_ON_THE_WEB = frozenset(("punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs"))
"""Python's own codecs; some take time quadratic in the length."""
_CONTROL = bytes({*range(1, 32)} - {*range(9, 14), 27})
"""Bytes that no text holds: NUL is half of UTF-16, and 27 shifts in ISO 2022."""
_MOST_CONTROL = 0.1
_LOOKED_AT = 4096
_LEAST_NUL = 8
"""One byte of so many is NUL in UTF-16, for its markup is ASCII; fewer in other pages are damage."""
_AS_BROWSERS_DO = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
}
"""Names that stand for a wider encoding on the web (WHATWG Encoding Standard §4.2)."""


def decoded(body: bytes, content_type: str | None) -> str:
    """The text of a page, fit to be stored. Raises `UnreadableInput`, saying what the bytes are instead."""
    return clean(_decoded(body, content_type))


def _decoded(body: bytes, content_type: str | None) -> str:
    if not body.strip(b"\x00 \t\r\n"):
        raise UnreadableInput("the page is empty")
    for mark, encoding in _BOMS:
        if body.startswith(mark) and (encoding == "utf-8" or _is_wide(body[len(mark) :])):
            return body.decode(encoding, errors="replace").lstrip("\ufeff")
    _refuse_formats(body, content_type)
    for encoding in _candidates(body, content_type):
        text = _strictly(body, encoding)
        if text is not None:
            return text
    return _leniently(body, content_type)


def _candidates(body: bytes, content_type: str | None) -> list[str]:
    """UTF-8 first: bytes that are valid UTF-8 beyond ASCII are hardly ever anything else."""
    if wide := _unmarked_wide(body[:_LOOKED_AT]):
        return [wide]
    named = [
        name for name in _declared(body, content_type) if not name.startswith(("utf-16", "utf16", "utf-32"))
    ]
    return ["utf-8", *named] if not any(name.startswith("iso-2022") for name in named) else [*named, "utf-8"]


def _is_wide(text: bytes) -> bool:
    """Whether what follows the mark of UTF-16 or UTF-32 can be that: two stray bytes are no mark."""
    start = text[:_LOOKED_AT]
    if start.count(b"\x00") * _LEAST_NUL >= len(start):
        return True
    try:
        text.replace(b"\x00", b"").decode("utf-8")
    except UnicodeDecodeError:
        return b"<" not in start
    return False


def _unmarked_wide(start: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of what is written in ASCII is NUL, and no others are."""
    even, odd = start[0::2].count(b"\x00"), start[1::2].count(b"\x00")
    if _LEAST_NUL * (even + odd) < len(start) or min(even, odd) * _LEAST_NUL > max(even, odd):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _declared(body: bytes, content_type: str | None) -> list[str]:
    header = _CHARSET.search((content_type or "").encode("ascii", "ignore"))
    start = body[:_LOOKED_AT]
    found = (header, _CHARSET.search(start), _XML_ENCODING.search(start))
    names = [match[1].decode("ascii").lower() for match in found if match]
    return [_AS_BROWSERS_DO.get(name, name) for name in names]


def _strictly(body: bytes, encoding: str) -> str | None:
    try:
        if codecs.lookup(encoding).name in NOT_ON_THE_WEB:
            return None
        return body.decode(encoding)
    except (LookupError, ValueError):
        return None


def _leniently(body: bytes, content_type: str | None) -> str:
    """No encoding fits all of it: usually UTF-8 with a damaged character, else the encoding of old pages."""
    text = body.decode("utf-8", errors="replace")
    foreign = sum(byte > 0x7F for byte in body)
    if text.count("\ufffd") * 10 <= foreign:
        return text
    named = [name for name in _declared(body, content_type) if name not in ("utf-8", "utf8")]
    if (whole := surrogates_joined(body)) is not None:
        return whole
    for encoding in (*named, "cp1252"):
        try:
            if codecs.lookup(encoding).name not in NOT_ON_THE_WEB:
                return body.decode(encoding, errors="replace")
        except LookupError:
            continue
    return text


def surrogates_joined(body: bytes) -> str | None:
    """The text if it is CESU-8, which is UTF-8 with surrogates (Unicode Technical Report 26); else None."""
    if b"\xed" not in body:
        return None
    try:
        return clean(body.decode("utf-8", "surrogatepass"))
    except UnicodeDecodeError:
        return None


def _refuse_formats(body: bytes, content_type: str | None) -> None:
    start = body[:_LOOKED_AT].lstrip()
    for magic, name in _FORMATS:
        if start.startswith(magic):
            raise UnreadableInput(f"it is {name}, not a page of text")
    if start[4:8] == b"ftyp":
        raise UnreadableInput("it is a film or a recording, not a page of text")
    if content_type and _OTHER_TYPES.match(content_type) and b"<" not in start:
        raise UnreadableInput(f"it is {content_type.partition(';')[0].strip()}, not a page of text")
    if _unmarked_wide(body[:_LOOKED_AT]):
        return
    control = len(start) - len(start.translate(None, _CONTROL))
    if control > _MOST_CONTROL * len(start):
        raise UnreadableInput("it is not text: most likely a file of another kind")
