"""Superscripts (`<sup>`): whether they are part of the word before them, or a footnote mark. Pure.

`m²`, `1st` and `Mme` are one word; `Ukraine` and the `1` of its footnote are not.
"""

import re

_LAST_WORD = re.compile(r"(?:[^\W\d_]+|\d+)$")
_POWER = re.compile(r"[-+−–]?[1-9]")
_TAKE_A_POWER = frozenset("m km cm mm dm µm μm nm ft yd s h kg c mc e n r x y z R H O CO".split())  # noqa: SIM905
"""Units and variables; and formulas whose number belongs below the line but was raised."""
_ORDINALS = frozenset(
    """
    st nd rd th d er ers re res e es eme emes ème èmes ieme ième nde o os a as ª º mo ma to ta ra vo va
    """.split()  # noqa: SIM905  a table of words is read best as words
)
_ROMAN = re.compile(r"[IVXLCDM]+")
_YEAR_DIGITS = 4


def is_part_of_word(before: str, raised: str) -> bool:
    """Whether a superscript belongs to the word before it: powers, ordinals, abbreviations."""
    found = _LAST_WORD.search(before)
    if found is None:
        return False
    word, ordinal = found[0], raised.lower() in _ORDINALS
    if word.isdecimal():
        return ordinal and (len(word) < _YEAR_DIGITS or len(raised) > 1)  # the a of 2023a is a note's mark
    if _POWER.fullmatch(raised):
        return word in _TAKE_A_POWER
    if not raised.isalpha() or (raised.isupper() and len(raised) > 1):  # TM, NEW
        return False
    if len(word) == 1 or (ordinal and _ROMAN.fullmatch(word)):
        return True
    return len(word) == 2 and not word.isupper() and len(raised) > 1


def spaced(before: str, raised: str, after: str) -> str:
    """The superscript with the spaces that separate it from words it does not belong to.

    `before` and `after` are the text around it, at least a few dozen characters.
    """
    bare = raised.strip()
    if not bare or is_part_of_word(before, bare):
        return raised
    left = " " if before[-1:].isalnum() and bare[0].isalnum() else ""
    right = " " if after[:1].isalnum() and bare[-1].isalnum() else ""
    return f"{left}{raised}{right}"
