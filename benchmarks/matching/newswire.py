"""News articles made up when no real ones are given: a stand-in with the shape of news, not its meaning.

Words follow Zipf's law over a vocabulary of made-up words behind the real function words of English; an
article has a subject, whose words come back in it; there are names, plurals, hyphens, numbers, quotes.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from matching.texts import Text

_FUNCTION_WORDS = """
    the of to and a in that is was for it on with as be by at he from said has have his but are not an
    will they who which were had would their been this its more after also there one people year about
    than or we up when new out could time two first last government if some can other world over into all
    against us no her what made years now before them being she my most make next should between just how
    many under while company three since any such told down still only where may because part set says
    well much take get think added back through good expected show come chief go plan work like both
    number market these did country day week month home want right even those help off per cent already
"""
_ONSETS = "b b c c d d f f g h k l l m m n n p p r r s s t t v w br ch cl cr dr fl gr pl pr qu sh st tr"
_VOWELS = "a a e e i i o o u ai ea ee ou oo"
_SYLLABLES = _ONSETS.split(), _VOWELS.split()
_CODAS = ["", "", "", "", "n", "r", "l", "m", "t", "d", "n", "r", "l", "st", "nd", "ck", "ng"]
_ENDINGS = [*[""] * 10, "tion", "ment", "er", "ing", "ed", "al", "ity", "ic", "ly", "ist"]

_VOCABULARY = 36_000
_ZIPF = 1.08
_OF_SUBJECTS = 9_000
"""The commonest words, from which the subjects have theirs."""

_SUBJECTS = 300
_WORDS_OF_SUBJECT = 160
_NAMES = 3_000


def newswire(count: int, seed: int) -> list[Text]:
    """Articles of about 590 words; the same `seed` gives the same ones."""
    wire = _Wire(random.Random(seed))
    return [wire.text() for _ in range(count)]


@dataclass(frozen=True)
class _Subject:
    words: Sequence[str]
    names: Sequence[str]


class _Wire:
    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        everyday, made = made_up_words(_VOCABULARY, rng)
        self._everyday = everyday
        self._words = [*everyday, *made]
        self._weights = list(accumulate((rank + 2.7) ** -_ZIPF for rank in range(len(self._words))))
        content = made[:_OF_SUBJECTS]
        names = [f"{_made_up(rng).title()} {_made_up(rng).title()}" for _ in range(_NAMES)]
        self._subjects = [
            _Subject(rng.sample(content, _WORDS_OF_SUBJECT), rng.sample(names, 12)) for _ in range(_SUBJECTS)
        ]
        self._subject_weights = list(accumulate(1 / (rank + 5) for rank in range(_SUBJECTS)))
        self._ranked = list(accumulate(1 / (rank + 2) for rank in range(_WORDS_OF_SUBJECT)))

    def text(self) -> Text:
        subject = self._rng.choices(self._subjects, cum_weights=self._subject_weights)[0]
        wanted = max(300, round(self._rng.gauss(560, 150)))
        paragraphs: list[str] = []
        words = 0
        while words < wanted:
            sentences = [self._sentence(subject) for _ in range(self._rng.randint(1, 4))]
            paragraphs.append(" ".join(sentences))
            words += len(paragraphs[-1].split())
        title = " ".join(self._word(subject, share=0.6) for _ in range(self._rng.randint(5, 9)))
        return Text(title[0].upper() + title[1:], "\n\n".join(paragraphs))

    def _sentence(self, subject: _Subject) -> str:
        words = [self._token(subject) for _ in range(self._rng.randint(9, 30))]
        for place in range(4, len(words) - 2, 9):
            words[place] += ","
        written = " ".join(words)
        written = written[0].upper() + written[1:]
        if self._rng.random() < 0.12:
            return f'"{written}," said {self._rng.choice(subject.names)}.'
        return written + "."

    def _token(self, subject: _Subject) -> str:
        chance = self._rng.random()
        if chance < 0.02:
            return self._rng.choice(subject.names)
        if chance < 0.04:
            return self._rng.choice(("{}%", "£{}m", "${}bn", "{}", "{},000", "{}.5")).format(
                self._rng.randint(2, 99)
            )
        if chance < 0.05:
            return f"{self._word(subject)}-{self._word(subject)}"
        if chance < 0.06:
            return self._rng.choice(subject.names).split()[1] + "'s"
        return self._word(subject)

    def _word(self, subject: _Subject, share: float = 0.16) -> str:
        if self._rng.random() < share:
            word = self._rng.choices(subject.words, cum_weights=self._ranked)[0]
        else:
            word = self._rng.choices(self._words, cum_weights=self._weights)[0]
        plural = len(word) > 3 and not word.endswith(("s", "ly", "ed", "ing")) and word not in self._everyday
        return word + "s" if plural and self._rng.random() < 0.25 else word


def made_up_words(count: int, rng: random.Random) -> tuple[list[str], list[str]]:
    """The function words of English, and about `count` made-up words; the commonest of each first."""
    made = list(dict.fromkeys(_made_up(rng) for _ in range(count)))
    made.sort(key=lambda word: len(word) + rng.gauss(0, 3))  # common words are short
    return _FUNCTION_WORDS.split(), made


def _made_up(rng: random.Random) -> str:
    choice = rng.choice
    letters = (*_SYLLABLES, _CODAS) * choice((1, 2, 2, 2, 3))
    return "".join(map(choice, letters)) + choice(_ENDINGS)
