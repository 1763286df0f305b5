"""What a condition seeks, as terms to look up or as an expression on the terms of a dictionary."""

import re
from collections.abc import Iterable, Set
from functools import lru_cache
from typing import NamedTuple, assert_never

from watchdesk.archive.terms import LONGEST_TERM, term, terms_of
from watchdesk.model import Article
from watchdesk.model.conditions import AllOf, AnyOf, Condition, Sought, Wanted
from watchdesk.rules.matching.list_heads import beginning
from watchdesk.rules.text.folding import folding_language, keys, stem, stems_only_on_request

_CACHED = 20_000


class Fitting(NamedTuple):
    """Terms that begin with some letters, and that an expression finds, one a line."""

    beginning: bytes
    letters: bytes
    """Which each has, unless it was cut off."""
    on_a_line: re.Pattern[str]


@lru_cache(maxsize=_CACHED)
def wanted_terms(sought: Sought, languages: tuple[str, ...]) -> frozenset[bytes] | Fitting:
    """The terms to look up in a dictionary of these folding languages."""
    match sought.wanted:
        case Wanted.FOLDED:
            return _marked(sought, (key for each in languages for key in keys(sought.text, each)))
        case Wanted.STEM:
            return _marked(sought, (key for each in languages for key in _stems(sought.text, each)))
        case Wanted.EXACT:
            return _marked(sought, [sought.text])
        case Wanted.WILDCARD:
            letters = beginning(sought.text)
            longest = f"{re.escape(letters[:LONGEST_TERM])}.*(?<=.{{{LONGEST_TERM}}})"
            expression = f"{re.escape(sought.mark)}(?:{sought.text}|{longest})"
            begun = term(letters, sought.mark)
            return Fitting(begun, begun, re.compile(f"(?m)^{expression}$"))
        case Wanted.INFIX:
            letters = re.escape(sought.text)
            # What was cut off a long term may have the letters.
            return Fitting(
                b"", term(sought.text), re.compile(f"(?m)^(?:.*{letters}.*|.{{{LONGEST_TERM},}})$")
            )
        case _:
            assert_never(sought.wanted)


def admits(condition: Condition, article: Article) -> bool:
    """Whether one article fulfils a condition."""
    terms = frozenset(terms_of(article))
    return _fulfilled(condition, terms, (folding_language(article.language),))


def _fulfilled(condition: Condition, terms: Set[bytes], languages: tuple[str, ...]) -> bool:
    match condition:
        case AllOf():
            return all(_fulfilled(one, terms, languages) for one in condition.conditions)
        case AnyOf():
            return any(_fulfilled(one, terms, languages) for one in condition.conditions)
        case Sought():
            wanted = wanted_terms(condition, languages)
            if not isinstance(wanted, Fitting):
                return not wanted.isdisjoint(terms)
            some = [one for one in terms if one.startswith(wanted.beginning)]
            return wanted.on_a_line.search(b"\n".join(some).decode("utf-8", "surrogatepass")) is not None
        case _:
            assert_never(condition)


def _marked(sought: Sought, texts: Iterable[str]) -> frozenset[bytes]:
    return frozenset(term(text, sought.mark) for text in texts)


def _stems(word: str, language: str) -> tuple[str, ...]:
    return (stem(word, language),) if stems_only_on_request(language) else keys(word, language)
