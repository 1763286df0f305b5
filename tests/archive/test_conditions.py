"""Whatever a query matches fulfils its condition, article by article and in segments, merged or not."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.drawn_articles import NOW
from support.drawn_queries import articles, expression_queries, queries, words_alone
from support.examples import tries
from watchdesk.archive.bulk_terms import BulkReader
from watchdesk.archive.condition import condition_of
from watchdesk.archive.lookup import Lookup
from watchdesk.archive.postings import Part, cut, in_turn, merged, packed, unpacked
from watchdesk.archive.segments import Directory, Documents, made_of
from watchdesk.archive.terms import terms_of
from watchdesk.archive.wanted_terms import _fulfilled, admits
from watchdesk.model import Article
from watchdesk.model.conditions import Condition
from watchdesk.rules import Query
from watchdesk.rules.text.folding import folding_language

QUICK = settings(max_examples=tries(100), deadline=None, suppress_health_check=list(HealthCheck))


class InMemory:
    """The parts of a segment that nobody stored."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts

    def terms(self, numbers: Sequence[int]) -> Mapping[int, bytes]:
        return {number: self._parts[number].terms for number in numbers}

    def whole(self, numbers: Sequence[int]) -> Mapping[int, tuple[bytes, bytes]]:
        return {number: (self._parts[number].terms, self._parts[number].postings) for number in numbers}


def _numbered(some: Sequence[Article], first: int) -> list[Article]:
    return [
        replace(article, id=first + n, first_seen=NOW - timedelta(minutes=first + n))
        for n, article in enumerate(some)
    ]


def _found(
    condition: Condition, directory: Directory, documents: Documents, parts: Sequence[Part]
) -> set[int]:
    flags = Lookup(directory, len(documents.ids), InMemory(parts)).fulfilling(condition)
    return set(documents.chosen(flags).ids.tolist())


def _held(query: Query, some: Sequence[Article]) -> None:
    condition = condition_of(query.node)
    if condition is None:
        return
    matching = {article.id for article in some if query.matches(article)}
    admitted = {article.id for article in some if admits(condition, article)}
    assert matching <= admitted
    half = len(some) // 2
    halves = [part for part in (some[:half], some[half:]) if part]
    reader = BulkReader()
    made = [made_of(part, reader) for part in halves]
    found = [_found(condition, m.directory, m.documents, m.parts) for m in made]
    assert found == [
        {one.id for one in part if _fulfilled(condition, frozenset(terms_of(one)), m.directory.languages)}
        for part, m in zip(halves, made, strict=True)
    ]
    in_parts = set().union(*found)
    assert admitted <= in_parts, "a directory of several languages seeks by the words of each of them"
    if len({folding_language(article.language) for article in some}) == 1:
        assert in_parts == admitted
    begin, places = 0, []
    for one in made:
        places.append(np.arange(begin, begin + len(one.documents.ids)))
        begin += len(one.documents.ids)
    taking_turns = in_turn(places)
    together = merged([_joined(one.parts) for one in made], places, taking_turns=taking_turns)
    sorted_ = merged([_joined(one.parts) for one in made], places)
    assert taking_turns and list(sorted_.terms) == list(together.terms)
    assert (sorted_.counts == together.counts).all() and (sorted_.documents == together.documents).all()
    parts = [packed(piece) for piece in cut(together, whole=True)[0]]
    languages = sorted({language for one in made for language in one.directory.languages})
    directory = Directory(tuple(languages), [part.first for part in parts])
    documents = Documents(
        np.concatenate([one.documents.seen for one in made]),
        np.concatenate([one.documents.ids for one in made]),
    )
    assert in_parts <= _found(condition, directory, documents, parts)


def _joined(parts: Sequence[Part]):  # type: ignore[no-untyped-def]
    pieces = [unpacked(part.terms, part.postings) for part in parts]
    return merged(pieces, [np.arange(1 << 16)] * len(pieces))


@QUICK
@pytest.mark.timeout(600)
@given(queries, st.lists(articles, min_size=2, max_size=4))
def test_what_a_query_matches_fulfils_its_condition(query: Query, some: list[Article]) -> None:
    _held(query, _numbered(some, 1))


@pytest.mark.timeout(600)
@settings(QUICK, max_examples=tries(150))
@given(expression_queries, st.lists(words_alone, min_size=2, max_size=3))
def test_what_an_expression_matches_fulfils_its_condition(query: Query, some: list[str]) -> None:
    _held(query, _numbered([Article("wire", text, (), NOW, language="en") for text in some], 1))


@pytest.mark.parametrize(
    "expression",
    [
        *("\\Darket\\b", "\\Sarket\\b", "\\Barket\\b", "\\warket", "[^x]arket", "[^\\W]arket", "\\pLarket"),
        *("\\P{N}arket", "(?i)mARKet", "(?s).arket", "\\D{1}arket", "(?:m)arket", "\\Dark\\Bet"),
        *("absent{x|market}", "\\W?arket", "marks(?i)*et", "marks(?U){0}et", "marks+(?-i)?et"),
        "marks\\Q\\E*et",
        *("marks{1}(?s)(?i)?et", "marks*(?i)+et", "mark(?:s(?i))*et", "mark(?i:S)?et", "markete\u0301*"),
    ],
)
def test_an_expression_that_begins_within_a_word_is_found_there(expression: str) -> None:
    found = _numbered([Article("wire", "the market} of", (), NOW, language="en")], 1)[0]
    query = Query.parse(f"/{expression}/")
    assert query.matches(found)
    _held(query, [found, *_numbered([found], 2)])


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(QUICK, max_examples=5_000)
@given(queries, st.lists(articles, min_size=2, max_size=4))
def test_what_a_query_matches_fulfils_its_condition_in_a_long_run(query: Query, some: list[Article]) -> None:
    _held(query, _numbered(some, 1))


def test_an_article_is_found_by_the_words_of_every_language_in_its_directory() -> None:
    """In Ukrainian `minister` is not found by `ministers`; the index gives it, and the engine says no."""
    english = Article("wire", "ministers", (), NOW, language="en")
    ukrainian = Article("wire", "minister", (), NOW, language="uk")
    _held(Query.parse("ministers"), _numbered([english, ukrainian, english, ukrainian], 1))
