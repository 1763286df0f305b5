"""The matcher against a naive reading of the contract: every pair tried, nothing clever."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from support.examples import tries
from watchdesk.model import Article, Section
from watchdesk.rules import Query
from watchdesk.rules.matching.reading import Reading

Stretch = tuple[int, int]
Found = frozenset[frozenset[Stretch]]
"""Occurrences, each the set of stretches (first and last position) that it is made of."""

LETTERS = ("alpha", "bravo", "carrot", "delta")


@dataclass(frozen=True)
class Text:
    """Paragraphs of sentences of words."""

    paragraphs: tuple[tuple[tuple[str, ...], ...], ...]

    def written(self) -> str:
        return "\n\n".join(
            " ".join(" ".join(sentence).capitalize() + "." for sentence in paragraph)
            for paragraph in self.paragraphs
        )

    def words(self) -> dict[int, tuple[str, int, int]]:
        """Position → word, paragraph, sentence. An empty title takes the first 50 positions."""
        words: dict[int, tuple[str, int, int]] = {}
        position, sentence_number = 50, 0
        for number, paragraph in enumerate(self.paragraphs):
            for sentence in paragraph:
                for word in sentence:
                    words[position] = (word, number, sentence_number)
                    position += 1
                sentence_number += 1
            position += 50
        return words


@dataclass(frozen=True)
class Asked:
    """A query, its text and what it finds, worked out by brute force."""

    text: str
    find: Callable[[Text], Found]


def word(letter: str) -> Asked:
    return Asked(
        letter,
        lambda text: frozenset(
            frozenset({(p, p)}) for p, (written, _, _) in text.words().items() if written == letter
        ),
    )


def phrase(letters: tuple[str, str]) -> Asked:
    def find(text: Text) -> Found:
        words = text.words()
        return frozenset(
            frozenset({(p, p + 1)})
            for p in words
            if words[p][0] == letters[0] and p + 1 in words and words[p + 1][0] == letters[1]
        )

    return Asked(f'"{letters[0]} {letters[1]}"', find)


def either(one: Asked, other: Asked) -> Asked:
    return Asked(f"({one.text} OR {other.text})", lambda text: one.find(text) | other.find(text))


def extent(occurrence: frozenset[Stretch]) -> Stretch:
    return min(s for s, _ in occurrence), max(e for _, e in occurrence)


def collide(one: Stretch, other: Stretch) -> bool:
    """Whether they have a word in common, and neither is a phrase that holds the other and more."""
    words, others = set(range(one[0], one[1] + 1)), set(range(other[0], other[1] + 1))
    return bool(words & others) and not (words < others or others < words)


def share_words(one: frozenset[Stretch], other: frozenset[Stretch]) -> bool:
    return any(collide(a, b) for a, b in product(one, other))


def near(one: Asked, other: Asked, distance: int, ordered: bool) -> Asked:
    def close(a: frozenset[Stretch], b: frozenset[Stretch]) -> bool:
        (start, end), (begin, finish) = extent(a), extent(b)
        if ordered:
            return 0 < begin - end <= distance
        return not share_words(a, b) and begin - end <= distance and start - finish <= distance

    name = "ONEAR" if ordered else "NEAR"
    return Asked(
        f"({one.text} {name}/{distance} {other.text})",
        lambda text: frozenset(a | b for a, b in product(one.find(text), other.find(text)) if close(a, b)),
    )


def apart(one: Asked, other: Asked, distance: int) -> Asked:
    def alone(a: frozenset[Stretch], text: Text) -> bool:
        start, end = extent(a)
        spots = [extent(b) for b in other.find(text)]
        return not any(
            begin - end <= distance and start - finish <= distance
            for begin, finish in spots
            if (begin, finish) != (start, end)
        )

    return Asked(
        f"({one.text} NOT NEAR/{distance} {other.text})",
        lambda text: frozenset(a for a in one.find(text) if alone(a, text)),
    )


def same(one: Asked, other: Asked, unit: str) -> Asked:
    def find(text: Text) -> Found:
        words = text.words()
        column = 2 if unit == "S" else 1
        return frozenset(
            a | b
            for a, b in product(one.find(text), other.find(text))
            if not share_words(a, b) and len({words[p][column] for s in a | b for p in s}) == 1
        )

    return Asked(f"({one.text} SAME/{unit} {other.text})", find)


def unit_numbers(occurrence: frozenset[Stretch], text: Text, unit: str) -> range:
    (_, paragraph, sentence), (_, last_paragraph, last_sentence) = (
        text.words()[place] for place in extent(occurrence)
    )
    return range(sentence, last_sentence + 1) if unit == "S" else range(paragraph, last_paragraph + 1)


def separate(one: Asked, other: Asked, unit: str) -> Asked:
    def alone(a: frozenset[Stretch], text: Text) -> bool:
        own = set(unit_numbers(a, text, unit))
        company = [b for b in other.find(text) if extent(b) != extent(a)]
        return not any(own & set(unit_numbers(b, text, unit)) for b in company)

    return Asked(
        f"({one.text} NOT SAME/{unit} {other.text})",
        lambda text: frozenset(a for a in one.find(text) if alone(a, text)),
    )


def about(one: Asked) -> Asked:
    """The texts have no title: in the first paragraph, or in two sentences and a quarter of all."""

    def find(text: Text) -> Found:
        words, found = text.words(), one.find(text)
        starts = {extent(a)[0] for a in found}
        sentences = {words[start][2] for start in starts}
        dense = len(sentences) >= 2 and 4 * len(sentences) >= len({number for _, _, number in words.values()})
        return found if dense or any(words[start][1] == 0 for start in starts) else frozenset()

    return Asked(f"(ABOUT {one.text})", find)


def first(one: Asked, count: int) -> Asked:
    def find(text: Text) -> Found:
        chosen = sorted(text.words())[:count]
        last = chosen[-1] if chosen else -1
        return frozenset(a for a in one.find(text) if extent(a)[1] <= last)

    return Asked(f"FIRST/{count} {one.text}", find)


def last(one: Asked, count: int) -> Asked:
    def find(text: Text) -> Found:
        begin = sorted(text.words())[-count:][0]
        return frozenset(a for a in one.find(text) if extent(a)[0] >= begin)

    return Asked(f"LAST/{count} {one.text}", find)


leaves = st.sampled_from(LETTERS).map(word) | st.tuples(
    st.sampled_from(LETTERS), st.sampled_from(LETTERS)
).map(phrase)
operands = leaves | st.builds(either, leaves, leaves)
small = st.integers(1, 6)
joins = st.builds(near, operands, operands, small, st.booleans()) | st.builds(
    same, operands, operands, st.sampled_from("SP")
)
pairs = joins | st.builds(apart, operands, operands, small)
pairs |= st.builds(separate, operands | joins, operands | joins, st.sampled_from("SP"))
mains = st.builds(about, operands | pairs)
counts = st.integers(1, 12)
stretches = st.builds(first, operands | joins, counts) | st.builds(last, operands | joins, counts)
stretches |= st.builds(first, stretches, counts) | st.builds(last, stretches, counts)
queries = operands | pairs | st.builds(near, pairs, operands, small, st.booleans())
mains |= st.builds(about, stretches)
queries |= mains | st.builds(near, mains, operands, small, st.booleans())
queries |= stretches | st.builds(near, stretches, operands, small, st.booleans())
sentences = st.lists(st.sampled_from((*LETTERS, "xenon")), min_size=1, max_size=6).map(tuple)
texts = st.lists(st.lists(sentences, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3).map(
    lambda paragraphs: Text(tuple(paragraphs))
)


@settings(max_examples=tries(600))
@given(asked=queries, text=texts)
def test_a_query_matches_exactly_where_brute_force_finds_it(asked: Asked, text: Text) -> None:
    expected = asked.find(text)
    query = Query.parse(asked.text)
    match = query.match(_article(text))
    assert (match is not None) == bool(expected)
    assert query.find(Reading(_article(text))).ok == bool(expected)
    if match is not None:
        starts = {span.start for span in match.spans}
        assert starts == {_offset(text, s) for occurrence in expected for s, _ in occurrence}


@settings(max_examples=tries(200))
@given(asked=operands, text=texts, count=st.integers(1, 5))
def test_at_least_counts_what_does_not_overlap(asked: Asked, text: Text, count: int) -> None:
    taken, reached = 0, -1
    for start, end in sorted(map(extent, asked.find(text)), key=lambda stretch: stretch[1]):
        if start > reached:
            taken, reached = taken + 1, end
    assert Query.parse(f"ATLEAST/{count} {asked.text}").matches(_article(text)) == (taken >= count)


@settings(max_examples=tries(200))
@given(one=queries, other=queries, third=queries, text=texts)
def test_and_or_not_are_those_of_logic(one: Asked, other: Asked, third: Asked, text: Text) -> None:
    a, b, c = (bool(asked.find(text)) for asked in (one, other, third))
    query = f"({one.text} OR ({other.text} AND NOT {third.text})) AND NOT ({one.text} AND {third.text})"
    assert Query.parse(query).find(Reading(_article(text))).ok == ((a or (b and not c)) and not (a and c))
    assert Query.parse(query).matches(_article(text)) == ((a or (b and not c)) and not (a and c))


def _offset(text: Text, position: int) -> int:
    """The character at which the word of a position begins."""
    number = sorted(text.words()).index(position)
    offset = 0
    for word_number, (before, letter) in enumerate(_pieces(text)):
        offset += before
        if word_number == number:
            return offset
        offset += len(letter)
    raise AssertionError(position)


def _pieces(text: Text) -> list[tuple[int, str]]:
    """Each word with the number of characters between it and the word before."""
    pieces: list[tuple[int, str]] = []
    for paragraph in text.paragraphs:
        for number, sentence in enumerate(paragraph):
            for place, letter in enumerate(sentence):
                between = 1 if place else 2 if number else 3
                pieces.append((between if pieces else 0, letter))
    return pieces


def _article(text: Text) -> Article:
    sections = (Section(None, tuple(text.written().split("\n\n"))),)
    return Article("wire", "", sections, datetime(2026, 11, 24, tzinfo=UTC), language="en")
