"""Text → words: the one place, for queries and articles alike.

A word keeps the characters it was read from, so that every span is exact. Which spellings count as
one word is left to `folding`.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

_MARKS = (
    r"\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    r"\u0900-\u0963\u0966-\u0dff\u00ad\u200c\u200d\u2060"
)
"""Accents and vowel signs, which belong to the letter before, and invisible joiners."""

_LETTER = r"[^\W\d_]"
_RUN = rf"[^\W_]*(?:[{_MARKS}]+[^\W_]*)*"
_SPACE = r"[ \u00a0\u2009\u202f-]?"
_APOSTROPHE_S = r"(?:['’ʼ][sS](?![^\W_]))?"
_WORD = re.compile(
    rf"""
      (?P<plain>[A-Za-z]{{2,}}+)(?![^\W_]|[{_MARKS}]){_APOSTROPHE_S}
    | (?P<percent>\d+(?:[.,]\d+)*{_SPACE}(?:%|(?i:per[ \u00a0-]?cent)(?![^\W_])))
    | (?P<number>\d+(?:[.,]\d+)+{_RUN})
    | (?P<acronym>(?<![^\W_])(?:{_LETTER}\.)+{_LETTER}(?:\.(?!\w)|(?![^\W_]))){_APOSTROPHE_S}
    | (?P<word>[^\W_]{_RUN}){_APOSTROPHE_S}
    | (?P<currency>[$¢£¤¥֏؋৳฿៛₠-₿﷼﹩＄￠￡￥￦])
    """,
    re.VERBOSE,
)
_PLAIN = _WORD.groupindex["plain"]
"""ASCII words of two letters and more: most words, and asked for first."""

_UNSPACED = re.compile(
    r"[\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e4f\U00020000-\U0002fa1f]+"
)
"""Chinese, Japanese and Thai letters: scripts that put no spaces between words."""

_GROUPING = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


class Token(NamedTuple):
    """A word and the characters it was read from. A pair of unspaced letters is a word, as is the last."""

    surface: str
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """The words of a text in order; positions are their numbers."""
    for found in _WORD.finditer(text):
        if found.lastindex == _PLAIN:
            start, end = found.span(_PLAIN)
            yield Token(found[_PLAIN], start, end)
            continue
        kind = found.lastgroup
        assert kind is not None
        start, end = found.span(kind)
        surface = found[kind]
        if kind == "word":
            yield from _word(surface, start)
        elif kind == "acronym":
            yield Token(surface.replace(".", ""), start, end)
        elif kind == "currency":
            yield Token(surface, start, end)
        else:
            yield Token(_number(surface, percent=kind == "percent"), start, end)


def is_pair(token: Token) -> bool:
    """Whether the word is one or two letters of a script without spaces."""
    return _UNSPACED.fullmatch(token.surface) is not None


def _number(surface: str, *, percent: bool) -> str:
    bare = _GROUPING.sub("", surface)
    if not percent:
        return bare.replace(",", ".")
    digits = re.match(r"[\d.,]*\d", bare)
    assert digits is not None
    return digits[0].replace(",", ".") + "%"


def _word(surface: str, start: int) -> Iterator[Token]:
    """A run of letters and digits: composed (NFC), unspaced scripts cut into pairs."""
    if surface.isascii():
        yield Token(surface, start, start + len(surface))
        return
    position = 0
    for run in _UNSPACED.finditer(surface):
        if run.start() > position:
            yield _composed(surface, position, run.start(), start)
        for at in range(run.start(), run.end()):
            stop = min(at + 2, run.end())
            yield Token(surface[at:stop], start + at, start + stop)
        position = run.end()
    if position < len(surface):
        yield _composed(surface, position, len(surface), start)


def _composed(surface: str, start: int, end: int, offset: int) -> Token:
    return Token(unicodedata.normalize("NFC", surface[start:end]), offset + start, offset + end)
