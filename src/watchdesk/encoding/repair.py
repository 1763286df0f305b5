"""Replaces characters that no document may hold by ones that every parser and both databases accept. Pure.

UTF-8 has no surrogates, PostgreSQL stores no NUL, and XML 1.0 (§2.2) has no reference to either.
"""

import html
import re

REPLACEMENT = "\ufffd"
"""Stands for an unknown character (Unicode §5.22)."""
_MOST_DIGITS = 12
_SUSPECT = (
    r"(?:x0*(?:[0-8bcef]|1[0-9a-f]|d[89a-f][0-9a-f]{2}|fff[ef]|[0-9a-f]{6,})(?![0-9a-f])"
    r"|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|5[5-7][0-9]{3}|6553[45]|[0-9]{7,})(?![0-9]));?"
)
_RUN = re.compile(f"&#{_SUSPECT}(?:&#{_SUSPECT})*", re.IGNORECASE)
_RUN_OF_BYTES = re.compile(_RUN.pattern.encode(), re.IGNORECASE)
"""Runs of references that may be impossible: the halves of a surrogate pair stand side by side."""
_REFERENCE = re.compile(r"&#(?:(x)0*([0-9a-f]*)|0*([0-9]*));?", re.IGNORECASE | re.ASCII)
_NAMED = re.compile(r"&(?:\w{2,32}|#\d{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE | re.ASCII)


def is_clean(text: str) -> bool:
    """Whether UTF-8 and both databases accept the text as it is."""
    if "\x00" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def clean(text: str) -> str:
    """The text fit to be stored: without NUL, surrogate pairs joined, lone surrogates as U+FFFD."""
    if is_clean(text):
        return text
    return text.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def is_character(code: int) -> bool:
    """Whether XML 1.0 (§2.2) allows the character."""
    return (
        code in (9, 10, 13)
        or 0x20 <= code <= 0xD7FF
        or 0xE000 <= code <= 0xFFFD
        or 0x10000 <= code <= 0x10FFFF
    )


def repaired(text: str) -> str:
    """The text with each impossible character reference replaced by the character it means.

    Two surrogates are one character; everything else that XML does not allow becomes U+FFFD.
    """
    return _RUN.sub(_meant, text) if "&#" in text else text


def repaired_bytes(document: bytes) -> bytes:
    """As `repaired`, for a document in UTF-8."""
    if b"&#" not in document:
        return document
    return _RUN_OF_BYTES.sub(lambda run: _repaired_run(run[0].decode()).encode(), document)


def unescaped(text: str) -> str:
    """The text with HTML's references replaced by their characters, surrogate pairs included."""
    return html.unescape(repaired(text))


def unescaped_address(address: str) -> str:
    """As `unescaped`, only for references that end in a semicolon: `&copy=1` is a parameter."""
    if "&" not in address:
        return address
    return _NAMED.sub(lambda found: html.unescape(found[0]), repaired(address))


def _meant(run: re.Match[str]) -> str:
    return _repaired_run(run[0])


def _repaired_run(run: str) -> str:
    written = list(_REFERENCE.finditer(run))
    codes = [_code(found) for found in written]
    said: list[str] = []
    place = 0
    while place < len(codes):
        code, following = codes[place], codes[place + 1] if place + 1 < len(codes) else 0
        if 0xD800 <= code < 0xDC00 <= following < 0xE000:
            said.append(chr(0x10000 + ((code - 0xD800) << 10) + following - 0xDC00))
            place += 1
        else:
            said.append(written[place][0] if is_character(code) else REPLACEMENT)
        place += 1
    return "".join(said)


def _code(found: re.Match[str]) -> int:
    """The number of a reference; -1 if no character could have it."""
    base, digits = (16, found[2]) if found[1] else (10, found[3])
    return int(digits or "0", base) if len(digits) <= _MOST_DIGITS else -1
