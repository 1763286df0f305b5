"""Prepares strangers' text for a screen: valid in UTF-8, on one line, cut where it may be cut. Pure."""

import re
import unicodedata

JOINERS = "\u200c\u200d"
"""Zero-width characters that keep letters apart, or join several into one character."""
_LINE_ENDS = {"Cc", "Cs", "Zl", "Zp"}
_DIRECTION = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NO_TURNS = dict.fromkeys(map(ord, _DIRECTION))
_LONGEST_WORD = 40
"""Characters: how far a cut goes back to the last space."""
_MODIFIERS = range(0x1F3FB, 0x1F400)
_FLAGS = range(0x1F1E6, 0x1F200)


def encodable(text: str) -> str:
    """The text as UTF-8 can encode it: surrogate pairs joined, lone surrogates replaced."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def fit_to_store(text: str) -> str:
    """The text as every database accepts it: encodable, and without NUL, which PostgreSQL refuses."""
    return encodable(text).replace("\x00", "")


def without_turns(text: str) -> str:
    """The text without characters that set the direction of what follows (UAX #9 §2), across its end."""
    return text if text.isascii() else text.translate(_NO_TURNS)


def one_line(text: str) -> str:
    """The text on one line: line breaks and controls become spaces, direction marks are removed."""
    visible = "".join(
        " " if unicodedata.category(char) in _LINE_ENDS else char
        for char in encodable(text)
        if char not in _DIRECTION
    )
    return " ".join(visible.split())


def shortened(text: str, most: int) -> str:
    """At most `most` characters including the "…", cut between words, else between visible characters."""
    if len(text) <= most:
        return text
    if most < 2:
        return ""
    cut = most - 1
    space = text.rfind(" ", max(most // 2, cut - _LONGEST_WORD), cut + 1)
    if space > 0:
        cut = space
    else:
        while cut > most - 12 and _is_inside(text, cut):
            cut -= 1
    return text[:cut].rstrip(" ,;:.–—-") + "…"


def _is_inside(text: str, place: int) -> bool:
    """Whether a cut here would split what readers see as one character (UAX #29, its main rules)."""
    before, after = text[place - 1], text[place]
    if unicodedata.combining(after) or unicodedata.category(after) in ("Mn", "Me", "Mc"):
        return True
    if after in JOINERS or before in JOINERS or ord(after) in _MODIFIERS:
        return True
    if ord(before) in _FLAGS and ord(after) in _FLAGS:
        flags = re.search("[\U0001f1e6-\U0001f1ff]*$", text[:place])
        return flags is not None and len(flags[0]) % 2 == 1
    return False
