"""Text → words, for queries and articles alike.

A word keeps the characters it was read from, so that every span is exact. `folding` decides which spellings
count as one word.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

_JOINERS = r"\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
"""Soft hyphens and other invisible signs. They never separate words."""

_MARKS = (
    r"\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0711\u0730-\u074a"
    r"\u07a6-\u07b0\u08ca-\u08ff\u0900-\u0963\u0966-\u0dff\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
    r"\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u0f71-\u0f84\u0f8d-\u0fbc\u102b-\u103e\u1056-\u1059\u105e-\u1060"
    r"\u135d-\u135f\u17b4-\u17d3\u17dd\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f"
    + _JOINERS
)
"""Accents and vowel signs, which belong to the letter before them, and invisible joiners."""

_LETTER_APOSTROPHES = "ʹʻʼʽʾʿˈꞌ"
"""Apostrophes that Unicode classes as letters. Keyboards and transliterations use them for U+0027."""

APOSTROPHES = f"'’‘‛′＇`´{_LETTER_APOSTROPHES}"
"""All signs that keyboards write for an apostrophe."""

PERCENT_SIGNS = "%％﹪٪"

_SIGN = rf"[^\W_{_LETTER_APOSTROPHES}]"
"""A letter or a digit."""
_LETTER = rf"[^\W\d_{_LETTER_APOSTROPHES}]"
_RUN = rf"{_SIGN}*(?:[{_MARKS}]+{_SIGN}*)*"
_END = rf"(?!{_SIGN}|[{_MARKS}])"
_NUMBER = r"(?>\d+(?:[.,]\d+)*)"
_PER, _CENT = "[Pp][Ee][Rr]", f"[Cc][Ee][Nn][Tt]{_END}"
_PERCENT = rf"(?:[{PERCENT_SIGNS}]|{_PER}[\s-]*{_CENT})"
_AFTER_NUMBER = rf"(?:[\s-]*[{PERCENT_SIGNS}]|[\s-]+{_PER}[\s-]*{_CENT}|{_PER}{_CENT})"
_APOSTROPHE_S = rf"(?:[{APOSTROPHES}][sS]{_END})?"
_WORD = re.compile(
    rf"""
      (?P<share>{_PERCENT}){_APOSTROPHE_S}
    | (?P<plain>[A-Za-z]{{2,}}+){_END}{_APOSTROPHE_S}
    | (?P<percent>{_NUMBER}{_AFTER_NUMBER}){_APOSTROPHE_S}
    | (?P<number>\d+(?:[.,]\d+)+{_RUN})
    | (?P<acronym>(?<!{_SIGN})(?:{_LETTER}\.)+{_LETTER}(?:\.(?!\w)|(?!{_SIGN}))){_APOSTROPHE_S}
    | (?P<word>{_SIGN}{_RUN}){_APOSTROPHE_S}
    | (?P<currency>[$¢£¤¥֏؋৳฿៛₠-₿﷼﹩＄￠￡￥￦])
    """,
    re.VERBOSE,
)
_PLAIN = _WORD.groupindex["plain"]
"""ASCII words of two letters or more: most words, so they are tested first."""

_UNSPACED_LETTER = (
    rf"(?![{_MARKS}])[\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e4f\u0e80-\u0eff"
    r"\u1000-\u109f\u1780-\u17ff\U00020000-\U0002fa1f]"
)
_CLUSTER = re.compile(rf"{_UNSPACED_LETTER}[{_MARKS}]*")
_UNSPACED = re.compile(rf"(?:{_UNSPACED_LETTER}[{_MARKS}]*)+")
"""Chinese, Japanese, Thai, Lao, Burmese and Khmer letters: scripts without spaces between words."""

_FOOTNOTE = re.compile(r"(?:(?<=[^\W\d_]{4})|(?<=\d))[⁰¹²³⁴-⁹]+$")
"""Superscript digits after a word or a number. After a short word (m², CO²) they are part of it."""

_INVISIBLE = re.compile(f"[{_JOINERS}]")
_GROUPING = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_LEADING_NUMBER = re.compile(r"[\d.,]*\d")


class Token(NamedTuple):
    """A word and the characters it was read from.

    In a script without spaces, each pair of letters is a word, and so is the last letter.
    """

    surface: str
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """The words of a text in order; their numbers are the positions.

    A number includes its percent sign, `per cent` or `percent`: `2.5%`. Without a number, each of these is
    the word `%`.
    """
    for found in _WORD.finditer(text):
        if found.lastindex == _PLAIN:
            start, end = found.span(_PLAIN)
            yield Token(found[_PLAIN], start, end)
        else:
            yield from _tokens_of(found)


def _tokens_of(found: re.Match[str]) -> Iterator[Token]:
    """What is no plain ASCII word: one word, or several of a script without spaces."""
    kind = found.lastgroup
    assert kind is not None
    start, end = found.span(kind)
    surface = found[kind]
    match kind:
        case "word":
            yield from _word(surface, start)
        case "number":
            yield from _number_and_rest(surface, start)
        case "percent":
            yield Token(f"{_number(_leading_number(surface))}%", start, end)
        case "share":
            yield Token("%", start, end)
        case "acronym":
            yield Token(surface.replace(".", ""), start, end)
        case _:  # rest: groups of an expression
            yield Token(surface, start, end)


def read_words(text: str) -> tuple[list[str], list[int], list[int]]:
    """As `tokens`, far cheaper for a whole text: of each word its surface, its start and its end."""
    surfaces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for found in _WORD.finditer(text):
        if found.lastindex == _PLAIN:
            start, end = found.span(_PLAIN)
            surfaces.append(text[start:end])
            starts.append(start)
            ends.append(end)
        else:
            for surface, start, end in _tokens_of(found):
                surfaces.append(surface)
                starts.append(start)
                ends.append(end)
    return surfaces, starts, ends


def is_pair(token: Token) -> bool:
    """Whether the word is one or two letters of a script without spaces."""
    return _UNSPACED.fullmatch(token.surface) is not None


def is_lone_letter(token: Token) -> bool:
    """Whether the word is a single letter, with its marks, of a script without spaces."""
    return _CLUSTER.fullmatch(token.surface) is not None


def _leading_number(surface: str) -> str:
    found = _LEADING_NUMBER.match(surface)
    assert found is not None
    return found[0]


def _number(written: str) -> str:
    return _GROUPING.sub("", written).replace(",", ".")


def _number_and_rest(surface: str, start: int) -> Iterator[Token]:
    """A number with the letters attached to it (`2.5bn`); letters of scripts without spaces are split off."""
    digits = _leading_number(surface)
    rest = surface[len(digits) :]
    if not rest or rest.isascii():
        yield Token(_number(surface), start, start + len(surface))
    elif _UNSPACED.match(rest) or _FOOTNOTE.fullmatch(surface, len(digits)):
        yield Token(_number(digits), start, start + len(digits))
        yield from _word(rest, start + len(digits))
    else:
        yield from _spelt(_number(surface), start, start + len(surface))


def _word(surface: str, start: int) -> Iterator[Token]:
    """A run of letters and digits: composed (NFC), with unspaced scripts split into pairs."""
    if surface.isascii():
        yield Token(surface, start, start + len(surface))
        return
    position = 0
    for run in _UNSPACED.finditer(surface):
        if run.start() > position:
            yield from _composed(surface, position, run.start(), start)
        letters = [found.span() for found in _CLUSTER.finditer(surface, *run.span())]
        for number, (at, _) in enumerate(letters):
            stop = letters[min(number + 1, len(letters) - 1)][1]
            yield from _spelt(surface[at:stop], start + at, start + stop)
        position = run.end()
    if position < len(surface):
        yield from _composed(surface, position, len(surface), start)


def _composed(surface: str, start: int, end: int, offset: int) -> Iterator[Token]:
    mark = _FOOTNOTE.search(surface, start, end)
    if mark and mark.start() > start:
        yield from _spelt(surface[start : mark.start()], offset + start, offset + mark.start())
        start = mark.start()
    yield from _spelt(surface[start:end], offset + start, offset + end)


def _spelt(surface: str, start: int, end: int) -> Iterator[Token]:
    """One word, composed and without invisible signs."""
    spelt = unicodedata.normalize("NFC", _INVISIBLE.sub("", surface))
    if spelt:
        yield Token(spelt, start, end)
