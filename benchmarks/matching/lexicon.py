"""The words that rules are made of, taken from articles that are never matched, with how common each is."""

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from matching.texts import Text
from watchdesk.rules.text.folding import keys

_WORD = re.compile(r"[A-Za-z]{3,}")
_RUN = re.compile(r"[A-Za-z]{3,}(?: [A-Za-z]{3,})+")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,} [A-Z][a-z]{2,}")

_EVERYDAY = 0.35
"""Words in a greater share of the articles make no set phrase."""

Band = tuple[float, float]
"""Least and greatest share of articles that hold a word."""


@dataclass(frozen=True, slots=True)
class Page:
    """What one article offers to a rule about it: words, pairs of neighbours, names, each once."""

    words: Sequence[str]
    phrases: Sequence[str]
    names: Sequence[str]


class Lexicon:
    """Articles as a writer of rules sees them. A word is one only with its plural and its spellings."""

    def __init__(self, texts: Sequence[Text]) -> None:
        self.pages = [_page(text) for text in texts]
        words = Counter(key for page in self.pages for key in {_key(word) for word in page.words})
        phrases = Counter(phrase for page in self.pages for phrase in page.phrases)
        self._words = words
        self._phrases = phrases
        self.names = sorted({name for page in self.pages for name in page.names})

    def share(self, word: str) -> float:
        """Share of articles that hold a word."""
        return self._words[_key(word)] / len(self.pages)

    def within(self, band: Band) -> list[str]:
        """Every word, once, whose share lies in a band."""
        return sorted(word for word in self._words if band[0] <= self.share(word) <= band[1])

    def repeated(self, page: Page) -> list[str]:
        """The phrases of an article that others have too, without everyday words: set phrases, mostly."""
        return [
            phrase
            for phrase in page.phrases
            if self._phrases[phrase] > 1 and max(map(self.share, phrase.split())) <= _EVERYDAY
        ]


class Desk:
    """Somebody who writes rules: reads an article, and asks for what it is about in words found in it."""

    def __init__(self, lexicon: Lexicon, rng: random.Random) -> None:
        self.lexicon = lexicon
        self.rng = rng
        self._page = lexicon.pages[0]

    def turn_page(self) -> None:
        """Takes another article to write the next rule about."""
        self._page = self.rng.choice(self.lexicon.pages)

    def word(self, band: Band, *others: str) -> str:
        """A word of the article within a band, none of `others`; the nearest to the band where none fits."""
        choice = [word for word in self.rng.sample(self._page.words, min(60, len(self._page.words)))
                  if _key(word) not in {_key(other) for other in others}]  # fmt: skip
        fitting = next((word for word in choice if band[0] <= self.lexicon.share(word) <= band[1]), None)
        return fitting or min(choice, key=lambda word: _distance(self.lexicon.share(word), band))

    def phrase(self, band: Band) -> str:
        """Two neighbouring words of the article, in quotes, whose rarer one is within a band.

        One that other articles have too, if there is any.
        """
        known = self.lexicon.repeated(self._page) or list(self._page.phrases)
        tried = self.rng.sample(known, len(known))
        fitting = (phrase for phrase in tried if band[0] <= self._rarest(phrase) <= band[1])
        return f'"{next(fitting, tried[0])}"'

    def name(self) -> str:
        """A name from the article, or from any, in quotes."""
        return f'"{self.rng.choice(self._page.names or self.lexicon.names)}"'

    def _rarest(self, phrase: str) -> float:
        return min(self.lexicon.share(word) for word in phrase.split())


def _page(text: Text) -> Page:
    written = f"{text.title}\n{text.body}"
    lower = sorted({word for word in _WORD.findall(written) if word.islower()})
    runs = (run.split() for run in _RUN.findall(written))
    phrases = {f"{a} {b}" for run in runs for a, b in pairwise(run) if (a + b).islower()}
    return Page(lower, sorted(phrases), sorted(set(_NAME.findall(written))))


def _key(word: str) -> str:
    return keys(word, "en")[0]


def _distance(share: float, band: Band) -> float:
    return max(band[0] - share, share - band[1], 0.0)
