"""Texts for an archive of any size, made up at a tenth of a millisecond each.

Words follow Zipf's law over made-up words behind the function words of English; each article has a subject,
whose words come back in it, and a few words that hardly any other has, as names and typing errors are.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

import numpy as np
from matching.newswire import made_up_words

from watchdesk.model import Article, PublishedKnown, Section

WORDS = 593
"""Of an article on average, as in real feeds with full text."""

COMMON, RARE, PAIR, TOGETHER = (
    "zelkova",
    "quillwort",
    ("brightmoor", "fenwharf"),
    ("brightmoor", "copperdale"),
)
"""Words with a known share: in one article of a hundred; in eighty of them all; then two that stand in one of
two hundred each, never together; and two that stand together there."""
RARE_ARTICLES = 80

_VOCABULARY = 60_000
_ZIPF = 1.05
_SUBJECTS = 2_000
_WORDS_OF_SUBJECT = 40
_SHARE_OF_SUBJECT = 0.12
_NEW_WORDS = 8
"""Of an article, drawn from so many that most are seen once or twice."""
_MOST_NEW = 3_000_000
_PARAGRAPH = 70


@dataclass(frozen=True, slots=True)
class MadeUp:
    """One article's text, and the words of its subject."""

    title: str
    paragraphs: Sequence[str]
    subject: Sequence[str]

    def article(self, source: str, url: str, digest: str, first_seen: datetime, age: timedelta) -> Article:
        """As a source brought it. `digest`: of its text; `age`: since its publication."""
        return Article(
            source_id=source,
            url=url,
            url_key=url.removeprefix("https://"),
            title=self.title,
            byline=None,
            published_at=first_seen - age,
            published_known=PublishedKnown.EXACT,
            language="en",
            first_seen=first_seen,
            updated_at=None,
            sections=(Section("", tuple(self.paragraphs)),),
            categories=(self.subject[0],),
            source_tags=frozenset(("wire",)),
            removed=(),
            content_hash=digest,
        )

    @property
    def slug(self) -> str:
        """The last part of an address."""
        return "-".join(self.title.lower().split()[:4])


class Writer:
    """Writes article after article. The same `seed` and `count` give the same ones."""

    def __init__(self, count: int, seed: int = 1) -> None:
        """`count`: articles of the whole archive, over which the rare word is spread."""
        rng = random.Random(seed)
        everyday, made = made_up_words(_VOCABULARY, rng)
        self._words = [*everyday, *made]
        weights = np.array(list(accumulate((rank + 2.7) ** -_ZIPF for rank in range(len(self._words)))))
        self._cumulative = weights / weights[-1]
        self._subjects = [rng.sample(made[:20_000], _WORDS_OF_SUBJECT) for _ in range(_SUBJECTS)]
        self._syllables = [
            f"{a}{b}" for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "il")
        ]
        self._rng = np.random.default_rng(seed)
        self._every = max(1, count // RARE_ARTICLES)

    def write(self, number: int) -> MadeUp:
        """The article with a number, from 0. To be asked in order."""
        rng = self._rng
        length = max(120, int(rng.normal(WORDS, 150)))
        subject = self._subjects[int(rng.zipf(1.3)) % _SUBJECTS]
        drawn = np.searchsorted(self._cumulative, rng.random(length)).tolist()
        words = list(map(self._words.__getitem__, drawn))
        count = int(length * _SHARE_OF_SUBJECT)
        places, chosen = rng.integers(0, length, count), rng.integers(0, _WORDS_OF_SUBJECT, count)
        for place, word in zip(places.tolist(), chosen.tolist(), strict=True):
            words[place] = subject[word]
        for new in rng.integers(0, _MOST_NEW, _NEW_WORDS).tolist():
            words[new % length] = self._new(new)
        for place, marker in enumerate(self._markers(number)):
            words[(number * 7 + 11 * place) % length] = marker
        paragraphs = [_paragraph(words[at : at + _PARAGRAPH]) for at in range(0, length, _PARAGRAPH)]
        title = " ".join([*subject[number % 7 : number % 7 + 3], *words[:4]])
        return MadeUp(title[0].upper() + title[1:], paragraphs, subject)

    def _new(self, number: int) -> str:
        word = ""
        while number:
            number, syllable = divmod(number, len(self._syllables))
            word += self._syllables[syllable]
        return word.title() or "Ab"

    def _markers(self, number: int) -> Sequence[str]:
        found: list[str] = []
        if number % 100 == 7:
            found.append(COMMON)
        if number % self._every == self._every // 2:
            found.append(RARE)
        if number % 200 == 31:
            found += TOGETHER
        if number % 200 == 33:
            found.append(PAIR[1])
        return found


def _paragraph(words: Sequence[str]) -> str:
    text = " ".join(words)
    cut = text.find(" ", len(text) // 2)
    if cut > 0:
        text = f"{text[:cut]}, {text[cut + 1 :]}"
    return f"{text[0].upper()}{text[1:]}."
