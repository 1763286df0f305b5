"""Limits the highlights in a headline to a third of it, or they would say nothing. Pure.

The rarest parts of the match stay marked: a word in every headline of a digest distinguishes none.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from watchdesk.digests.rendering.sanitising import Run, marked

SHARE = 3
"""The share of a headline that may be marked is one in so many."""
_WORD = re.compile(r"\w+(?:['’]\w+)*")

Mark = tuple[int, int]


class Rarity:
    """How rare words are among the headlines of one digest."""

    def __init__(self, titles: Iterable[str]) -> None:
        self._titles: Counter[str] = Counter()
        for title in set(titles):
            self._titles.update({word.casefold() for word in _WORD.findall(title)})

    def document_frequency(self, text: str) -> int:
        """In how many headlines its rarest word occurs."""
        words = [word.casefold() for word in _WORD.findall(text)]
        return min((self._titles[word] for word in words), default=0)


def limit_highlights(runs: Sequence[Run], rarity: Rarity) -> tuple[Run, ...]:
    """The headline with no more than a third of its characters marked: the rarest, then the longest parts.

    Where no whole part of the match fits, the rarest of its words are marked.
    """
    text = "".join(run.text for run in runs)
    room = len(text) // SHARE
    marks = list(_marks(runs))
    if sum(end - start for start, end in marks) <= room:
        return tuple(runs)
    chosen = _rarest(text, marks, room, rarity) or _rarest(text, _words(text, marks), room, rarity)
    return marked(text, chosen)


def _marks(runs: Sequence[Run]) -> Iterable[Mark]:
    position = 0
    for run in runs:
        if run.marked:
            yield position, position + len(run.text)
        position += len(run.text)


def _words(text: str, marks: Sequence[Mark]) -> list[Mark]:
    return [found.span() for start, end in marks for found in _WORD.finditer(text, start, end)]


def _rarest(text: str, marks: Sequence[Mark], room: int, rarity: Rarity) -> list[Mark]:
    def order(mark: Mark) -> tuple[int, int, int]:
        start, end = mark
        return rarity.document_frequency(text[start:end]), start - end, start

    chosen: list[Mark] = []
    for start, end in sorted(marks, key=order):
        if end - start <= room:
            chosen.append((start, end))
            room -= end - start
    return chosen
