"""Facts: queries about an article's data: its source, author, address, language and categories.

Source ids and languages are compared whole (`*` stands for any letters), addresses by any part of
them, authors and categories word by word.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import assert_never
from urllib.parse import quote

from watchdesk.model import Article
from watchdesk.rules.language.syntax import COMPARED_WHOLE, Fact, FactField
from watchdesk.rules.matching.occurrences import Hit
from watchdesk.rules.text.folding import plain
from watchdesk.rules.text.words import APOSTROPHES, tokens

_BETWEEN_WORDS = re.compile(rf"[\s.&/,{APOSTROPHES}-]+")
_IN_ADDRESSES = "/:?#[]@!$&'()*+,;=%"
"""Signs that are not percent-encoded in addresses."""

NOWHERE = -1
"""The position of a hit that is not in the text."""


def fact_hits(fact: Fact, article: Article) -> list[Hit]:
    """Where the article's data matches the fact."""
    found: list[Hit] = []
    for text in _values(fact.field, article):
        span = _span(fact, text)
        if span:
            name = "source" if fact.field == "tag" else fact.field
            found.append(Hit(NOWHERE, NOWHERE, name, *span, text[slice(*span)], fact))
    return found[:1]


def names_category(value: str, category: str) -> bool:
    """Whether `category:value` is true of an article with this category."""
    return _words_span(value, category) is not None


def _values(field: FactField, article: Article) -> Iterable[str]:
    match field:
        case "source":
            return (article.source_id,)
        case "tag":
            return sorted(article.source_tags)
        case "author":
            return (article.byline,) if article.byline else ()
        case "url":
            return (article.url,) if article.url else ()
        case "lang":
            return (article.language,) if article.language else ()
        case "category":
            return article.categories
        case _:
            assert_never(field)


def _span(fact: Fact, text: str) -> tuple[int, int] | None:
    if fact.field in COMPARED_WHOLE:
        return (0, len(text)) if re.fullmatch(_wildcard(fact.value), plain(text)) else None
    if fact.field == "url":
        return _address_span(fact.value, text)
    return _words_span(fact.value, text)


def _words_span(value: str, text: str) -> tuple[int, int] | None:
    """Where `text` has the words of `value` next to each other, with case and accents folded."""
    read = list(tokens(text))
    wanted = _wanted_words(value)
    for at in range(len(read) - len(wanted) + 1):
        window = read[at : at + len(wanted)]
        if all(want.fullmatch(plain(token.surface)) for want, token in zip(wanted, window, strict=True)):
            return window[0].start, window[-1].end
    return None


@lru_cache(maxsize=4096)
def _wanted_words(value: str) -> Sequence[re.Pattern[str]]:
    """The words of a value, split as texts are. A `*` matches any letters within a word."""
    if "*" not in value:
        return [re.compile(re.escape(plain(token.surface))) for token in tokens(value)]
    return [re.compile(_wildcard(word)) for word in _BETWEEN_WORDS.split(value.strip()) if word]


def _address_span(value: str, address: str) -> tuple[int, int] | None:
    """Where an address contains the value, plain or percent-encoded."""
    lower = address.lower()
    for form in dict.fromkeys((value.lower(), quote(value, safe=_IN_ADDRESSES).lower())):
        found = re.search(re.escape(form).replace(r"\*", ".*"), lower)
        if found:
            return found.span()
    return None


def _wildcard(value: str) -> str:
    return re.escape(plain(value)).replace(r"\*", ".*")
