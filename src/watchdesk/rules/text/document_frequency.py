"""How common English words are in news, from a small table (`document_frequency.txt`)."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files


def usual_frequency(word: str) -> float:
    """About what share of English news articles hold a folded word, from 0 to 1; 0 for a rare word."""
    return usual_frequencies().get(word, 0.0)


@cache
def usual_frequencies() -> Mapping[str, float]:
    """The whole table: by folded word, as `usual_frequency`; rare words are not in it."""
    text = (files(__package__) / "document_frequency.txt").read_text(encoding="utf-8")
    lines = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {word: int(permille) / 1000 for permille, *words in lines for word in words}
