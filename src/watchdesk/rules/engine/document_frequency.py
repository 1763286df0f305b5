"""How common a word is, so that rules wait for their rarest one.

The shares are those of a small table of common English words (`document_frequency.txt`); of any other word nothing is
known but that it is rare. Being wrong costs time, never an answer.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_RARE = 0.001


def share(key: str) -> float:
    """About which share of articles holds a folded word."""
    return _table().get(key, _RARE)


@cache
def _table() -> Mapping[str, float]:
    text = (files(__package__) / "document_frequency.txt").read_text(encoding="utf-8")
    lines = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {word: int(permille) / 1000 for permille, *words in lines for word in words}
