"""How common a word is, so that rules wait for their rarest one.

Shares start from a small table of common English words (`common.txt`) and follow the articles seen.
Being wrong costs time, never an answer.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

_RARE = 0.001
"""The share taken for a word of which nothing is known."""

_WEIGHT_OF_TABLE = 200
"""Articles that the table counts for."""


@cache
def _table() -> Mapping[str, float]:
    text = (files(__package__) / "common.txt").read_text(encoding="utf-8")
    lines = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {word: int(permille) / 1000 for permille, *words in lines for word in words}


class Commonness:
    """Shares of articles by folded word."""

    def __init__(self) -> None:
        self._table = _table()
        self._seen: Counter[str] = Counter()
        self._articles = 0

    def share(self, key: str) -> float:
        """About which share of articles holds the word."""
        expected = self._table.get(key, _RARE)
        seen = self._seen.get(key, 0)
        return (expected * _WEIGHT_OF_TABLE + seen) / (_WEIGHT_OF_TABLE + self._articles)

    def saw(self, keys: Iterable[str]) -> None:
        """Counts the distinct words of an article."""
        self._seen.update(keys)
        self._articles += 1
