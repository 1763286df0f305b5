"""Wildcards: which words they match, and whether one is wider than another."""

import re
from functools import lru_cache

_SIGNS = re.compile(r"\.\*|\.\?|\.|\\(?P<escaped>.)|(?P<letter>[^\\.])", re.DOTALL)
_MANY, _ONE, _MAYBE = "\x00", "\x01", "\x02"
_STANDS_FOR = {".*": _MANY, ".": _ONE, ".?": _MAYBE}
_TAKES = {".*": r"[\s\S]*", ".": rf"[^{_MANY}{_MAYBE}]", ".?": rf"[^{_MANY}]?"}
_MOST_STARS = 3
"""More of them cost too much to compare, and nobody writes so many."""


def fits(expression: str, word: str) -> bool:
    """Whether a folded word matches the wildcard."""
    return expression.count("*") <= _MOST_STARS and re.fullmatch(expression, word) is not None


@lru_cache(maxsize=10_000)
def wider(expression: str, other: str) -> bool:
    """Whether every word that matches `other` matches `expression`; False when that is not certain."""
    if expression.count("*") > _MOST_STARS:
        return False
    asked = "".join(_TAKES.get(sign[0]) or sign[0] for sign in _SIGNS.finditer(expression))
    return re.fullmatch(asked, _sample(other)) is not None


def beginning(expression: str) -> str:
    """The letters with which every word that matches the wildcard begins."""
    return re.split(f"[{_MANY}{_ONE}{_MAYBE}]", _sample(expression))[0]


def _sample(expression: str) -> str:
    """A word that stands for all that match: only signs as wide match its signs."""
    return "".join(
        _STANDS_FOR.get(sign[0]) or sign["escaped"] or sign["letter"] for sign in _SIGNS.finditer(expression)
    )
