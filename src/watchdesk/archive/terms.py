"""An article → its terms: what the index of the archive finds it by.

They are made of the same words as rules read, by the same folding. A word has as terms its keys, its plain
form and, in English, its stem; a word of the title has them once more, marked; so have source, tags and
language. Besides, each run of letters that expressions may find begins a term.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from hashlib import blake2b
from importlib.resources import files

from watchdesk.model import Article
from watchdesk.model.conditions import FACT, TITLE
from watchdesk.rules.engine.splitting import SEPARATOR, chunks
from watchdesk.rules.matching.patterns import folded
from watchdesk.rules.text.folding import (
    english_forms,
    folding_language,
    keys,
    plain,
    snowball_version,
    stem,
    stems_only_on_request,
    wildcard_forms,
)
from watchdesk.rules.text.words import tokens

LONGEST_TERM = 60
"""Characters; of a longer term the beginning."""

_CACHED = 20_000

_VERSION = 2
"""Goes up with each change of what terms an article has, or of how segments are stored."""

_RUN = re.compile("[a-z]{2,}")
_SHARE = b"percent"


@cache
def terms_version() -> str:
    """Changes with whatever decides which terms an article has. Segments of another are of no use."""
    spelling = (files("watchdesk.rules.text") / "spelling.txt").read_bytes()
    digest = blake2b(spelling, digest_size=4).hexdigest()
    return f"{_VERSION} {unicodedata.unidata_version} {snowball_version()} {digest}"


def term(text: str, mark: str = "") -> bytes:
    """A term as it is stored."""
    return (mark + text[:LONGEST_TERM]).replace("\n", " ").encode("utf-8", "surrogatepass")


def fact_term(field: str, value: str) -> bytes:
    """The term of a source, a tag or a language."""
    return term(fact_text(field, value), FACT)


def fact_text(field: str, value: str) -> str:
    """The same without its mark."""
    return f"{field}:{plain(value)}"


def terms_of_word(surface: str, language: str) -> Iterator[str]:
    """The terms of a word form. `language`: as `folding_language` has it."""
    yield from keys(surface, language)
    yield from wildcard_forms(surface)
    if stems_only_on_request(language):
        yield stem(surface, language)


def chunk_terms(chunk: bytes, language: str) -> list[str]:
    """The terms of a chunk of text, as `splitting` cuts it."""
    letters = chunk.rstrip(b".,")
    if letters.isalpha() and len(letters) > 1 and letters.lower() != _SHARE:
        word = letters.decode("ascii")
        return list(english_forms(word) if language == "en" else terms_of_word(word, language))
    text = chunk.decode("utf-8", "surrogatepass")
    found = [one for word in tokens(text) for one in terms_of_word(word.surface, language)]
    known = tuple(found)
    found += [run for run in _RUN.findall(folded(text)) if not any(one.startswith(run) for one in known)]
    return found


def fact_terms(article: Article) -> Iterator[bytes]:
    """The terms of an article's data."""
    yield _fact_term("source", article.source_id)
    for tag in article.source_tags:
        yield _fact_term("tag", tag)
    yield _fact_term("lang", article.language or "")


def terms_of(article: Article) -> Iterator[bytes]:
    """All terms of an article, some more than once. `BulkReader` gives the same for many."""
    language = folding_language(article.language)
    is_title = True
    for chunk in chunks(article):
        if chunk == SEPARATOR:
            is_title = False
            continue
        for one in _chunk_terms(chunk, language):
            yield term(one)
            if is_title:
                yield term(one, TITLE)
    yield from fact_terms(article)


_chunk_terms = lru_cache(maxsize=_CACHED)(chunk_terms)
_fact_term = lru_cache(maxsize=_CACHED)(fact_term)
