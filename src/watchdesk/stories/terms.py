"""The terms of an article: what its title and opening are about, as words that can be compared. Pure."""

import re
from collections.abc import Iterator, Sequence

from watchdesk.articles.plain import folded_words
from watchdesk.model import Article
from watchdesk.stories.stop_words import stop_words
from watchdesk.stories.thresholds import OPENING

_LONGEST_TITLE = 60
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
"""Letters of languages that write no spaces: each is a word by itself, and two in a row are a term."""
_LONGEST_TERM = 40
_MOST_KNOWN = 50_000
"""Words of one language whose terms are remembered."""


def terms_of(words: Sequence[str], language: str | None) -> list[str]:
    """The terms among folded words, in their order: no stop words, English plurals as their singulars."""
    parted = not "".join(words).isascii() and any(len(word) == 1 and not word.isascii() for word in words)
    every = _joined(words) if parted else words
    known = _KNOWN.get(language)
    if known is None or len(known) > _MOST_KNOWN:
        known = _KNOWN[language] = _Terms(language)
    return list(filter(None, map(known.__getitem__, every)))


class _Terms(dict[str, str]):
    """Word → term, in one language: words recur, and looking one up costs far less than a call."""

    def __init__(self, language: str | None) -> None:
        super().__init__()
        self._language = language

    def __missing__(self, word: str) -> str:
        term = self[word] = _term(word, self._language)
        return term


_KNOWN: dict[str | None, _Terms] = {}


def _term(word: str, language: str | None) -> str:
    """A word as a term; empty where it says nothing."""
    if word in stop_words(language) or len(word) > _LONGEST_TERM or (len(word) == 1 and word.isascii()):
        return ""
    is_english = language is None or language.lower().partition("-")[0] == "en"
    return singular(word) if is_english else word


def title_terms(article: Article) -> list[str]:
    """The terms of its title."""
    return terms_of(folded_words(article.title)[:_LONGEST_TITLE], article.language)


def lead_terms(words: Sequence[str], language: str | None) -> list[str]:
    """The terms of the opening of a text of these words: what every report must say stands there."""
    return terms_of(words[:OPENING], language)


def singular(word: str) -> str:
    """An English word without the ending of its plural, as far as the ending shows it."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1]


def _joined(words: Sequence[str]) -> Iterator[str]:
    """The words; of letters that stand by themselves, each with the next."""
    previous = ""
    for word in words:
        single = len(word) == 1 and not word.isascii() and _UNSPACED.match(word) is not None
        if single and previous:
            yield previous + word
        elif not single:
            yield word
        previous = word if single else ""
