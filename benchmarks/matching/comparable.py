"""The same text for every engine: what engines cut into words differently is ironed out beforehand.

No engine's clock runs meanwhile. Hyphens, apostrophes, accents and dots inside words go, plurals and
British spellings are folded (which spares the others any folding), and the body is one paragraph; case,
commas, stops, quotes and numbers stay. Then answers can be compared rule by rule, without a remainder.
"""

import re
import unicodedata
from functools import lru_cache

from matching.texts import Text
from watchdesk.rules.text.folding import keys

_PER_CENT = re.compile(r"per[\s-]?cent", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s\b", re.IGNORECASE)
_SIGN = re.compile(r"[^A-Za-z0-9\s.,;:!?()\"]")
_INSIDE = re.compile(r"[.,;:!?()\"](?=[A-Za-z0-9])")
_WORD = re.compile(r"[A-Za-z0-9]+")


def ironed(text: Text) -> Text:
    """The text as all engines get it when they are compared."""
    return Text(_ironed(text.title), _ironed(text.body))


def ironed_word(word: str) -> str:
    """What a word of a rule has become in ironed texts, in lower case."""
    return _settled(word).lower()


def _ironed(written: str) -> str:
    bare = unicodedata.normalize("NFKD", written)
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    bare = _POSSESSIVE.sub("", _PER_CENT.sub("pc", bare))
    bare = _INSIDE.sub(" ", _SIGN.sub(" ", bare))
    return " ".join(_WORD.sub(lambda found: _settled(found[0]), bare).split())


@lru_cache(maxsize=200_000)
def _settled(word: str) -> str:
    """The word folded until folding changes nothing, in the case it had."""
    known: set[str] = set()
    while (key := keys(word, "en")[0]) != word.lower() and key not in known:
        known.add(key)
        word = key.upper() if word.isupper() else key.capitalize() if word[0].isupper() else key
    return word
