"""The languages of digests. To add one, add a file, and import and list it here."""

from collections.abc import Mapping

from watchdesk.digests.rendering.languages import de, en, es, fr, it, nl, pl, uk
from watchdesk.digests.rendering.words import Words

LANGUAGES: Mapping[str, Words] = {
    "de": de.WORDS,
    "en": en.WORDS,
    "es": es.WORDS,
    "fr": fr.WORDS,
    "it": it.WORDS,
    "nl": nl.WORDS,
    "pl": pl.WORDS,
    "uk": uk.WORDS,
}


def words_of(language: str) -> Words:
    """English for a language that has no words here."""
    return LANGUAGES.get(language.replace("_", "-").partition("-")[0].lower(), en.WORDS)
