"""Rules that an index helps least: common words, wide distances, long lists, wildcards, expressions.

As in `desk_rules` each is written about an article of the half that is never matched, but in words that
stand in 10 % to 60 % of the articles, and in forms that leave little to decide in advance.
"""

from collections.abc import Sequence

from matching.desk_rules import Form, Taste, either, words
from matching.lexicon import Band, Desk

_COMMON: Band = (0.10, 0.60)
_LIST = (200, 500)
"""Entries of the long OR lists."""


def hard_rule(desk: Desk, taste: Taste) -> str:
    """One query."""
    desk.turn_page()
    return desk.rng.choice(_FORMS)(desk, taste)


HARD = Taste(anchor=_COMMON, company=_COMMON)


def _common_words(desk: Desk, taste: Taste) -> str:
    return " AND ".join(words(desk, taste.company, 3))


def _wide_near(desk: Desk, taste: Taste) -> str:
    chosen = words(desk, taste.company, 5)
    return f"{either(chosen[:3])} NEAR/50 {either(chosen[3:])}"


def _chain(desk: Desk, taste: Taste) -> str:
    a, b, c = words(desk, taste.company, 3)
    return f"{a} NEAR/30 {b} NEAR/30 {c}"


def _long_list(desk: Desk, taste: Taste) -> str:
    every = desk.lexicon.within((0.0, 0.05))
    chosen = desk.rng.sample(every, min(desk.rng.randint(*_LIST), len(every)))
    return f"{either(chosen)} NEAR/20 {desk.word(taste.company)}"


def _wildcards(desk: Desk, taste: Taste) -> str:
    one, other = words(desk, taste.company, 2)
    return f"{one[:2]}* AND {other[:3]}* AND {either(words(desk, taste.company, 2))}"


def _one_letter(desk: Desk, taste: Taste) -> str:
    word = desk.word(taste.company)
    return f"{word[:2]}?{word[3:]} AND {desk.word(taste.company, word)}"


def _expression(desk: Desk, taste: Taste) -> str:
    a, b = words(desk, taste.company, 2)
    return f"/\\b{a[:3]}\\w*(ing|ed|s)\\b/ AND {b}"


def _figures(desk: Desk, taste: Taste) -> str:
    return f"/\\d+ ?(million|billion|m|bn)\\b/ AND {desk.word(taste.company)}"


def _at_least(desk: Desk, taste: Taste) -> str:
    return f"ATLEAST/3 {either(words(desk, taste.company, 3))}"


def _sentence(desk: Desk, taste: Taste) -> str:
    a, b = words(desk, taste.company, 2)
    return f"{a} SAME/S {b}"


def _apart(desk: Desk, taste: Taste) -> str:
    a, b = words(desk, taste.company, 2)
    return f"{a} NOT NEAR/5 {b}"


def _early(desk: Desk, taste: Taste) -> str:
    a, b = words(desk, taste.company, 2)
    return f"FIRST/50 {a} AND lead:{b}"


_FORMS: Sequence[Form] = (
    _common_words, _wide_near, _chain, _long_list, _wildcards, _one_letter, _expression, _figures, _at_least,
    _sentence, _apart, _early,
)  # fmt: skip
