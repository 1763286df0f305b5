"""Folding: a word → the keys by which it is found, whatever its case, accents, spelling, number or ending.

`words` splits text into words.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache

import Stemmer

from watchdesk.rules.text.plurals import singular
from watchdesk.rules.text.spelling import american

_SNOWBALL = {
    "ar": "arabic",
    "hy": "armenian",
    "eu": "basque",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "nl": "dutch dutch_porter",
    "en": "english",
    "eo": "esperanto",
    "et": "estonian",
    "fi": "finnish",
    "fr": "french",
    "de": "german",
    "el": "greek",
    "hi": "hindi",
    "hu": "hungarian",
    "id": "indonesian",
    "ga": "irish",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nb": "norwegian",
    "nn": "norwegian",
    "no": "norwegian",
    "fa": "persian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "es": "spanish",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
"""ISO 639-1 → Snowball algorithms. Dutch has two, each of which knows plurals that the other misses."""

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
    | dict.fromkeys("’‘‛′ʹʻʼʽʾʿ", "'")
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060", "")
)
"""Letters that Unicode does not decompose into a base and an accent, and invisible signs."""

_ANY_LETTER = re.compile("[" + "".join(map(chr, _LETTERS)) + "]")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_SHORT_LETTERS = re.compile("[иі][\u0300-\u036f]")
"""Letters that an accent may turn into another letter."""

_CACHED_WORDS = 50_000

_ASKED = "="
_EDGE = "…"
"""Endings that only keys and the words of queries have."""
_SPECIAL = frozenset(("%", _ASKED, _EDGE))
_OF_PERCENT = (f"per{_EDGE}", f"cent{_EDGE}")


def folding_language(language: str | None) -> str:
    """The language by whose rules words are folded: English when it is unknown, `und` when it has no stemmer.

    `language` is an ISO 639-1 code, with or without a region (`pt-BR`).
    """
    base = language.partition("-")[0].lower() if language else "en"
    return base if base in _SNOWBALL else "und"


def plain(text: str) -> str:
    """The text without case and accents. й, ї and the signs of Japanese and Indic letters stay."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text).casefold()
    if _ANY_LETTER.search(folded):
        folded = folded.translate(_LETTERS)
    apart = unicodedata.normalize("NFD", folded)
    if apart == folded and _ACCENTS.search(apart) is None:
        return folded
    bare = _without_accents(apart) if _SHORT_LETTERS.search(apart) else _ACCENTS.sub("", apart)
    return bare if bare.isascii() else unicodedata.normalize("NFC", bare)


def _without_accents(apart: str) -> str:
    """The decomposed text without accents, except those of й and ї."""
    kept: list[str] = []
    for letter in apart:
        accent = "\u0300" <= letter <= "\u036f"
        if not accent or (kept and kept[-1] + letter in ("и\u0306", "і\u0308")):
            kept.append(letter)
    return "".join(kept)


@lru_cache(maxsize=_CACHED_WORDS)
def keys(word: str, language: str | None) -> tuple[str, ...]:
    """The same as `fold`, cached for the words of articles, which recur."""
    return fold(word, language)


def fold(word: str, language: str | None) -> tuple[str, ...]:
    """The keys of a word in `language`. A word of a query matches a word of a text when they share a key.

    In English, and when the language is unknown, the key is the singular in American spelling. In other
    languages it is the stem, with and without accents, so that a query may omit them. A number with its
    percent sign also has the keys of its parts, for phrases that contain only some of them (`asked_for`,
    `at_an_edge`).
    """
    if word[-1:] in _SPECIAL:
        return _special_keys(word, language)
    if language in (None, "en"):
        return (_english(word),)
    if language not in _SNOWBALL:
        return (plain(word),)
    accented, bare = unicodedata.normalize("NFC", word.lower()), plain(word)
    forms = (accented,) if accented == bare else (accented, bare)
    return tuple(dict.fromkeys(plain(stem_of(form)) for stem_of in _stemmers(language) for form in forms))


def asked_for(word: str) -> str:
    """A word as a query asks for it: `5%` matches that number alone, `%` any percentage."""
    return f"{word}{_ASKED}" if word.endswith("%") else word


def at_an_edge(word: str) -> str:
    """The first or last word of a phrase, which may match part of a percentage.

    The phrase "rose 5" matches the text "rose 5 per cent of GDP", and so does "cent of GDP".
    """
    return f"{word}{_EDGE}"


def wildcard_forms(surface: str) -> tuple[str, ...]:
    """The forms of an article's word that wildcards are compared with. A percentage is also `percent`."""
    bare = plain(surface)
    return (bare, "percent") if bare.endswith("%") else (bare,)


def _special_keys(word: str, language: str | None) -> tuple[str, ...]:
    if word.endswith(_ASKED):
        return (plain(word.removesuffix(_ASKED)),)
    if word.endswith(_EDGE):
        inner = word.removesuffix(_EDGE)
        return (*fold(inner, language), plain(inner) + _EDGE)
    if word == "%":
        return ("%", *_OF_PERCENT)
    number = plain(word.removesuffix("%"))
    return (f"{number}%", f"{number}{_EDGE}", "%", *_OF_PERCENT)


def stems_only_on_request(language: str | None) -> bool:
    """Whether `stem()` finds more than the plain word, as in English, where only plurals are folded."""
    return language in (None, "en")


@lru_cache(maxsize=_CACHED_WORDS)
def stem(word: str, language: str | None) -> str:
    """The Snowball stem in English or an unknown language; in other languages the first of the `keys`."""
    if word.endswith("%"):
        return "percent" if stems_only_on_request(language) else "%"
    if stems_only_on_request(language):
        return _stemmers("en")[0](american(plain(word)))
    return keys(word, language)[0]


def english_forms(word: str) -> tuple[str, str, str]:
    """Of a word of ASCII letters alone: its key in English, its plain form, and its stem.

    The same as by `keys`, `wildcard_forms` and `stem`, for words of which each is asked once.
    """
    bare = word.lower()
    spelt = american(bare)
    if word[-1:] == "s" and word[:-1].isupper() and len(word) > 2:
        key = bare[:-1]
    else:
        one = singular(bare)
        key = spelt if one == bare else american(one)
    return key, bare, _stemmers("en")[0](spelt)


def _english(word: str) -> str:
    if word.endswith("s") and word[:-1].isupper() and len(word) > 2:
        return plain(word[:-1])
    return american(singular(plain(word)))


@cache
def _stemmers(language: str) -> tuple[Callable[[str], str], ...]:
    return tuple(Stemmer.Stemmer(algorithm, 0).stemWord for algorithm in _SNOWBALL[language].split())


def snowball_version() -> str:
    """The version of what stems words: with another one, words may have other stems."""
    return str(Stemmer.version())
