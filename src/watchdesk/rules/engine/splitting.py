"""An article → the stretches of its text between spaces and signs, as bytes: what is cheapest to cut.

Cutting here never changes what `words.tokens` reads: it only cuts where no word can cross.
"""

import re

from watchdesk.model import Article
from watchdesk.rules.limits import LONGEST_ARTICLE, blocks

SEPARATOR = b"\x00"
"""Stands between title, headings and paragraphs."""

_JOIN = "\n\x00\n"
_SIGNS = b'"()[]{};:!?*<>|=~^+\\/#@&\r\t'
_CUT = bytes.maketrans(_SIGNS + b"-", b"\n" * len(_SIGNS) + b" ")
"""Signs end a word wherever they stand, so they become line breaks. A hyphen is as good as a space."""

_GLUED = re.compile(rb"(?i)\x20(?=%|per(?:\x20|\xc2\xa0)?cent)|(?<=per)\x20(?=cent)")
_PER_CENT = (b"percent", b"per cent", b"per\xc2\xa0cent")
_NO_BREAK_SPACE = b"\xc2\xa0"


def stretches(article: Article) -> list[bytes]:
    """The stretches in reading order (UTF-8), `SEPARATOR` between blocks."""
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
        text = _JOIN.join([block.replace("\x00", "\n") for block in texts])
    raw = text.encode("utf-8", "surrogatepass").translate(_CUT)
    if b" %" in raw or b"cent" in raw.lower():
        raw = _with_percents(raw)
    return raw.split()


def _with_percents(raw: bytes) -> bytes:
    """A number and its "per cent" held together, as they are one word."""
    lower = raw.lower()
    forms = [form for form in _PER_CENT if form in lower]
    if any(lower.count(form) != raw.count(form) for form in forms):
        return _GLUED.sub(_NO_BREAK_SPACE, raw)
    if forms:
        raw = raw.replace(b"per cent", b"per\xc2\xa0cent").replace(b" percent", b"\xc2\xa0percent")
        raw = raw.replace(b" per\xc2\xa0cent", b"\xc2\xa0per\xc2\xa0cent")
    return raw.replace(b" %", b"\xc2\xa0%")
