"""Queries about an article's data: its source, author, address, language and categories.

Source ids and languages are compared whole (`*` stands for any letters), addresses by any part of
them, authors and categories word by word.
"""

import re
from collections.abc import Iterable

from watchdesk.model import Article
from watchdesk.rules.folding import plain
from watchdesk.rules.occurrences import Hit
from watchdesk.rules.syntax import Fact
from watchdesk.rules.words import tokens

FIELDS = ("source", "author", "url", "lang", "category")
"""The fields that are about data rather than text; `tag` stands within `source` only."""

NOWHERE = -1
"""The position of a hit that is not in the text."""


def fact_hits(fact: Fact, article: Article) -> list[Hit]:
    """Where the article's data says what the fact asks."""
    found: list[Hit] = []
    for text in _values(fact.field, article):
        span = _span(fact, text)
        if span:
            name = "source" if fact.field == "tag" else fact.field
            found.append(Hit(NOWHERE, NOWHERE, name, *span, text[slice(*span)], fact))
    return found[:1]


def _values(field: str, article: Article) -> Iterable[str]:
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
        case _:
            return article.categories


def _span(fact: Fact, text: str) -> tuple[int, int] | None:
    if fact.field in ("source", "tag", "lang"):
        return (0, len(text)) if re.fullmatch(_wildcard(fact.value), plain(text)) else None
    if fact.field == "url":
        found = re.search(_wildcard(fact.value), text.lower())
        return found.span() if found else None
    return _words_span(fact.value, text)


def _words_span(value: str, text: str) -> tuple[int, int] | None:
    """Where the words of `value` stand in `text` next to each other, case and accents folded."""
    read = list(tokens(text))
    wanted = [re.compile(_wildcard(word)) for word in re.split(r"[\s-]+", value.strip())]
    for at in range(len(read) - len(wanted) + 1):
        window = read[at : at + len(wanted)]
        if all(want.fullmatch(plain(token.surface)) for want, token in zip(wanted, window, strict=True)):
            return window[0].start, window[-1].end
    return None


def _wildcard(value: str) -> str:
    return re.escape(plain(value)).replace(r"\*", ".*")
