"""An article → chunks of its text between spaces and signs, as bytes, because splitting bytes costs least.

No word extends over two chunks, so `words.tokens` finds in the chunks what it finds in the text.
"""

from collections.abc import Iterator

from watchdesk.model import Article
from watchdesk.rules.matching.limits import LONGEST_ARTICLE, blocks
from watchdesk.rules.text.words import PERCENT_SIGNS

SEPARATOR = b"\x00"
"""Separates title, headings and paragraphs."""

_JOIN = "\n\x00\n"
_SIGNS = b'"()[]{};:!?*<>|=~^+\\/#@&'
_CUT = bytes.maketrans(_SIGNS + b"\x0b\x0c-", b"\x0b" * len(_SIGNS) + b"   ")
"""A sign ends any word, so it becomes a vertical tab. A hyphen counts as a space."""

_GLUE = 0x1F
"""A space for `words`, but not for `bytes.split`."""
_SPACES = (
    *(bytes([code]) for code in b" \t\n\r\x1c\x1d\x1e\x1f"),
    *(space.encode() for space in "\u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000"),
    *(chr(code).encode() for code in range(0x2000, 0x200B)),
)
"""The spaces of `words`."""
_SPLITTING = frozenset(b" \t\n\r")
_SPACED = [code <= 0x20 or code >= 0x80 for code in range(256)]
"""By byte: whether a space may end with it."""
_PERCENT_SIGNS = tuple(sign.encode() for sign in PERCENT_SIGNS)
_R = ord("r")


def chunks(article: Article) -> list[bytes]:
    """The chunks in reading order, in UTF-8, with `SEPARATOR` between blocks."""
    return split_text(article).split()


def split_text(article: Article) -> bytes:
    """The chunks with spaces between."""
    texts = [article.title]
    for section in article.sections:
        if section.heading:
            texts.append(section.heading)
        texts += section.paragraphs
    text = _JOIN.join(texts)
    if len(text) > LONGEST_ARTICLE:
        texts = [block for _, block in blocks(article)]
        text = _JOIN.join(texts)
    if text.count("\x00") >= len(texts):
        text = _JOIN.join([block.replace("\x00", "(") for block in texts])
    raw = text.encode("utf-8", "surrogatepass").translate(_CUT)
    lower = raw.lower()
    if b"cent" in lower or any(sign in raw for sign in _PERCENT_SIGNS):
        raw = _with_percents(raw, lower)
    return raw


def _with_percents(raw: bytes, lower: bytes) -> bytes:
    """Keeps a number and its "per cent" in one chunk, because they are one word."""
    ends = [at for sign in _PERCENT_SIGNS if sign in raw for at in _places(sign, raw) if _SPACED[raw[at - 1]]]
    inside = []
    for at in _places(b"cent", lower):
        if lower[at - 1] != _R and not _SPACED[lower[at - 1]]:
            continue  # recent, century
        per = _before_spaces(raw, at)
        if lower.endswith(b"per", 0, per):
            inside.append(at)
            ends.append(per - len(b"per"))
    if not (ends or inside):
        return raw
    held = bytearray(raw)
    for end in (*ends, *inside):
        begin = _before_spaces(raw, end)
        if raw[begin - 1] == SEPARATOR[0]:
            continue  # it begins its block, and the number is in another
        for place in range(begin, end):
            if held[place] in _SPLITTING:
                held[place] = _GLUE
    return bytes(held)


def _places(sign: bytes, raw: bytes) -> Iterator[int]:
    at = raw.find(sign)
    while at >= 0:
        yield at
        at = raw.find(sign, at + 1)


def _before_spaces(raw: bytes, end: int) -> int:
    """Where the spaces before `end` begin."""
    while raw.endswith(_SPACES, 0, end):
        end -= 1
        while end and 0x80 <= raw[end] < 0xC0:  # within a character of several bytes
            end -= 1
    return end
