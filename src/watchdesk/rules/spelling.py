"""British and American spellings of English words, folded to the American one.

The pairs stand in `spelling.txt`; what is folded before and after is left to `folding`.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

_FAMILIES = {
    "-our": (
        "our",
        "or",
        ("", "ed", "ing", "er", "able", "ite", "ful", "less", "hood", "ly", "y", "ist", "al", "ism"),
    ),
    "-ise": (
        "is",
        "iz",
        ("e", "ed", "ing", "er", "ation", "able", "ational", "ingly"),
    ),
    "-ll": ("l", "", ("ed", "ing", "er", "or")),
}
"""Head of a line → what the British stem ends in, the American one, and the endings of both."""


@cache
def american_spellings() -> Mapping[str, str]:
    """British spelling → American spelling, both folded and singular."""
    text = (files(__package__) / "spelling.txt").read_text(encoding="utf-8")
    lines = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return dict(pair for words in lines if words for pair in _pairs(words))


def _pairs(words: list[str]) -> Iterator[tuple[str, str]]:
    if words[0] not in _FAMILIES:
        yield words[0], words[1]
        return
    british, american, endings = _FAMILIES[words[0]]
    for stem in words[1:]:
        for ending in endings:
            yield stem + british + ending, stem + american + ending
