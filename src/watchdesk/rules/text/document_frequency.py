"""How common English words are in news, from a small table (`document_frequency.txt`)."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files


def usual_frequency(word: str) -> float:
    """About what share of English news articles hold a folded word, from 0 to 1; 0 for a rare word."""
    return _table().get(word, 0.0)


@cache
def _table() -> Mapping[str, float]:
    text = (files(__package__) / "document_frequency.txt").read_text(encoding="utf-8")
    lines = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {word: int(permille) / 1000 for permille, *words in lines for word in words}
